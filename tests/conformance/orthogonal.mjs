// Orthogonal matrices: section 8 of service/streams/philox/SPECIFICATION.md, written from that page alone.
// Matrices are flat arrays in C order.

import { axesOf } from './layout.mjs';
import { normal, within } from './stream.mjs';

const COLUMNS_OF_A_PANEL = 64;
const ROWS_OF_A_SUM = 8;
const PRODUCTS_OF_A_SUM = 16;

export const arithmeticOf = {
  float32: { ArrayType: Float32Array, round: Math.fround },
  float64: { ArrayType: Float64Array, round: (number) => number },
};

/** The reflectors V of the m × n matrix G, and the signs d of the result's columns. */
function reflectors(G, m, n, ArrayType) {
  const V = new ArrayType(m * n);
  const d = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    let squares = 0;
    for (let i = k; i < m; i++) squares += G[i * n + k] * G[i * n + k];
    const norm = Math.sqrt(squares);
    const diagonal = G[k * n + k];
    d[k] = diagonal < 0 ? 1 : -1;
    const scale = 1 / (diagonal - d[k] * norm);
    V[k * n + k] = 1;
    // Storing into V rounds to the dtype.
    for (let i = k + 1; i < m; i++) V[i * n + k] = G[i * n + k] * scale;
  }
  return { V, d };
}

/** P, the products of the columns of V from `first` on, w × w. */
function columnProducts(V, m, n, first, w) {
  const P = new Float64Array(w * w);
  for (let i = first; i < m; i++) {
    const row = i * n + first;
    for (let q = 0; q < w; q++) {
      for (let j = 0; j < w; j++) P[q * w + j] += V[row + q] * V[row + j];
    }
  }
  return P;
}

/** The upper triangle T, w × w, that joins a panel's reflectors. */
function joiningTriangle(P, w, ArrayType) {
  const T = new Float64Array(w * w);
  for (let k = 0; k < w; k++) {
    const diagonal = 2 / P[k * w + k];
    T[k * w + k] = diagonal;
    for (let q = 0; q < k; q++) {
      let sum = 0;
      for (let j = q; j < k; j++) sum += T[q * w + j] * P[j * w + k];
      T[q * w + k] = -diagonal * sum;
    }
  }
  return ArrayType.from(T);
}

/** Σ product(t), t = 0 … count − 1, formed from the first product on. */
function sumFromFirst(count, product, round) {
  let sum = product(0);
  for (let t = 1; t < count; t++) sum = round(sum + product(t));
  return sum;
}

/** `join(total, part)` over the sums of `size` products each, then over the products left over. */
function joinInGroups(total, count, size, product, join, round) {
  let at = 0;
  for (; at + size <= count; at += size) {
    const first = at;
    total = join(total, sumFromFirst(size, (t) => product(first + t), round));
  }
  for (; at < count; at++) total = join(total, product(at));
  return total;
}

/** Applies the panel of reflectors that begins at column `first` to column `column` of C. */
function reflectColumn(C, column, { V, T, m, n, first, w, ArrayType, round }) {
  const add = (total, part) => round(total + part);
  const subtract = (total, part) => round(total - part);
  const height = m - first;
  const W = ArrayType.from({ length: w }, (_, q) => joinInGroups(
    0, height, ROWS_OF_A_SUM, (t) => round(V[(first + t) * n + first + q] * C[(first + t) * n + column]), add, round,
  ));
  const X = new ArrayType(w);
  for (let q = 0; q < w; q++) {
    let sum = 0;
    for (let j = q; j < w; j++) sum = round(sum + round(T[q * w + j] * W[j]));
    X[q] = sum;
  }
  for (let i = first; i < m; i++) {
    const row = i * n + first;
    C[i * n + column] = joinInGroups(
      C[i * n + column], w, PRODUCTS_OF_A_SUM, (q) => round(V[row + q] * X[q]), subtract, round,
    );
  }
}

/** The m × n matrix with orthonormal columns that G's reflectors make, before the gain. */
export function orthonormalColumns(G, m, n, { ArrayType, round }) {
  const { V, d } = reflectors(G, m, n, ArrayType);
  const C = new ArrayType(m * n);
  for (let k = 0; k < n; k++) C[k * n + k] = d[k];
  const lastPanel = Math.floor((n - 1) / COLUMNS_OF_A_PANEL) * COLUMNS_OF_A_PANEL;
  for (let first = lastPanel; first >= 0; first -= COLUMNS_OF_A_PANEL) {
    const w = Math.min(COLUMNS_OF_A_PANEL, n - first);
    const T = joiningTriangle(columnProducts(V, m, n, first, w), w, ArrayType);
    for (let column = first; column < n; column++) {
      reflectColumn(C, column, { V, T, m, n, first, w, ArrayType, round });
    }
  }
  return C;
}

/** The blocks of the out axis: where each begins, and how many units it has. */
export function blocksOf(units, groups, gates) {
  const sizes = Array.isArray(gates) ? gates : new Array(gates).fill(units / gates);
  const blocks = [];
  let first = 0;
  for (const size of sizes) {
    for (let g = 0; g < groups; g++) {
      blocks.push({ first, rows: size / groups });
      first += size / groups;
    }
  }
  return blocks;
}

/** The elements of a weight, in C order and not clipped. */
export function orthogonalWeight({
  seed, name = '', dtype = 'float32', shape, groups = 1, gates = 1, gain = 1, layout = 'out_in',
}) {
  const arithmetic = arithmeticOf[dtype];
  const { stack, out, columns, beginsWithOut } = axesOf(shape, layout);
  const factor = arithmetic.round(gain);
  const values = new arithmetic.ArrayType(stack.size * out.size * columns.size);
  let start = 0;
  for (let member = 0; member < stack.size; member++) {
    for (const { first, rows } of blocksOf(out.size, groups, gates)) {
      const m = Math.max(rows, columns.size);
      const n = Math.min(rows, columns.size);
      const G = normal({ seed, name, dtype, start: BigInt(start), count: m * n });
      const Q = orthonormalColumns(G, m, n, arithmetic);
      const byUnit = rows > columns.size || (rows === columns.size && beginsWithOut);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns.size; j++) {
          const element = byUnit ? Q[i * n + j] : Q[j * n + i];
          values[stack.offset(member) + out.offset(first + i) + columns.offset(j)] = arithmetic.round(factor * element);
        }
      }
      start += m * n;
    }
  }
  return values;
}

/** The tensor of a request. */
export const orthogonalTensor = ({ gain = 1, dtype = 'float32', stored = dtype, ...rest }) =>
  within(gain, stored, orthogonalWeight({ gain, dtype, ...rest }));
