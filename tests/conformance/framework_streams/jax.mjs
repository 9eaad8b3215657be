// The streams of JAX, Keras and Flax, written from service/streams/jax/SPECIFICATION.md.

import { createHash } from 'node:crypto';
import { ROUND, bits32, float32, fma32, fma64 } from './arithmetic.mjs';

// Section 1.

const ROTATIONS = [[17, 29, 16, 24], [13, 15, 26, 6]];

export function threefry([k0, k1], x0, x1) {
  const k = [k0, k1, k0 ^ k1 ^ 0x1bd11bda];
  x0 = (x0 + k[0]) | 0;
  x1 = (x1 + k[1]) | 0;
  for (let i = 1; i <= 5; i++) {
    for (const d of ROTATIONS[i % 2]) {
      x0 = (x0 + x1) | 0;
      x1 = (x1 << d | x1 >>> (32 - d)) ^ x0;
    }
    x0 = (x0 + k[i % 3]) | 0;
    x1 = (x1 + k[(i + 1) % 3] + i) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}

const words = (key, i) => threefry(key, Math.floor(i / 2 ** 32), i % 2 ** 32);

// Section 2.

function derived(key, step) {
  const [, kind, inside, index] = /^(\w+)(?:\((.*)\))?(?:\[(\d+)\])?$/.exec(step);
  switch (kind) {
    case 'split': return threefry(key, 0, Number(index));
    case 'fold_in': return threefry(key, 0, Number(inside));
    case 'nnx': return threefry(key, 0, Number(index));
    case 'linen': {
      const count = [];
      for (let rest = Number(index); rest > 0; rest = Math.floor(rest / 256)) count.unshift(rest % 256);
      const hash = createHash('sha1').update(inside.split('/').join('')).update(Buffer.from(count)).digest();
      return threefry(key, 0, hash.readUInt32BE(0));
    }
    default: throw new Error(`no such step here: ${step}`);
  }
}

/** The key of a seed (a BigInt), after the steps that stand with / between; inside linen(...) a / parts modules. */
export function keyOf(stream, seed, dtype, steps) {
  let key = [0, Number(seed % 2n ** 32n)];
  if (stream === 'keras') key = [Number(seed), 0];
  else if (dtype === 'float64') key[0] = Number(seed >> 32n);
  for (const step of steps ? steps.match(/\w+(?:\([^)]*\))?(?:\[\d+\])?/g) : []) key = derived(key, step);
  return key;
}

// Section 3.

const FRACTIONS = {
  float32: (x0, x1) => ((x0 ^ x1) >>> 9) / 2 ** 23,
  float64: (x0, x1) => (x0 * 2 ** 20 + (x1 >>> 12)) / 2 ** 52,
  bfloat16: (x0, x1) => ((x0 ^ x1) >>> 1 & 0x7f) / 2 ** 7,
  float16: (x0, x1) => ((x0 ^ x1) >>> 6 & 0x3ff) / 2 ** 10,
};

function uniform(key, i, dtype, low, high) {
  const R = ROUND[dtype];
  [low, high] = [R(low), R(high)];
  const f = FRACTIONS[dtype](...words(key, i));
  const span = R(high - low);
  let u;
  if (dtype === 'float32') u = fma32(f, span, low);
  else if (dtype === 'float64') u = fma64(f, span, low);
  else u = R(R(f * span) + low);
  return u < low ? low : u;
}

// Section 4.

const { fround } = Math;
const all = (text) => text.split(' ').map(float32);
const M = all('32F16588 34B84B36 B66C7357 B6935AC1 396532DB BAA45408 BB88E4EF 3E7C8F63 3FC02E2F');
const T = all('B951F09B 38D3B56B 3AB0DC72 BB70BDE7 3BBC127B BBF9C5D7 3C1AA57E 3F8036DB 40354F7E');
const horner = (coefficients, x) => coefficients.slice(1).reduce((p, c) => fma32(p, x, c), coefficients[0]);

const LOG1P_N = all('383DE04F 3EFF40C5 40D284FA 41EF4B9C 4273CC76 426473AD 41A05101');
const LOG1P_D = all('42A6185B 435DC32D 439A8CA3 43586D8A 42707982');

function log1p32(t, u) {
  if (Math.abs(t) < float32('3ED413CD')) {
    const n = horner(LOG1P_N, t);
    const d = horner([fround(t + float32('417101AD')), ...LOG1P_D], t);
    const square = fround(t * t);
    const correction = fround(fround(fround(t * square) * fround(n / d)) - fround(0.5 * square));
    return fround(t + correction);
  }
  return log32(Math.max(fround(1 - fround(u * u)), float32('00800000')));
}

function log32(x) {
  const bits = bits32(x);
  let e = (bits >> 23) - 126;
  const m = float32((bits & 0x7fffff) | 0x3f000000);
  let f = fround(m - 1);
  if (m < float32('3F3504F3')) {
    f = fround(f + m);
    e -= 1;
  }
  const three = (first, second, third) => fma32(fma32(f, float32(first), float32(second)), f, float32(third));
  const a = three('3D9021BB', 'BDEBD1B8', '3DEF251A');
  const b = three('BDFE5D4F', '3E11E9BF', 'BE2AAE50');
  const c = three('3E4CCEAC', 'BE7FFFFC', '3EAAAAAA');
  const q = fround(f * f);
  const r = fround(q * f);
  const y = fma32(fma32(fma32(a, r, b), r, c), r, fround(e * float32('B95E8083')));
  return fma32(e, float32('3F318000'), fround(fround(f - fround(q * 0.5)) + y));
}

function erfinv32(u) {
  if (Math.abs(u) === 1) return u * Infinity;
  const L = log1p32(-fround(u * u), u);
  const p = L > -5 ? horner(M, fround(-2.5 - L)) : horner(T, fround(fround(Math.sqrt(-L)) - 3));
  return fround(p * u);
}

/** The number before or after one, of a dtype, towards another. */
function next(number, towards, dtype) {
  const R = ROUND[dtype];
  const unit = { float32: 2 ** -24, float64: 2 ** -53, float16: 2 ** -11, bfloat16: 2 ** -8 }[dtype];
  const sign = towards > number ? 1 : -1;
  // In steps that end where rounding first leaves the number.
  for (let size = Math.abs(number) * unit || 2 ** -149; ; size *= 1.25) {
    const candidate = R(number + sign * size);
    if (candidate !== number) return candidate;
  }
}

function normal(key, i, dtype, low = next(-1, 0, dtype), high = 1) {
  const R = ROUND[dtype];
  return R(R(Math.SQRT2) * R(erfinv32(uniform(key, i, dtype, low, high))));
}

// Section 5.

const ERF_N = all('39702D51 3B5F5DA2 3D50B6EB 3E3DA740 3F906EBA');
const ERF_D = all('B3FD3906 37C588DF 3A856D28 3C6687D4 3DE34C21 3EFEB44A 3F800000');

function erf32(x) {
  if (Math.abs(x) >= float32('406F9C68')) return Math.sign(x);
  const q = fround(x * x);
  return fround(fround(x * horner(ERF_N, q)) / horner(ERF_D, q));
}

function truncated(key, i, dtype, low, high) {
  const R = ROUND[dtype];
  const root = R(Math.SQRT2);
  const argument = (b) => ({
    float32: R(b * float32('3F3504F3')), bfloat16: R(b / root), float16: R(b * R(1 / root)),
  })[dtype];
  [low, high] = [R(low), R(high)];
  const ends = [low, high].map((b) => R(erf32(argument(b))));
  const z = normal(key, i, dtype, ...ends);
  return Math.min(Math.max(z, next(low, Infinity, dtype)), next(high, -Infinity, dtype));
}

// Section 6.

const MODES = {
  fan_in: (fanIn) => fanIn,
  fan_out: (_, fanOut) => fanOut,
  fan_avg: (fanIn, fanOut) => (fanIn + fanOut) / 2,
  fan_geo_avg: (fanIn, fanOut) => (fanIn * fanOut) ** 0.5,
};
const FAMILIES = { glorot: [1, 'fan_avg'], xavier: [1, 'fan_avg'], he: [2, 'fan_in'], kaiming: [2, 'fan_in'], lecun: [1, 'fan_in'] };
const CUT = 0.87962566103423978;

/** Scale, mode and distribution of an initializer that scales by the fans; nothing of another. */
function scaling(name, { scale = 1, mode = 'fan_in', distribution = 'truncated_normal' }) {
  const plain = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  if (plain === 'variance_scaling') {
    return [scale, mode, distribution === 'untruncated_normal' ? 'normal' : distribution];
  }
  const [family, kind] = plain.split('_');
  return FAMILIES[family] && [...FAMILIES[family], kind === 'uniform' ? 'uniform' : 'truncated_normal'];
}

function fansOf(shape, { in_axis: inAxis = -2, out_axis: outAxis = -1, batch_axis: batchAxis = [] }) {
  const list = (axes) => [axes].flat().map((axis) => (axis + shape.length) % shape.length);
  const size = (axes) => axes.reduce((product, axis) => product * shape[axis], 1);
  if (shape.length === 1 && !Array.isArray(inAxis)) return [shape[0], shape[0]];
  const [ins, outs, batch] = [inAxis, outAxis, batchAxis].map(list);
  const field = size(shape.map((_, axis) => axis).filter((axis) => ![...ins, ...outs, ...batch].includes(axis)));
  return [size(ins) * field, size(outs) * field];
}

const JAX = {
  uniform: ({ scale = 0.01 }, dtype) => (key, i) => {
    const R = ROUND[dtype];
    return { value: R(uniform(key, i, dtype, 0, 1) * R(scale)) }.value;
  },
  normal: ({ stddev = 0.01 }, dtype) => (key, i) => ROUND[dtype](normal(key, i, dtype) * ROUND[dtype](stddev)),
  truncated_normal: ({ stddev = 0.01, lower = -2, upper = 2 }, dtype) => (key, i) =>
    ROUND[dtype](truncated(key, i, dtype, lower, upper) * ROUND[dtype](stddev)),
};

function scaledByJax([scale, mode, distribution], fans, dtype) {
  const R = ROUND[dtype];
  const v = R(scale / MODES[mode](...fans));
  const root = R(Math.sqrt(v));
  if (distribution === 'uniform') {
    const bound = R(Math.sqrt(R(3 * v)));
    return (key, i) => R(uniform(key, i, dtype, -1, 1) * bound);
  }
  if (distribution === 'normal') return (key, i) => R(normal(key, i, dtype) * root);
  const std = R(root / R(CUT));
  return (key, i) => R(truncated(key, i, dtype, -2, 2) * std);
}

const plus = (number, mean, dtype) => ROUND[dtype](number + ROUND[dtype](mean));
const KERAS = {
  RandomUniform: ({ minval = -0.05, maxval = 0.05 }, dtype) => (key, i) => uniform(key, i, dtype, minval, maxval),
  RandomNormal: ({ mean = 0, stddev = 0.05 }, dtype) => (key, i) =>
    plus(JAX.normal({ stddev }, dtype)(key, i), mean, dtype),
  TruncatedNormal: ({ mean = 0, stddev = 0.05 }, dtype) => (key, i) =>
    plus(JAX.truncated_normal({ stddev }, dtype)(key, i), mean, dtype),
};

function scaledByKeras([scale, mode, distribution], fans, dtype) {
  const v = scale / Math.max(1, MODES[mode](...fans));
  const root = Math.sqrt(v);
  if (distribution === 'uniform') {
    const bound = Math.sqrt(3 * v);
    return KERAS.RandomUniform({ minval: -bound, maxval: bound }, dtype);
  }
  if (distribution === 'normal') return KERAS.RandomNormal({ stddev: root }, dtype);
  return KERAS.TruncatedNormal({ stddev: root / CUT }, dtype);
}

/** The elements of a tensor of an initializer, as the framework names it and its parameters. */
export function tensor({ stream, initializer, parameters, dtype, shape, seed, key: steps }) {
  const [own, scaled] = stream === 'keras' ? [KERAS, scaledByKeras] : [JAX, scaledByJax];
  const scale = scaling(initializer, parameters);
  const element = scale
    ? scaled(scale, fansOf(shape, parameters), dtype)
    : own[initializer](parameters, dtype);
  const key = keyOf(stream, seed, dtype, steps);
  return Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => element(key, i));
}
