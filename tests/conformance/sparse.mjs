// Sparse matrices: section 9 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { elementWords, normal } from './stream.mjs';

const PURPOSE_KEYS = 4;

const low = (word) => word & 0xffff;

function below(n, z) {
  const mixed = low(Math.imul(low(z) ^ (low(z) >>> 8), 0xca6b));
  return Math.floor((mixed * n) / 2 ** 16);
}

/** Where place p of a line of `size` elements stands in the order that its two words make. */
function placed(p, size, [w0, w1]) {
  const columns = Math.ceil(Math.sqrt(size));
  const rows = Math.ceil(size / columns);
  const [leftFactor, rightFactor] = [(w0 >>> 16) | 1, (w1 >>> 16) | 1];
  do {
    let left = p % columns;
    let right = Math.floor(p / columns);
    for (let r = 0; r < 8; r += 1) {
      const apart = low(r * 0x9e37);
      left = (left + below(columns, Math.imul(low(right + apart), leftFactor) + low(w0))) % columns;
      right = (right + below(rows, Math.imul(low(left + apart), rightFactor) + low(w1))) % rows;
    }
    p = right * columns + left;
  } while (p >= size);
  return p;
}

/** The elements, in C order; `zeros` is what the reply tells as `zeros_per_line`. */
export function sparse({
  seed, name = '', dtype, shape, zeros_per_line: zeros, mean = 0, std = 0.01, per = 'column',
}) {
  const [rows, columns] = shape;
  const [lines, size] = per === 'column' ? [columns, rows] : [rows, columns];
  const keys = elementWords({ seed, name, purpose: PURPOSE_KEYS, count: 2 * lines });
  return normal({ seed, name, dtype, mean, std, count: rows * columns }).map((value, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const [l, p] = per === 'column' ? [column, row] : [row, column];
    return placed(p, size, keys.slice(2 * l, 2 * l + 2)) < zeros ? 0 : value;
  });
}
