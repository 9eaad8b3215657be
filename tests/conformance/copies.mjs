// Copies: section 16 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { layoutOf, weightOf } from './layout.mjs';
import { normal, truncatedNormal } from './stream.mjs';

/** The elements, in C order, of the dtype that they are made in; `std` and `std_before` are what the reply tells. */
export function icnr({
  seed, name = '', dtype, stored, shape, layout = 'out_in', factor = 2, copies = 'neighbours', distribution = 'normal', std,
  std_before: before,
}) {
  const { n, sides } = layoutOf(shape, layout);
  const times = factor ** sides.length;
  const units = n / times;
  const small = [...shape];
  small[layout === 'in_out' ? shape.length - 1 : 0] = units;
  const stream = { seed, name, dtype, stored, count: small.reduce((size, axis) => size * axis, 1) };
  const drawn = distribution === 'normal'
    ? normal({ ...stream, mean: 0, std })
    : truncatedNormal({ ...stream, mean: 0, std: before, low: -2, high: 2 });
  const { place } = layoutOf(small, layout);
  return weightOf(shape, layout, (u, i, tap) => drawn[place(copies === 'tiles' ? u % units : Math.floor(u / times), i, tap)]);
}
