// HiPPO and S4D: section 17 of service/streams/philox/SPECIFICATION.md, written from that page alone.
// Each returns the elements, in C order, before they are rounded to a dtype.

import { polynomial } from './stream.mjs';

const PI = 3.141592653589793;
const SQRT_HALF = 0.7071067811865476;
const { sqrt } = Math;

const odd = (n) => sqrt(2 * n + 1);
const halfOdd = (n) => 0.5 * odd(n);
const amplitude = (n) => (n === 0 ? 1 : n % 2 ? 0 : 2);
const product = (n, k) => sqrt((2 * n + 1) * (2 * k + 1));
const lower = (n, k, below, diagonal) => (n > k ? below : n === k ? diagonal : 0);
const ends = (scale) => (n) => scale * sqrt(amplitude(n));

const rotation = (f, g) => (n, k) => {
  let r = 0;
  if (n % 2 === 0 && k === n + 1) r = -f * Math.floor(n / 2);
  if (k % 2 === 0 && n === k + 1) r = f * Math.floor(n / 2);
  return r - g * sqrt(amplitude(n) * amplitude(k));
};

const turning = rotation(2 * PI, 0);

const measures = (beta) => ({
  legs: { A: (n, k) => lower(n, k, -product(n, k), -(n + 1)), B: odd, P: [(n) => sqrt(n + 0.5)] },
  legsd: {
    A: (n, k) => (n > k ? -(0.5 * product(n, k)) : n === k ? -0.5 : 0.5 * product(n, k)), B: halfOdd, P: [() => 0],
  },
  legt: {
    A: (n, k) => -0.5 * odd(n) * (n < k && (k - n) % 2 === 1 ? -1 : 1) * odd(k),
    B: halfOdd,
    P: [(n) => (n % 2 ? sqrt(n + 0.5) : 0), (n) => (n % 2 ? 0 : sqrt(n + 0.5))],
  },
  lmu: { A: (n, k) => (n < k || (n - k) % 2 === 0 ? -(2 * n + 1) : 2 * n + 1), B: (n) => (n % 2 ? -(2 * n + 1) : 2 * n + 1) },
  lagt: { A: (n, k) => lower(n, k, -1, -0.5), B: () => 1, P: [() => SQRT_HALF] },
  glagt: { A: (n, k) => lower(n, k, -1, -0.5 * (1 + beta)), B: () => sqrt(beta), P: [() => SQRT_HALF] },
  fout: { A: rotation(PI, 1), B: ends(1), P: [ends(1)] },
  fourier_decay: { A: rotation(PI, 0.5), B: ends(0.5), P: [ends(SQRT_HALF)] },
  fourier2: { A: rotation(2 * PI, 2), B: ends(2), P: [ends(1.4142135623730951)] },
  foud: { A: (n, k) => turning(n, k) + (n === k ? -0.5 : 0), B: ends(1), P: [() => 0] },
});

export function hippo({ shape, measure = 'legs', part, beta = 0.01 }) {
  const of = measures(beta)[measure];
  const order = shape.at(-1);
  const count = shape.reduce((size, axis) => size * axis, 1);
  const value = {
    A: (n, k) => of.A(n, k),
    B: (_, n) => of.B(n),
    P: (row, n) => (row < of.P.length ? of.P[row](n) : 0),
  }[part ?? (shape.length === 2 ? 'A' : 'B')];
  return Float64Array.from({ length: count }, (_, at) => value(Math.floor(at / order), at % order));
}

const HIGH = { tan: 0x1a827999fcef32 * 2 ** -54, eighth: 0x1921fb54442d18 * 2 ** -54, half: 0x1921fb54442d18 * 2 ** -52 };
const LOW = { eighth: 0x1c398861b78b55 * 2 ** -111, half: 0x11a62633145c07 * 2 ** -106 };
const ARCTANGENT = Float64Array.from({ length: 13 }, (_, j) => (j % 2 ? -1 : 1) / (2 * j + 1));

function arctangent(x) {
  const t = x > 1 ? 1 / x : x;
  let [base, high, low] = [0, 0, 0];
  if (t > 0.66) [base, high, low] = [1, HIGH.half / 2, LOW.half / 2];
  else if (t > 0.21) [base, high, low] = [HIGH.tan, HIGH.eighth, LOW.eighth];
  const r = (t - base) / (1 + t * base);
  const angle = high + (r * polynomial(ARCTANGENT, r * r) + low);
  return x > 1 ? HIGH.half - (angle - LOW.half) : angle;
}

function frequencies(N) {
  const found = new Float64Array(N);
  let x = 0;
  for (let m = 0; m < N; m++) {
    const wanted = PI * (m + 0.5);
    for (let step = 0; step < 100; step++) {
      let [total, lost, slope] = [0, 0, 0];
      for (let n = 0; n < 2 * N; n++) {
        const c = n + 0.5;
        slope += c / (c * c + x * x);
        const term = arctangent(x / c) - lost;
        const next = total + term;
        lost = next - total - term;
        total = next;
      }
      const beyond = x + (wanted - total) / slope;
      if (beyond <= x) break;
      x = beyond;
    }
    found[m] = x;
  }
  return found;
}

const IMAGINARY = {
  lin: (n) => PI * n,
  quad: (n) => ((2 * n + 1) * (2 * n + 1)) / PI,
  inv: (n, N) => ((2 * N) / PI) * ((2 * N) / (2 * n + 1) - 1),
  inv2: (n, N) => ((2 * N) / PI) * ((2 * N) / (n + 1) - 1),
};

/** A complex element is its real part followed by its imaginary part. */
export function s4d({ shape, kind = 'lin' }) {
  const N = shape.at(-1);
  const count = shape.reduce((size, axis) => size * axis, 1);
  if (kind === 'real') return Float64Array.from({ length: count }, (_, at) => -((at % N) + 1));
  const row = kind === 'legs' ? frequencies(N) : Float64Array.from({ length: N }, (_, n) => IMAGINARY[kind](n, N));
  return Float64Array.from({ length: 2 * count }, (_, at) => (at % 2 ? row[Math.floor(at / 2) % N] : -0.5));
}
