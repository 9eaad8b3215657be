// Reservoirs, and permutation matrices: sections 9 and 13 of service/streams/philox/SPECIFICATION.md, written from that page
// alone. Matrices are flat arrays in C order.

import { product, transposed } from './matrices.mjs';
import { elementWords, exp, normal, uniform } from './stream.mjs';

const PURPOSE_PERMUTATION = 4;
const PURPOSE_MASK = 6;
const SQUARINGS = 60;
const ALL = 1n << BigInt(SQUARINGS);

/** The integer e with 2^(e − 1) ≤ x < 2^e, for a positive normal number x. */
function exponentOf(x) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return ((view.getUint32(0) >>> 20) & 0x7ff) - 1022;
}

function squaredLengths(R, n) {
  const L = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) L[j] += R[i * n + j] * R[i * n + j];
  }
  return L;
}

function dot(p, q) {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i] * q[i];
  return sum;
}

const firstGreatest = (L) => L.reduce((best, value, j) => (value > L[best] ? j : best), 0);

/** Takes the part of every column of R along q away. */
function remove(R, q, n) {
  const c = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) c[j] += q[i] * R[i * n + j];
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) R[i * n + j] -= q[i] * c[j];
  }
}

function reduced(B, n) {
  const R = Float64Array.from(B);
  let L = squaredLengths(R, n);
  const least = L[firstGreatest(L)] * 2 ** -86;
  const Q = [];
  for (;;) {
    const j = firstGreatest(L);
    if (L[j] <= least) break;
    if (Q.length === Math.floor(n / 2)) return B;
    const q = Float64Array.from({ length: n }, (_, i) => R[i * n + j]);
    for (const p of Q) {
      const t = dot(p, q);
      for (let i = 0; i < n; i++) q[i] -= t * p[i];
    }
    const length = Math.sqrt(dot(q, q));
    for (let i = 0; i < n; i++) q[i] /= length;
    Q.push(q);
    remove(R, q, n);
    L = squaredLengths(R, n);
  }
  const rows = Float64Array.from(Q.flatMap((q) => [...q]));
  const right = product(B, transposed(rows, Q.length, n), n, n, Q.length);
  return product(rows, right, Q.length, n, Q.length);
}

export function spectralRadius(A, order) {
  let B = A;
  let n = order;
  let E = 0n;
  for (let s = 0; s <= SQUARINGS; s++) {
    if (s > 0) {
      B = product(B, B, n, n, n);
      E *= 2n;
    }
    const largest = B.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (largest < 2 ** -1000) return 0;
    const e = exponentOf(largest);
    B = B.map((x) => x * 2 ** -e);
    E += BigInt(e);
    if (s >= 10 && s <= 58 && (s - 10) % 4 === 0 && n > 64) {
      B = reduced(B, n);
      n = Math.sqrt(B.length);
    }
  }
  let w = E / ALL;
  if (w * ALL < E) w += 1n;
  const f = Number(E - w * ALL) * 2 ** -SQUARINGS;
  return exp(f * 0.6931471805599453) * 2 ** Number(w);
}

/** Which elements are not zero. */
function kept({ seed, name, count }, density) {
  const chances = uniform({ seed, name, purpose: PURPOSE_MASK, dtype: 'float64', count });
  return Array.from(chances, (u) => u < density);
}

/** The elements that are not zero, times a scale. */
function drawn({ seed, name, count }, dtype, distribution, scale, stored = dtype) {
  const stream = { seed, name, dtype, count };
  if (distribution === 'uniform') return uniform({ ...stream, stored, low: -scale, high: scale });
  if (distribution === 'normal') return normal({ ...stream, mean: 0, std: scale });
  return uniform({ ...stream, dtype: 'float64', low: -1, high: 1 }).map((v) => (v < 0 ? -scale : scale));
}

const LARGEST = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE };

/** The elements, in C order, as numbers that a dtype has still to round. */
export function reservoir({
  seed, name = '', dtype, stored = dtype, shape, density = 0.1, distribution = 'uniform', spectral_radius: wanted = 0.9,
  scaling = 'eigenvalue',
}) {
  const [n] = shape;
  const stream = { seed, name, count: n * n };
  if (wanted === 0) return new Float64Array(n * n);
  const there = kept(stream, density);
  if (scaling === 'circular_law') {
    const q = distribution === 'uniform' ? 1 / 3 : 1;
    const scale = wanted / Math.sqrt(n * density * q);
    return drawn(stream, dtype, distribution, scale, stored).map((value, at) => (there[at] ? value : 0));
  }
  const A = drawn(stream, 'float64', distribution, 1).map((value, at) => (there[at] ? value : 0));
  const scale = wanted / spectralRadius(A, n);
  const scaled = Number.isFinite(scale) ? A.map((value) => value * scale) : A;
  return scaled.map((value) => Math.max(-LARGEST[dtype], Math.min(LARGEST[dtype], value)));
}

const MASK_64 = (1n << 64n) - 1n;

function mix(z) {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}

const below = (n, z) => ((mix(z & MASK_64) >> 32n) * n) >> 32n;

/** Where place p stands in the permutation of line 0. */
function permuted(stream, p, size) {
  const [w0, w1, w2, w3] = [...elementWords({ ...stream, purpose: PURPOSE_PERMUTATION, count: 4 })].map(BigInt);
  const columns = BigInt(Math.ceil(Math.sqrt(size)));
  const rows = (BigInt(size) + columns - 1n) / columns;
  const key = w0 + (w1 << 32n);
  const step = (w2 + (w3 << 32n)) | 1n;
  let place = BigInt(p);
  do {
    let left = place % columns;
    let right = place / columns;
    for (let r = 0n; r < 16n; r += 2n) {
      left = (left + below(columns, right + key + r * step)) % columns;
      right = (right + below(rows, left + key + (r + 1n) * step)) % rows;
    }
    place = right * columns + left;
  } while (place >= BigInt(size));
  return Number(place);
}

export function permutation({ seed, name = '', shape, weight = 1 }) {
  const [n] = shape;
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + permuted({ seed, name }, i, n)] = weight;
  return values;
}
