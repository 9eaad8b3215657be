// The axes of a weight: the beginning of section 8 of service/streams/philox/SPECIFICATION.md, written from that page.

function lettersOf(layout, rank) {
  const kernel = 'k'.repeat(Math.max(rank - 2, 0));
  return { out_in: `oi${kernel}`, in_out: `${kernel}io`, out_kernel_in: `o${kernel}i` }[layout] ?? layout;
}

/** Some axes that count as one: how many places it has, and how far each is from the first in C order. */
function joined(shape, axes) {
  const stride = (axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const sizes = axes.map((axis) => shape[axis]);
  const offset = (place) => {
    let rest = place;
    let distance = 0;
    for (const axis of [...axes].reverse()) {
      distance += (rest % shape[axis]) * stride(axis);
      rest = Math.floor(rest / shape[axis]);
    }
    return distance;
  };
  return { sizes, size: sizes.reduce((product, size) => product * size, 1), offset };
}

/** The stack, out, in and kernel axes of a shape, its columns, and whether the first axis of a member is out. */
export function axesOf(shape, layout = 'out_in') {
  const letters = [...lettersOf(layout, shape.length)];
  const named = (wanted) => joined(shape, [...letters.keys()].filter((axis) => wanted.includes(letters[axis])));
  return {
    stack: named('s'),
    out: named('o'),
    in_: named('i'),
    kernel: named('k'),
    columns: named('ik'),
    beginsWithOut: letters.find((letter) => letter !== 's') === 'o',
  };
}

/** Every place (member, o, i, ...tap) of a weight with the number that `value` gives it, in C order. */
export function weightOf(shape, layout, value) {
  const { stack, out, in_, kernel } = axesOf(shape, layout);
  const sides = kernel.sizes;
  const taps = sides.reduce((found, k) => found.flatMap((tap) => Array.from({ length: k }, (_, x) => [...tap, x])), [[]]);
  const values = new Float64Array(shape.reduce((size, axis) => size * axis, 1));
  for (let member = 0; member < stack.size; member++) {
    taps.forEach((tap, at) => {
      const corner = stack.offset(member) + kernel.offset(at);
      for (let o = 0; o < out.size; o++) {
        for (let i = 0; i < in_.size; i++) {
          values[corner + out.offset(o) + in_.offset(i)] = value(o, i, tap, sides, member);
        }
      }
    });
  }
  return values;
}

/** out, in and kernel of a shape, and the place of an element (o, i, ...tap) in C order, of a weight without a stack. */
export function layoutOf(shape, layout) {
  const { out, in_, kernel } = axesOf(shape, layout);
  const place = (o, i, tap) => {
    const at = tap.reduce((sum, x, a) => sum * kernel.sizes[a] + x, 0);
    return out.offset(o) + in_.offset(i) + kernel.offset(at);
  };
  return { n: out.size, m: in_.size, sides: kernel.sizes, place };
}
