// Orthogonal convolutions: section 11 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { axesOf } from './layout.mjs';
import { product, transposed } from './matrices.mjs';
import { arithmeticOf, orthonormalColumns } from './orthogonal.mjs';
import { normal, uniform } from './stream.mjs';

/** The rows × columns matrix with orthonormal columns of the normals from element `start` on. */
function orthonormal(stream, start, rows, columns) {
  const G = normal({ ...stream, dtype: 'float64', start: BigInt(start), count: rows * columns });
  return orthonormalColumns(G, rows, columns, arithmeticOf.float64);
}

/** The projection whose draws begin at element `first`, n × n. */
function projection(stream, first, n) {
  const Q = orthonormal(stream, first, n, n);
  const chances = uniform({ ...stream, dtype: 'float64', start: BigInt(first + n * n), count: n });
  const kept = [...chances.keys()].filter((j) => chances[j] < 0.5);
  const C = Float64Array.from({ length: n * kept.length }, (_, at) => {
    const i = Math.floor(at / kept.length);
    return Q[i * n + kept[at % kept.length]];
  });
  return product(C, transposed(C, n, kept.length), n, kept.length, n);
}

/** The taps, a map from places along the kernel's axes to m × n matrices, one longer along axis `axis`. */
function spread(taps, axis, P, m, n) {
  const at = (place, shift) => place.map((x, a) => (a === axis ? x + shift : x)).join();
  const A = new Map([...taps].map(([key, T]) => [key, product(T, P, m, n, n)]));
  const longer = new Map();
  for (const key of taps.keys()) {
    const place = key.split(',').map(Number);
    for (const shift of [0, 1]) longer.set(at(place, shift), undefined);
  }
  for (const key of longer.keys()) {
    const before = at(key.split(',').map(Number), -1);
    longer.set(key, Float64Array.from({ length: m * n }, (_, e) => {
      const here = A.has(key) ? A.get(key)[e] : 0;
      const left = taps.has(before) ? taps.get(before)[e] - A.get(before)[e] : 0;
      return here + left;
    }));
  }
  return longer;
}

/** The taps of a member, whose draws begin at element `start`: in × out matrices, by their places along the kernel. */
function tapsOf(stream, start, n, m, sides) {
  const d = sides.length;
  let taps = new Map([[new Array(d).fill(0).join(), transposed(orthonormal(stream, start, n, m), n, m)]]);
  for (let f = 0; f <= sides[0] - 2; f++) {
    for (let a = 0; a < d; a++) {
      const p = f * d + a;
      taps = spread(taps, a, projection(stream, start + n * m + p * (n * n + n), n), m, n);
    }
  }
  return taps;
}

/** The elements, in C order, before they are rounded to a dtype. */
export function convolutionOrthogonal({ seed, name = '', shape, gain = 1, layout = 'out_in' }) {
  const { stack, out, in_, kernel } = axesOf(shape, layout);
  const [n, m, sides] = [out.size, in_.size, kernel.sizes];
  const draws = n * m + (sides[0] - 1) * sides.length * (n * n + n);
  const values = new Float64Array(shape.reduce((size, axis) => size * axis, 1));
  for (let member = 0; member < stack.size; member++) {
    for (const [key, T] of tapsOf({ seed, name }, member * draws, n, m, sides)) {
      const tap = key.split(',').reduce((place, x, a) => place * sides[a] + Number(x), 0);
      const corner = stack.offset(member) + kernel.offset(tap);
      for (let i = 0; i < m; i++) {
        for (let o = 0; o < n; o++) values[corner + out.offset(o) + in_.offset(i)] = gain * T[i * n + o];
      }
    }
  }
  return values;
}
