// An orthogonal matrix at one tap: section 15 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { axesOf, weightOf } from './layout.mjs';
import { orthogonalWeight } from './orthogonal.mjs';

/** The elements, in C order, in the arithmetic of the dtype. */
export function deltaOrthogonal({ seed, name = '', dtype, shape, gain = 1, layout = 'out_in', centre = 'lower' }) {
  const { stack, out, in_ } = axesOf(shape, layout);
  const [n, m] = [out.size, in_.size];
  const Q = orthogonalWeight({ seed, name, dtype, shape: [stack.size, n, m], layout: 'soi', gain });
  const central = (k) => Math.floor((centre === 'upper' ? k : k - 1) / 2);
  return weightOf(shape, layout, (o, i, tap, sides, member) =>
    (tap.every((x, a) => x === central(sides[a])) ? Q[(member * n + o) * m + i] : 0));
}
