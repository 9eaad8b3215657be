// IEEE 754 that JavaScript has not: fused multiply-add, binary16 and bfloat16, and numbers by their bits.

const view = new DataView(new ArrayBuffer(8));

/** The binary32 number with these bits, given as an integer or as hexadecimal digits. */
export function float32(bits) {
  view.setUint32(0, typeof bits === 'string' ? parseInt(bits, 16) : bits);
  return view.getFloat32(0);
}

/** The bits of a binary32 number as a signed integer. */
export function bits32(number) {
  view.setFloat32(0, number);
  return view.getInt32(0);
}

export function bits64(number) {
  view.setFloat64(0, number);
  return view.getBigUint64(0);
}

export function float64(bits) {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** a × b + c of binary32 numbers, rounded once. */
export function fma32(a, b, c) {
  // The product is exact in binary64. The sum is rounded to odd there, so that rounding it again is rounding once.
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum)) return Math.fround(sum);
  const back = sum - product;
  const error = (product - (sum - back)) + (c - back);
  if (error === 0 || (bits64(sum) & 1n)) return Math.fround(sum);
  return Math.fround(float64(bits64(sum) + ((error > 0) === (sum > 0) ? 1n : -1n)));
}

/** A finite binary64 number as an integer times a power of two. */
function parts(number) {
  const bits = bits64(number);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & 0xfffffffffffffn) | (exponent ? 1n << 52n : 0n);
  return [bits >> 63n ? -fraction : fraction, Math.max(exponent, 1) - 1075];
}

/** a × b + c of binary64 numbers, rounded once; for results that are normal numbers, or 0. */
export function fma64(a, b, c) {
  const [p, q] = [parts(a), parts(b)];
  const [r, s] = parts(c);
  const exponent = Math.min(p[1] + q[1], s);
  const sum = (p[0] * q[0] << BigInt(p[1] + q[1] - exponent)) + (r << BigInt(s - exponent));
  if (sum === 0n) return a * b + c;
  const size = sum < 0n ? -sum : sum;
  const spare = BigInt(Math.max(size.toString(2).length - 53, 0));
  let kept = size >> spare;
  const rest = size - (kept << spare);
  const half = spare > 0n ? 1n << (spare - 1n) : 1n;
  if (rest > half || (rest === half && spare > 0n && (kept & 1n))) kept += 1n;
  return (sum < 0n ? -1 : 1) * Number(kept) * 2 ** (exponent + Number(spare));
}

/** Rounds to a binary format of so many bits of fraction, whose least exponent of a normal number is `least`. */
function rounded(number, fraction, least) {
  if (number === 0 || !Number.isFinite(number)) return number;
  const exponent = Math.max(Number((bits64(number) >> 52n) & 0x7ffn) - 1023, least);
  const unit = 2 ** (exponent - fraction);
  const scaled = number / unit;
  // Adding and taking away 1.5 · 2^52 rounds to an integer, ties to even.
  return (scaled + 1.5 * 2 ** 52 - 1.5 * 2 ** 52) * unit;
}

export const ROUND = {
  float64: (number) => number,
  float32: Math.fround,
  float16: (number) => rounded(Math.fround(number), 10, -14),
  bfloat16: (number) => rounded(Math.fround(number), 7, -126),
};

const WIDTHS = { float64: 8, float32: 4, float16: 2, bfloat16: 2 };

/** The little-endian bytes of numbers of a dtype. */
export function bytesOf(numbers, dtype) {
  const width = WIDTHS[dtype];
  const bytes = new DataView(new ArrayBuffer(width * numbers.length));
  numbers.forEach((number, i) => {
    if (dtype === 'float64') bytes.setFloat64(8 * i, number, true);
    else if (dtype === 'float32') bytes.setFloat32(4 * i, number, true);
    else if (dtype === 'bfloat16') bytes.setUint16(2 * i, bits32(number) >>> 16, true);
    else bytes.setUint16(2 * i, bits16(number), true);
  });
  return new Uint8Array(bytes.buffer);
}

/** The bits of a binary16 number. */
function bits16(number) {
  const sign = number < 0 || Object.is(number, -0) ? 0x8000 : 0;
  const size = Math.abs(number);
  if (size < 2 ** -14) return sign | size * 2 ** 24;
  const exponent = Number((bits64(size) >> 52n) & 0x7ffn) - 1023;
  return sign | (exponent + 15) << 10 | (size / 2 ** exponent - 1) * 1024;
}
