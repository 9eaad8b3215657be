// The stream of PyTorch, written from service/streams/torch/SPECIFICATION.md.

import { ROUND, fma32, fma64, bits32, float32 } from './arithmetic.mjs';
import { MersenneTwister } from './mersenne_twister.mjs';

const { fround } = Math;
const BLOCK = 16;

/** torch's generator on the CPU after torch.manual_seed(seed), a BigInt. */
export class Generator {
  #words;
  #kept;

  constructor(seed) {
    this.#words = new MersenneTwister(Number(seed % 2n ** 32n));
  }

  // Section 2.

  #unit32() {
    return (this.#words.word() & 0xffffff) / 2 ** 24;
  }

  #unit64() {
    const upper = this.#words.word();
    return ((upper & 0x1fffff) * 2 ** 32 + this.#words.word()) / 2 ** 53;
  }

  uniform(count, dtype, low = 0, high = 1) {
    if (dtype === 'float64') {
      return Array.from({ length: count }, () => {
        const x = fma64(this.#unit64(), high - low, low);
        return x === high ? low : x;
      });
    }
    const R = ROUND[dtype];
    const [from, to] = [fround(low), fround(high)];
    const span = fround(to - from);
    return Array.from({ length: count }, () => {
      const x = R(fma32(this.#unit32(), span, from));
      return x === R(to) ? R(from) : x;
    });
  }

  // Sections 3 and 4.

  normal(count, dtype, mean = 0, std = 1) {
    if (count < BLOCK) return Array.from({ length: count }, () => this.#small(dtype, mean, std));
    const isDouble = dtype === 'float64';
    const unit = isDouble ? () => this.#unit64() : () => this.#unit32();
    const transform = isDouble ? transformed64 : transformed32;
    const whole = count - count % BLOCK;
    const drawn = dtype === 'float16' || dtype === 'bfloat16' ? whole : count;
    const uniforms = Array.from({ length: drawn }, unit);
    const out = Array(count);
    const put = (block, at) =>
      transform(block, mean, std).forEach((number, j) => { out[at + j] = ROUND[dtype](number); });
    for (let at = 0; at < whole; at += BLOCK) put(uniforms.slice(at, at + BLOCK), at);
    if (count > whole) put(Array.from({ length: BLOCK }, unit), count - BLOCK);
    return out;
  }

  #small(dtype, mean, std) {
    let z = this.#kept;
    this.#kept = undefined;
    if (z === undefined) {
      const [u, v] = [this.#unit64(), this.#unit64()];
      const r = Math.sqrt(-2 * Math.log(1 - v));
      const t = 2 * Math.PI * u;
      z = r * Math.cos(t);
      this.#kept = r * Math.sin(t);
    }
    const number = fma64(z, std, mean);
    return dtype === 'float64' ? number : ROUND[dtype](fround(number));
  }

  // Section 5.

  truncatedNormal(count, dtype, mean = 0, std = 1, low = -2, high = 2) {
    const [a, b] = [low, high].map(ROUND[dtype]);
    const out = this.normal(count, dtype, mean, std);
    const isOut = (number) => number < a || number > b;
    while (out.some(isOut)) {
      const again = this.normal(count, dtype, mean, std);
      out.forEach((number, i) => { if (isOut(number)) out[i] = again[i]; });
    }
    return out;
  }

  // Section 6.

  permutation(size) {
    const p = Array.from({ length: size }, (_, i) => i);
    for (let i = 0; i < size - 1; i++) {
      const j = i + this.#words.word() % (size - i);
      [p[i], p[j]] = [p[j], p[i]];
    }
    return p;
  }

  sparse([rows, columns], dtype, sparsity, std = 0.01) {
    const out = this.normal(rows * columns, dtype, 0, std);
    const zeros = Math.ceil(sparsity * rows);
    for (let column = 0; column < columns; column++) {
      for (const row of this.permutation(rows).slice(0, zeros)) out[row * columns + column] = 0;
    }
    return out;
  }
}

// Section 3.

function transformed64(u, mean, std) {
  const x = Array(BLOCK);
  for (let j = 0; j < 8; j++) {
    const r = Math.sqrt(-2 * Math.log(1 - u[j]));
    const t = 2 * Math.PI * u[j + 8];
    x[j] = fma64(r * Math.cos(t), std, mean);
    x[j + 8] = fma64(r * Math.sin(t), std, mean);
  }
  return x;
}

function transformed32(u, mean, std) {
  const x = Array(BLOCK);
  const [m, s] = [fround(mean), fround(std)];
  for (let j = 0; j < 8; j++) {
    const r = fround(Math.sqrt(fround(-2 * ln(fround(1 - u[j])))));
    const [sine, cosine] = sineAndCosine(fround(fround(2 * Math.PI) * u[j + 8]));
    x[j] = fma32(fround(r * cosine), s, m);
    x[j + 8] = fma32(fround(r * sine), s, m);
  }
  return x;
}

// Section 3.1.

const LN = [
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);

function ln(x) {
  if (x === 1) return 0;
  const bits = bits32(x);
  let e = (bits >> 23) - 126;
  const m = float32((bits & 0x7fffff) | 0x3f000000);
  let v = fround(m - 1);
  if (m < fround(0.707106781186547524)) {
    e -= 1;
    v = fround(v + m);
  }
  const z = fround(v * v);
  let y = LN.slice(1).reduce((sum, c) => fma32(sum, v, c), LN[0]);
  y = fma32(fround(y * v), z, fround(e * fround(-2.12194440e-4)));
  y = fround(y - fround(z * 0.5));
  return fma32(e, fround(0.693359375), fround(v + y));
}

// Section 3.2.

const TURNS = [-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8].map(fround);
const [C0, C1, C2] = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);
const [S0, S1, S2] = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);

function sineAndCosine(t) {
  const k = Math.trunc(fround(t * fround(1.27323954473516))) + 1 & ~1;
  const a = TURNS.reduce((rest, turn) => fma32(k, turn, rest), t);
  const z = fround(a * a);
  let c = fma32(fma32(C0, z, C1), z, C2);
  c = fround(fma32(fround(c * z), z, -fround(z * 0.5)) + 1);
  let s = fma32(fma32(S0, z, S1), z, S2);
  s = fma32(fround(s * z), a, a);
  if (k & 2) [s, c] = [c, s];
  return [k & 4 ? -s : s, k - 2 & 4 ? c : -c];
}

// Section 6.

const GAINS = {
  linear: () => 1, sigmoid: () => 1, tanh: () => 5 / 3, relu: () => Math.sqrt(2), selu: () => 3 / 4,
  leaky_relu: (slope) => Math.sqrt(2 / (1 + slope ** 2)),
};

function fans(shape) {
  const field = shape.slice(2).reduce((product, size) => product * size, 1);
  return { fan_in: shape[1] * field, fan_out: shape[0] * field };
}

/** The elements of a tensor after one of torch.nn.init's functions, called as torch calls its arguments. */
export function initialized(generator, call, shape, dtype) {
  const [name, query] = call.split('?');
  const given = Object.fromEntries(new URLSearchParams(query ?? ''));
  const number = (key, usual) => (key in given ? Number(given[key]) : usual);
  const count = shape.reduce((product, size) => product * size, 1);
  const [family, kind] = name.split('_');
  if (family === 'kaiming' || family === 'xavier') {
    const { fan_in: fanIn, fan_out: fanOut } = fans(shape);
    const gain = family === 'xavier'
      ? number('gain', 1)
      : GAINS[given.nonlinearity ?? 'leaky_relu'](number('a', 0));
    const std = family === 'xavier'
      ? gain * Math.sqrt(2 / (fanIn + fanOut))
      : gain / Math.sqrt(given.mode === 'fan_out' ? fanOut : fanIn);
    if (kind === 'normal') return generator.normal(count, dtype, 0, std);
    const bound = Math.sqrt(3) * std;
    return generator.uniform(count, dtype, -bound, bound);
  }
  switch (name) {
    case 'uniform_': return generator.uniform(count, dtype, number('a', 0), number('b', 1));
    case 'normal_': return generator.normal(count, dtype, number('mean', 0), number('std', 1));
    case 'trunc_normal_':
      return generator.truncatedNormal(
        count, dtype, number('mean', 0), number('std', 1), number('a', -2), number('b', 2),
      );
    case 'sparse_': return generator.sparse(shape, dtype, number('sparsity'), number('std', 0.01));
    default: throw new Error(`no such function here: ${name}`);
  }
}
