// Kernels and vectors without randomness: section 17 of service/streams/philox/SPECIFICATION.md, written from that page alone.
// Each returns the elements, in C order, before they are rounded to a dtype.

import { axesOf, weightOf } from './layout.mjs';
import { cosine, sine } from './skew.mjs';
import { log } from './stream.mjs';

const elements = (shape, value) => {
  const count = shape.reduce((size, axis) => size * axis, 1);
  return Float64Array.from({ length: count }, (_, at) => value(at));
};

export const mambaALog = ({ shape }) => elements(shape, (at) => log((at % shape.at(-1)) + 1));

function isOdd(bits) {
  let ones = 0;
  for (let left = bits; left; left = Math.floor(left / 2)) ones += left % 2;
  return ones % 2 === 1;
}

export function zeroInit({ shape, layout = 'out_in' }) {
  const { out, in_ } = axesOf(shape, layout);
  const [n, m] = [out.size, in_.size];
  let p = 1;
  while (p < n) p *= 2;
  const h = 1 / Math.sqrt(p);
  return weightOf(shape, layout, (o, i, tap, sides) => {
    if (!tap.every((x, a) => x === Math.floor(sides[a] / 2))) return 0;
    if (n <= m) return o === i ? 1 : 0;
    return isOdd(o & i) ? -h : h;
  });
}

function interpolating(x, k, centre, purpose) {
  const f = Math.floor((k + 1) / 2);
  const c = centre === 'kernel' ? k - 1 : 2 * f - 1 - (f % 2);
  const w = 1 - Math.abs(x / f - c / (2 * f));
  if (purpose === 'upsampling') return w;
  let D = 0;
  for (let other = 0; other < k; other++) D += Math.abs(other - c / 2);
  return w / (k - D / f);
}

export function bilinear({
  shape, layout = 'out_in', channels = 'diagonal', centre = 'factor', purpose = 'upsampling', groups,
}) {
  const { out, in_ } = axesOf(shape, layout);
  const rows = out.size / (groups ?? (in_.size === 1 ? out.size : 1));
  return weightOf(shape, layout, (o, i, tap, sides) => {
    if (channels === 'diagonal' && o % rows !== i) return 0;
    return tap.reduce((product, x, a) => product * interpolating(x, sides[a], centre, purpose), 1);
  });
}

const WEIGHTS = { hann: [0.5, -0.5], hamming: [0.54, -0.46], blackman: [0.42, -0.5, 0.08], boxcar: [1] };

function windowAt(kind, time, L, periodic) {
  if (L === 1) return 1;
  const x = time / (periodic ? L : L - 1);
  return WEIGHTS[kind].reduce((sum, w, k) => sum + (k ? w * cosine(k * x) : w), 0);
}

/** A binary64 number as a multiple of 2^-1074. */
function asInteger(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
}

/** The sum of numbers that are not negative, rounded once to nearest even. */
function exactSum(numbers) {
  const total = numbers.reduce((sum, number) => sum + asInteger(number), 0n);
  const excess = BigInt(Math.max(0, total.toString(2).length - 53));
  let kept = total >> excess;
  const rest = total - (kept << excess);
  const half = excess ? 1n << (excess - 1n) : 0n;
  if (excess && (rest > half || (rest === half && kept % 2n))) kept += 1n;
  return Number(kept) * 2 ** (Number(excess) - 537) * 2 ** -537;
}

function scaleOf(values, scaling) {
  if (scaling === 'none' || !values.length) return 1;
  const sum = exactSum(values.map((w) => (scaling === 'spectrum' ? Math.abs(w) : w * w)));
  return (scaling === 'spectrum' ? sum : Math.sqrt(sum)) || 1;
}

export function stft({ shape, side = 'real', window = 'hann', scaling = 'density', periodic = false }) {
  const [L, , K] = shape;
  const values = Array.from({ length: L }, (_, time) => windowAt(window, time, L, periodic));
  const scale = scaleOf(values, scaling);
  const points = Math.max(2 * (K - 1), 1);
  return elements(shape, (at) => {
    const time = Math.floor(at / K / shape[1]);
    const t = ((time * (at % K)) % points) / points;
    return ((side === 'imag' ? -sine(t) : cosine(t)) * values[time]) / scale;
  });
}
