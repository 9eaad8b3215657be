// Sparse matrices: section 9 of service/streams/philox/SPECIFICATION.md, written from that page alone.

import { elementWords, normal } from './stream.mjs';

const PURPOSE_KEYS = 4;
const PURPOSE_STEPS = 5;

function mix(z) {
  const product = Math.imul(z, 0x85ebca6b);
  return Math.imul(product ^ (product >>> 15), 0xc2b2ae35) >>> 0;
}

const below = (n, z) => Number((BigInt(mix(z)) * BigInt(n)) >> 32n);

/** Where place p of a line of `size` elements stands in the order that its key and its step make. */
function placed(p, size, key, step) {
  const columns = Math.ceil(Math.sqrt(size));
  const rows = Math.ceil(size / columns);
  do {
    let left = p % columns;
    let right = Math.floor(p / columns);
    for (let r = 0; r < 16; r += 2) {
      left = (left + below(columns, (right + key + Math.imul(r, step)) >>> 0)) % columns;
      right = (right + below(rows, (left + key + Math.imul(r + 1, step)) >>> 0)) % rows;
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
  const keys = elementWords({ seed, name, purpose: PURPOSE_KEYS, count: lines });
  const steps = elementWords({ seed, name, purpose: PURPOSE_STEPS, count: lines });
  return normal({ seed, name, dtype, mean, std, count: rows * columns }).map((value, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const [l, p] = per === 'column' ? [column, row] : [row, column];
    return placed(p, size, keys[l], (steps[l] | 1) >>> 0) < zeros ? 0 : value;
  });
}
