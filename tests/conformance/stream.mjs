// Stream version 1, written from service/streams/philox/SPECIFICATION.md alone. Section numbers are that page's.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(`../../service/${path}`, import.meta.url), 'utf8'));
const { coefficients } = read('streams/philox/coefficients.json');
const quadrature = read('arithmetic/gauss_legendre.json');
const single = (list) => Float32Array.from(coefficients[list]);
const double = (list) => Float64Array.from(coefficients[list]);
const rational = (name, round) => [round(`${name}_NUMERATOR`), round(`${name}_DENOMINATOR`)];

const RN32 = Math.fround;

// A DataView has the same byte order on every machine, unlike overlapping typed arrays.
const scratch = new DataView(new ArrayBuffer(8));

const PURPOSE_ELEMENTS = 0;
export const PURPOSE_IMAGINARY = 2;
const refinementOf = (purpose) => purpose + 1;

// Section 1: words

function highProduct(a, b) {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Every sum of a 16 × 16 bit product and a 16-bit carry stays below 2^32, so the doubles are exact.
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return (aHigh * bHigh + (first >>> 16) + (second >>> 16)) >>> 0;
}

function writeBlock(out, at, c0, c1, c2, c3, k0, k1) {
  for (let round = 0; round < 10; round++) {
    const pHigh = highProduct(c0, 0xd2511f53);
    const pLow = Math.imul(c0, 0xd2511f53);
    const qHigh = highProduct(c2, 0xcd9e8d57);
    const qLow = Math.imul(c2, 0xcd9e8d57);
    c0 = qHigh ^ c1 ^ k0;
    c1 = qLow;
    c2 = pHigh ^ c3 ^ k1;
    c3 = pLow;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

export function philox4x32(counter, key) {
  const block = new Uint32Array(4);
  writeBlock(block, 0, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return block;
}

export function nameWords(name) {
  const digest = createHash('sha256').update(name, 'utf8').digest();
  return [digest.readUIntLE(0, 4), digest.readUIntLE(4, 3)];
}

const lowHalf = (integer) => Number(BigInt.asUintN(32, integer));
const highHalf = (integer) => Number(BigInt.asUintN(32, integer >> 32n));

/** The words of `count` consecutive elements, the first being element `start`. */
export function elementWords({ seed, name = '', purpose = PURPOSE_ELEMENTS, start = 0n, count }) {
  const first = BigInt(start);
  const skipped = Number(first & 3n);
  const words = new Uint32Array(4 * Math.ceil((skipped + count) / 4));
  const [c2, nameHigh] = nameWords(name);
  const c3 = nameHigh | (purpose << 24);
  const k0 = lowHalf(seed);
  const k1 = highHalf(seed);
  let c0 = lowHalf(first >> 2n);
  let c1 = highHalf(first >> 2n);
  for (let at = 0; at < words.length; at += 4) {
    writeBlock(words, at, c0, c1, c2, c3, k0, k1);
    c0 = (c0 + 1) >>> 0;
    if (c0 === 0) c1 = (c1 + 1) >>> 0;
  }
  return words.subarray(skipped, skipped + count);
}

// Section 2: uniform numbers in (0, 1)

const u32 = (w) => (w + 0.5) * 2 ** -32;
const u52 = (w, r) => (w * 2 ** 20 + (r >>> 12) + 0.5) * 2 ** -52;

export const arrayOf = { float32: Float32Array, float64: Float64Array };

/** Each element's u, as binary64 numbers. */
export function units({ seed, name, purpose = PURPOSE_ELEMENTS, dtype, start = 0n, count }) {
  const words = elementWords({ seed, name, purpose, start, count });
  if (dtype === 'float32') return Float64Array.from(words, u32);
  const refinement = elementWords({ seed, name, purpose: refinementOf(purpose), start, count });
  return Float64Array.from(words, (word, i) => u52(word, refinement[i]));
}

/** An array of the dtype holding `value(u)` for each element's u. */
const fill = (elements, value) => arrayOf[elements.dtype].from(units(elements), value);

// Section 7: the narrower dtypes, by their widths, fractions and least exponents

const formats = {
  float16: { width: 16, fraction: 10, leastExponent: -14 },
  bfloat16: { width: 16, fraction: 7, leastExponent: -126 },
  float8_e4m3fn: { width: 8, fraction: 3, leastExponent: -6 },
  float8_e5m2: { width: 8, fraction: 2, leastExponent: -14 },
};

function halfToEven(number) {
  const below = Math.floor(number);
  const rest = number - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The bits of a number within the dtype's range, but for the sign, rounded to nearest even. */
function magnitudeBits(number, { fraction, leastExponent }) {
  scratch.setFloat64(0, number);
  const exponent = Math.max(((scratch.getUint32(0) >>> 20) & 0x7ff) - 1023, leastExponent);
  const units = halfToEven(Math.abs(number) * 2 ** (fraction - exponent));
  // A carry out of the fraction moves into the exponent, which is the right number.
  return (exponent - leastExponent) * 2 ** fraction + units;
}

function valueOf(bits, { fraction, leastExponent }) {
  const field = Math.floor(bits / 2 ** fraction);
  const units = field === 0 ? bits : bits - (field - 1) * 2 ** fraction;
  return units * 2 ** (leastExponent - fraction + Math.max(field - 1, 0));
}

const isNegative = (number) => number < 0 || Object.is(number, -0);

function roundedTo(format, number) {
  const size = valueOf(magnitudeBits(number, format), format);
  return isNegative(number) ? -size : size;
}

function aboveIn(format, number) {
  if (number === 0) return valueOf(1, format);
  const bits = magnitudeBits(number, format);
  return number > 0 ? valueOf(bits + 1, format) : -valueOf(bits - 1, format);
}

/** The bits of float32 numbers as a narrower dtype. */
function bitsIn(dtype, values) {
  const format = formats[dtype];
  const ArrayType = format.width === 8 ? Uint8Array : Uint16Array;
  return ArrayType.from(values, (x) => magnitudeBits(x, format) + (isNegative(x) ? 2 ** (format.width - 1) : 0));
}

export const narrow = Object.fromEntries(
  Object.keys(formats).map((dtype) => [dtype, (values) => bitsIn(dtype, values)]),
);

// The numbers of a dtype next to a bound

function above32(number) {
  if (number === 0) return 2 ** -149;
  scratch.setFloat32(0, number);
  scratch.setInt32(0, scratch.getInt32(0) + (number > 0 ? 1 : -1));
  return scratch.getFloat32(0);
}

function above64(number) {
  if (number === 0) return Number.MIN_VALUE;
  scratch.setFloat64(0, number);
  scratch.setBigInt64(0, scratch.getBigInt64(0) + (number > 0 ? 1n : -1n));
  return scratch.getFloat64(0);
}

const roundingOf = {
  float32: { nearest: RN32, above: above32 },
  float64: { nearest: (number) => number, above: above64 },
};
for (const [dtype, format] of Object.entries(formats)) {
  roundingOf[dtype] = {
    nearest: (number) => (Math.abs(number) === Infinity ? number : roundedTo(format, number)),
    above: (number) => aboveIn(format, number),
  };
}

function smallestNotBelow(bound, dtype) {
  const { nearest, above } = roundingOf[dtype];
  const rounded = nearest(bound);
  return rounded < bound ? above(rounded) : rounded;
}

const greatestNotAbove = (bound, dtype) => -smallestNotBelow(-bound, dtype);

function greatestBelow(bound, dtype) {
  const candidate = greatestNotAbove(bound, dtype);
  return candidate < bound ? candidate : -roundingOf[dtype].above(-candidate);
}

const clip = (value, least, greatest) => (value < least ? least : value > greatest ? greatest : value);

/** The numbers, each put on the nearest one that the dtype has within [−bound, bound] where it lies beyond. */
export function within(bound, dtype, values) {
  const greatest = greatestNotAbove(bound, dtype);
  return values.map((value) => clip(value, -greatest, greatest));
}

// Section 3: uniform on [low, high)

/** As float32 or float64; `stored` is the dtype that they will be rounded to. */
export function uniform({
  seed, name = '', purpose = PURPOSE_ELEMENTS, dtype = 'float32', stored = dtype, low = 0, high = 1, start = 0n, count,
}) {
  const least = smallestNotBelow(low, stored);
  const greatest = greatestBelow(high, stored);
  const width = high - low;
  const rounded = dtype === 'float32' ? RN32 : (v) => v;
  return fill({ seed, name, purpose, dtype, start, count }, (u) => clip(rounded(low + width * u), least, greatest));
}

// Polynomials (section 4)

function polynomial32(list, x) {
  let sum = list[list.length - 1];
  for (let i = list.length - 2; i >= 0; i--) sum = RN32(list[i] + RN32(x * sum));
  return sum;
}

export function polynomial(list, x) {
  let sum = list[list.length - 1];
  for (let i = list.length - 2; i >= 0; i--) sum = list[i] + x * sum;
  return sum;
}

const quotient = ([numerator, denominator], x) => polynomial(numerator, x) / polynomial(denominator, x);

// Section 4: normal

const LOGARITHM_32 = single('LOGARITHM_32');
const [QUANTILE_32_NUMERATOR, QUANTILE_32_DENOMINATOR] = rational('QUANTILE_32', single);
const LN2_32 = RN32(0.6931471805599453);

function quantile32(x) {
  const q = RN32(1.0 - 4.0 * x * x);
  const o = RN32(x);
  scratch.setFloat32(0, q);
  const bits = scratch.getInt32(0);
  const e = (bits - 0x3f2aaaab) >> 23;
  scratch.setInt32(0, bits - (e << 23));
  const f = RN32(scratch.getFloat32(0) - 1);
  const l = RN32(f * polynomial32(LOGARITHM_32, f));
  const w = -RN32(l + RN32(e * LN2_32));
  const n = polynomial32(QUANTILE_32_NUMERATOR, w);
  const d = polynomial32(QUANTILE_32_DENOMINATOR, w);
  return RN32(o * RN32(n / d));
}

const UNTRUNCATED = { anchor: 0, middle: 0, mass: 1, below: 0, above: 0, shift: 0, side: 0 };

function normal32(elements, mean, std) {
  const m = RN32(mean);
  const s = RN32(std);
  return fill(elements, (u) => RN32(m + RN32(s * quantile32(u - 0.5))));
}

export function normal({
  seed, name = '', purpose = PURPOSE_ELEMENTS, dtype = 'float32', mean = 0, std = 1, start = 0n, count,
}) {
  const elements = { seed, name, purpose, dtype, start, count };
  if (dtype === 'float64') return fill(elements, (u) => mean + std * quantile64(u, UNTRUNCATED));
  return normal32(elements, mean, std);
}

// Section 5: truncated normal, bounds and numbers

const LEGENDRE_NODES = Float64Array.from(quadrature.LEGENDRE_NODES);
const LEGENDRE_WEIGHTS = Float64Array.from(quadrature.LEGENDRE_WEIGHTS);
const LN2_HIGH = 0x162e42fee * 2 ** -33;
const LN2_LOW = 0x1a39ef35793c76 * 2 ** -85;

const EXP_TAYLOR = new Float64Array(14);
for (let k = 0, factorial = 1; k <= 13; k++, factorial *= k) EXP_TAYLOR[k] = 1 / factorial;

function powerOfTwo(k) {
  scratch.setUint32(0, (k + 1023) << 20);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}

export function exp(x) {
  if (x < -700) return 0;
  const k = Math.floor(x * 1.4426950408889634 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  return polynomial(EXP_TAYLOR, r) * powerOfTwo(k);
}

function nearestToZero(a, b) {
  if (a > 0) return a;
  return b < 0 ? b : 0;
}

function integral(a, b, anchor) {
  const n = nearestToZero(a, b);
  const reach = Math.sqrt(n * n + 160);
  const from = Math.max(a, -reach);
  const width = (Math.min(b, reach) - from) / 16;
  const halfWidth = 0.5 * width;
  let total = 0;
  for (let panel = 0; panel < 16; panel++) {
    const centre = from + (panel + 0.5) * width;
    for (let i = 0; i < 8; i++) {
      const offset = halfWidth * LEGENDRE_NODES[i];
      for (const x of [centre - offset, centre + offset]) {
        total += LEGENDRE_WEIGHTS[i] * exp(-0.5 * (x - anchor) * (x + anchor));
      }
    }
  }
  return total * halfWidth * 0.3989422804014327;
}

function tail(b, anchor) {
  if (b === Infinity) return 0;
  if (b < 0) return 1 - tail(-b, anchor);
  return integral(b, Infinity, Math.abs(anchor));
}

function half(b) {
  if (b === 0) return 0;
  const size = Math.abs(b) === Infinity ? 0.5 : integral(0, Math.abs(b), 0);
  return b < 0 ? -size : size;
}

/** The numbers of the normal cut at `low` and `high` sigmas. */
export function truncation(low, high) {
  if (low === -Infinity && high === Infinity) return UNTRUNCATED;
  const nearest = nearestToZero(low, high);
  const anchor = Math.abs(nearest) <= 30 ? 0 : nearest;
  return {
    anchor,
    mass: integral(low, high, anchor),
    below: anchor > 0 ? 0 : tail(-low, anchor),
    above: anchor < 0 ? 0 : tail(high, anchor),
    middle: anchor === 0 ? 0.5 * (half(low) + half(high)) : 0,
    shift: 0.5 * anchor * anchor,
    side: anchor,
  };
}

// Section 6: truncated normal, values

const CENTRAL_64 = rational('CENTRAL_64', double);
const NEAR_TAIL_64 = rational('NEAR_TAIL_64', double);
const FAR_TAIL_64 = rational('FAR_TAIL_64', double);
const LOG_SERIES = Float64Array.from({ length: 12 }, (_, j) => 2 / (2 * j + 1));

export function log(x) {
  scratch.setFloat64(0, x);
  const high = scratch.getUint32(0);
  const fractionHigh = high & 0xfffff;
  const fraction = fractionHigh * 2 ** 32 + scratch.getUint32(4);
  const halved = fraction < 0x6a09e667f3bcd ? 0 : 1;
  const k = (high >>> 20) - 1023 + halved;
  scratch.setUint32(0, ((1023 - halved) << 20) | fractionHigh);
  const m = scratch.getFloat64(0);
  const s = (m - 1) / (m + 1);
  const p = polynomial(LOG_SERIES, s * s);
  return k * LN2_HIGH + (s * p + k * LN2_LOW);
}

function central(x) {
  return x * quotient(CENTRAL_64, 0.180625 - x * x);
}

function tailquantile(l) {
  const s = Math.sqrt(l);
  if (s <= 5) return quotient(NEAR_TAIL_64, s - 1.6);
  if (s <= 27) return quotient(FAR_TAIL_64, s - 5);
  const y = 2 * l - 1.8378770664093453;
  let t = y;
  for (let step = 0; step < 8; step++) {
    const i = 1 / t;
    const g = 1 - i * (1 - i * (3 - i * (15 - i * (105 - i * 945))));
    t = y - log(t) + 2 * log(g);
  }
  return Math.sqrt(t);
}

function quantile64(u, { middle, mass, below, above, shift, side }) {
  if (side === 0) {
    const x = middle + (u - 0.5) * mass;
    if (Math.abs(x) <= 0.425) return central(x);
    side = x;
  }
  if (side > 0) return tailquantile(shift - log(above + (1 - u) * mass));
  return -tailquantile(shift - log(below + u * mass));
}

function sigmasAndAbsolutes({ mean, std, low, high, bounds }) {
  if (bounds === 'absolute') return [(low - mean) / std, (high - mean) / std, low, high];
  return [low, high, mean + std * low, mean + std * high];
}

const LARGEST_32 = (2 - 2 ** -23) * 2 ** 127;

const suitsQuantile32 = (mean, std, { anchor, below, above, mass }) =>
  mean === 0
  && std <= LARGEST_32
  && anchor === 0
  && mass >= 2 ** -90
  && Math.min(below, above) + mass * 2 ** -33 >= 2 ** -34;

export function truncatedNormal({
  seed, name = '', dtype = 'float32', stored = dtype, mean = 0, std = 1, low = -2, high = 2, bounds = 'sigma',
  start = 0n, count,
}) {
  const [alpha, beta, lower, upper] = sigmasAndAbsolutes({ mean, std, low, high, bounds });
  const numbers = truncation(alpha, beta);
  const least = smallestNotBelow(lower, stored);
  const greatest = greatestNotAbove(upper, stored);
  const elements = { seed, name, dtype, start, count };
  if (dtype === 'float64') {
    return fill(elements, (u) => clip(mean + std * quantile64(u, numbers), least, greatest));
  }
  if (!suitsQuantile32(mean, std, numbers)) {
    return fill(elements, (u) => clip(RN32(mean + std * quantile64(u, numbers)), least, greatest));
  }
  const m = RN32(mean);
  const s = RN32(std);
  const { middle, mass } = numbers;
  return fill(elements, (u) => {
    const z = quantile32(middle + (u - 0.5) * mass);
    return clip(RN32(m + RN32(s * z)), least, greatest);
  });
}
