// Orthogonal convolutions: section 11 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { layoutOf } from './layout.mjs';
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

/** The elements, in C order, before they are rounded to a dtype. */
export function convolutionOrthogonal({ seed, name = '', shape, gain = 1, layout = 'out_in' }) {
  const { n, m, sides, place } = layoutOf(shape, layout);
  const d = sides.length;
  const stream = { seed, name };
  let taps = new Map([[new Array(d).fill(0).join(), transposed(orthonormal(stream, 0, n, m), n, m)]]);
  for (let f = 0; f <= sides[0] - 2; f++) {
    for (let a = 0; a < d; a++) {
      const p = f * d + a;
      taps = spread(taps, a, projection(stream, n * m + p * (n * n + n), n), m, n);
    }
  }
  const values = new Float64Array(shape.reduce((size, axis) => size * axis, 1));
  for (const [key, T] of taps) {
    const tap = key.split(',').map(Number);
    for (let i = 0; i < m; i++) {
      for (let o = 0; o < n; o++) values[place(o, i, tap)] = gain * T[i * n + o];
    }
  }
  return values;
}
