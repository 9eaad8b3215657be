// Skew-symmetric matrices: section 12 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { polynomial, uniform, within } from './stream.mjs';

/** The coefficients (−1)^j ÷ (2j + odd)!, j = 0 … 8. */
function series(odd) {
  let factorial = 1;
  return Float64Array.from({ length: 9 }, (_, j) => {
    if (j > 0) factorial *= (2 * j + odd - 1) * (2 * j + odd);
    return (j % 2 ? -1 : 1) / factorial;
  });
}

const SINE = series(1);
const COSINE = series(0);

function turned(x, behind) {
  const quarters = Math.floor(4 * x + 0.5);
  const angle = (x - 0.25 * quarters) * 6.283185307179586;
  const quadrant = (((quarters - behind) % 4) + 4) % 4;
  const square = angle * angle;
  const value = quadrant % 2 ? angle * polynomial(SINE, square) : polynomial(COSINE, square);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}

/** Of x turns. */
export const sine = (x) => turned(x, 1);
export const cosine = (x) => turned(x, 0);

/** The elements, in C order, before they are rounded to a dtype. */
export function skew({ seed, name = '', stored, shape, kind = 'cayley' }) {
  const [n] = shape;
  const blocks = Math.floor(n / 2);
  const [low, high] = kind === 'henaff' ? [-3.141592653589793, 3.141592653589793] : [0, 0.25];
  const drawn = uniform({ seed, name, dtype: 'float64', low, high, count: blocks });
  const values = new Float64Array(n * n);
  drawn.forEach((v, i) => {
    const s = kind === 'henaff' ? v : -sine(v) / (1 + cosine(v));
    values[2 * i * n + 2 * i + 1] = s;
    values[(2 * i + 1) * n + 2 * i] = -s;
  });
  return within(kind === 'henaff' ? 3.141592653589793 : 1, stored, values);
}
