// Which axes of a weight are out, in and kernel.

/** out, in and kernel of a shape, and the place of an element (o, i, ...tap) in C order. */
export function layoutOf(shape, layout = 'out_in') {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const order = [...shape.keys()];
  const [out, in_, kernel] = {
    out_in: [0, 1, order.slice(2)],
    in_out: [shape.length - 1, shape.length - 2, order.slice(0, -2)],
    out_kernel_in: [0, shape.length - 1, order.slice(1, -1)],
  }[layout];
  return {
    n: shape[out],
    m: shape[in_],
    sides: kernel.map((axis) => shape[axis]),
    place: (o, i, tap) => kernel.reduce((sum, axis, a) => sum + tap[a] * strides[axis], o * strides[out] + i * strides[in_]),
  };
}

/** Every place (o, i, tap) of a weight with the number that `value` gives it, in C order. */
export function weightOf(shape, layout, value) {
  const { n, m, sides, place } = layoutOf(shape, layout);
  const taps = sides.reduce((found, k) => found.flatMap((tap) => Array.from({ length: k }, (_, x) => [...tap, x])), [[]]);
  const values = new Float64Array(shape.reduce((size, axis) => size * axis, 1));
  for (const tap of taps) {
    for (let o = 0; o < n; o++) {
      for (let i = 0; i < m; i++) values[place(o, i, tap)] = value(o, i, tap, sides);
    }
  }
  return values;
}
