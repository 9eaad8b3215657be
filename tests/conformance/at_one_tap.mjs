// An orthogonal matrix at one tap: section 15 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { layoutOf, weightOf } from './layout.mjs';
import { orthogonalBlocks } from './orthogonal.mjs';

/** The elements, in C order, in the arithmetic of the dtype. */
export function deltaOrthogonal({ seed, name = '', dtype, shape, gain = 1, layout = 'out_in', centre = 'lower' }) {
  const { n, m } = layoutOf(shape, layout);
  const Q = orthogonalBlocks({ seed, name, dtype, rows: n, columns: m, gain });
  const central = (k) => Math.floor((centre === 'upper' ? k : k - 1) / 2);
  return weightOf(shape, layout, (o, i, tap, sides) => (tap.every((x, a) => x === central(sides[a])) ? Q[o * m + i] : 0));
}
