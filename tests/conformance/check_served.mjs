// Compares what a running service serves with stream.mjs, to the bit: node check_served.mjs BASE_URL

import { PARTS, complexElements } from './complex.mjs';
import { orthogonalTensor } from './orthogonal.mjs';
import { narrow, normal, truncatedNormal, uniform } from './stream.mjs';
import { structuredTensor } from './structured.mjs';
import { finish, firstDifference, record } from './tally.mjs';

const base = process.argv[2]?.replace(/\/+$/, '');
if (!base) {
  console.error('usage: node check_served.mjs BASE_URL');
  process.exit(2);
}

const asked = ({ low, high, mean, std, bounds }) => {
  const given = { low, high, mean, std, bounds };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
};

/** What follows from fans and lengths, and is taken from the reply. */
const TOLD = { icnr: ['std'], sparse: ['zeros_per_line'] };

// Each case: the distribution's path, its query, the values from the stream, the query and what
// the reply tells of a parameter, and the formats to ask for.
const cases = [
  ['uniform', { shape: [1000, 100], seed: '42', low: -0.5, high: 0.25 }, drawUniform],
  ['uniform', { shape: [10, 333], seed: '42', low: -0.5, high: 0.25, dtype: 'float64' }, drawUniform],
  ['normal', { shape: [100000], seed: '18446744073709551615', name: 'encoder.0.weight', mean: 1, std: 0.02 }, drawNormal],
  ['normal', {
    shape: [100000], seed: '18446744073709551615', name: 'encoder.0.weight', mean: 1, std: 0.02, dtype: 'float64',
  }, drawNormal],
  ['normal', { shape: [4099], seed: '4294967296', name: 'λ→∞' }, drawNormal],
  ['truncated_normal', { shape: [333, 77], seed: '7' }, drawTruncated],
  ['truncated_normal', { shape: [333, 77], seed: '7', dtype: 'float64' }, drawTruncated],
  ['truncated_normal', { shape: [333, 77], seed: '7', bounds: 'absolute', low: -0.01, high: 0.03, std: 0.02 }, drawTruncated],
  ['truncated_normal', {
    shape: [333, 77], seed: '7', bounds: 'absolute', low: -0.01, high: 0.03, std: 0.02, dtype: 'float64',
  }, drawTruncated],
  ['truncated_normal', { shape: [333, 77], seed: '7', low: 31, high: 33 }, drawTruncated],
  ['truncated_normal', { shape: [333, 77], seed: '7', low: 31, high: 33, dtype: 'float64' }, drawTruncated],
  ['he_normal', { shape: [256, 784], seed: '42' }, drawScaledNormal],
  ['glorot_uniform', { shape: [64, 32, 3, 3], seed: '42' }, drawSymmetricUniform],
  ...['complex64', 'complex128'].flatMap((dtype) => [
    ['normal', { mean: 0.5, std: 2 }],
    ['uniform', { low: -3, high: 3 }],
    ['he_uniform', {}, ['bound'], 'uniform'],
    ['glorot_normal', { distribution: 'truncated_normal' }, ['bound', 'std_before'], 'truncated_normal'],
    ['truncated_normal', { std: 0.02, low: -2, high: 2 }, ['std_before']],
    ['truncated_normal', { std: 0.02, low: -0.005, high: 0.005, bounds: 'absolute' }, ['std_before']],
    ['truncated_normal', { std: 0.02, low: -0.03, high: 0.03, bounds: 'absolute', std_is: 'after' }, ['std_before']],
  ].map(([name, own, told, law]) => [
    name, { shape: [41, 100], seed: '3', dtype, ...own }, drawComplex(name, told, law), ['raw'],
  ])),
  ['he_normal', { shape: [64, 32], seed: '5', dtype: 'float16' }, drawScaledNormal, ['raw']],
  ['he_normal', { shape: [64, 32], seed: '5', dtype: 'bfloat16' }, drawScaledNormal, ['raw']],
  ...['float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'].flatMap((dtype) => [
    ['uniform', { shape: [40000], seed: '8', dtype }, drawUniform, ['raw']],
    ['uniform', { shape: [40000], seed: '8', low: -3.3, high: -0.7, dtype }, drawUniform, ['raw']],
    ['uniform', { shape: [40000], seed: '8', low: -0.003, high: 0, dtype }, drawUniform, ['raw']],
    ['truncated_normal', { shape: [40000], seed: '8', std: 0.02, dtype }, drawTruncated, ['raw']],
    ['truncated_normal', { shape: [40000], seed: '8', low: 31, high: 33, dtype }, drawTruncated, ['raw']],
    ['glorot_uniform', { shape: [99, 101], seed: '8', dtype }, drawSymmetricUniform, ['raw']],
    ['normal', { shape: [40000], seed: '8', std: 0.3, dtype }, drawNormal, ['raw']],
  ]),
  ...[
    { shape: [5, 5] },
    { shape: [130, 70] },
    { shape: [70, 130] },
    { shape: [200, 3, 3, 2] },
    { shape: [96, 32], gates: 3 },
    { shape: [3, 3, 8, 16], layout: 'in_out' },
    { shape: [16, 4, 3], groups: 4 },
    { shape: [40, 40], dtype: 'float64' },
    { shape: [12, 20], gain: 1.5 },
    // More than one panel under every arithmetic, storage and partition.
    { shape: [150, 130], dtype: 'float64', gain: 0.1 },
    { shape: [20, 7, 240], layout: 'in_out', gates: 3, gain: 0.7 },
    { shape: [150, 4, 20], layout: 'out_kernel_in', groups: 2 },
    { shape: [24, 5], groups: 2, gates: 3, dtype: 'bfloat16' },
    { shape: [6, 1], groups: 6, gain: 0.1 },
    { shape: [9, 2], gates: 3, gain: 0.1, dtype: 'bfloat16' },
    { shape: [1, 1] },
    { shape: [1, 9], name: 'λ→∞' },
  ].map((query) => ['orthogonal', { seed: '11', ...query }, drawOrthogonal, ['raw']]),
  ...[
    ['convolution_orthogonal', { shape: [7, 5, 3] }],
    ['convolution_orthogonal', { shape: [2, 2, 4, 6], layout: 'in_out', gain: 1.5, dtype: 'float64' }],
    ['convolution_orthogonal', { shape: [3, 2, 2, 2, 3], layout: 'out_kernel_in', dtype: 'float16' }],
    ['skew', { shape: [101, 101] }],
    ['skew', { shape: [10, 10], kind: 'henaff', dtype: 'float64', name: 'λ→∞' }],
    ['skew', { shape: [100, 100], kind: 'henaff', dtype: 'float8_e4m3fn' }],
    ['reservoir', { shape: [100, 100] }],
    ['reservoir', { shape: [40, 40], distribution: 'bernoulli', density: 0.5, dtype: 'float64' }],
    ['reservoir', { shape: [100, 100], distribution: 'normal', scaling: 'circular_law', dtype: 'bfloat16' }],
    ['permutation', { shape: [50, 50] }],
    ['sparse', { shape: [60, 50], sparsity: 0.5 }],
    ['sparse', { shape: [50, 1100], sparsity: 0.3, per: 'row', std: 1, mean: 0.25, dtype: 'bfloat16' }],
    ['sparse', { shape: [37, 700], sparsity: 0.9, dtype: 'float64', name: 'λ→∞' }],
    ['reservoir', { shape: [3, 3], spectral_radius: 0, density: 1, distribution: 'bernoulli', scaling: 'circular_law' }],
    ['zero_init', { shape: [6, 4, 2, 3] }],
    ['bilinear', { shape: [3, 4, 4, 5], purpose: 'downsampling' }],
    ['stft', { shape: [40, 1, 21], window: 'blackman', dtype: 'float64' }],
    ['hippo', { shape: [64, 64], measure: 'fourier2', dtype: 'bfloat16' }],
    ['s4d', { shape: [3, 64], kind: 'legs', dtype: 'complex64' }],
    ['s4d', { shape: [3, 64], kind: 'legs', dtype: 'complex128' }],
    ['mamba_a_log', { shape: [3, 64], dtype: 'float16' }],
    ['linspace', { shape: [3, 1000], start: -3.5, end: 6 }],
    ['arange', { shape: [3, 1000], start: -3.5, step: 0.1, dtype: 'bfloat16' }],
    ['sinusoidal', { shape: [300, 65], dtype: 'float64' }],
    ['sinusoidal', { shape: [14, 14, 64], order: 'halves', timescales: 'inclusive', dtype: 'bfloat16' }],
    ['slstm_bias', { shape: [512], layer: 3, layers: 12 }],
    ['rwkv7', { shape: [1, 1, 768], part: 'w0', layer: 5, layers: 12, dtype: 'float64' }],
    ['rwkv7', { shape: [768], part: 'x_v', layer: 11, layers: 12 }],
    ...randomRequests(150),
  ].map(([name, query]) => [name, { seed: '11', ...query }, drawStructured(name), ['raw']]),
];

/** Requests of the schemes of one draw an element, of copies and of one tap, always the same. */
function* randomRequests(count) {
  let state = 20261127;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const one = (list) => list[below(list.length)];
  const between = (low, high) => low + (below(1000000) / 1000000) * (high - low);
  const side = () => 1 + below(9);
  const schemes = {
    dt_bias: () => ({ shape: [side(), side()], dt_min: between(1e-4, 0.01), dt_max: between(0.02, 9), transform: one(['exp', 'softplus']) }),
    mamba2_a_log: () => ({ shape: [side() * 9], low: between(0.01, 1), high: between(2, 99) }),
    chrono: () => ({ shape: [12 * side()], longest: between(3, 999), cell: one(['lstm', 'gru']), biases: one([1, 2]) }),
    lru: () => ({ shape: [side() * 9], part: one(['nu_log', 'gamma_log', 'theta_log']), r_min: between(0, 0.5), r_max: between(0.6, 1) }),
    delta_orthogonal: () => ({ shape: [9 + side(), side(), side(), side()], gain: between(0, 2), centre: one(['lower', 'upper']) }),
    icnr: () => ({ shape: [4 * side(), side(), side(), side()], copies: one(['neighbours', 'tiles']) }),
    sparse: () => ({ shape: [side(), side()], sparsity: between(0, 1), mean: one([0, 0.5]), per: one(['row', 'column']) }),
    skew: () => { const n = side(); return { shape: [n, n], kind: one(['henaff', 'cayley']) }; },
    reservoir: () => { const n = side(); return { shape: [n, n], density: between(0.1, 1), distribution: one(['uniform', 'normal', 'bernoulli']) }; },
    permutation: () => { const n = side(); return { shape: [n, n], weight: between(-1, 1) }; },
    convolution_orthogonal: () => { const n = side(); const k = 1 + below(3); return { shape: [n + side(), n, k, k] }; },
  };
  for (let i = 0; i < count; i++) {
    const name = Object.keys(schemes)[i % Object.keys(schemes).length];
    const dtype = one(['float32', 'float64', 'float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2']);
    const seed = String(BigInt(below(2 ** 32)) * 2n ** 32n + BigInt(below(2 ** 32)));
    yield [name, { ...schemes[name](), dtype, seed, name: one(['', 'w', 'encoder.0.weight', 'λ→∞']) }];
  }
}

function drawUniform(stream, query) {
  return uniform({ ...stream, ...asked(query) });
}

function drawNormal(stream, query) {
  return normal({ ...stream, ...asked(query) });
}

function drawTruncated(stream, query) {
  return truncatedNormal({ ...stream, ...asked(query) });
}

function drawComplex(initializer, numbers = [], distribution = undefined) {
  return (stream, query, told) => {
    const known = Object.fromEntries(numbers.map((number) => [number, told(number)]));
    return complexElements(initializer, { ...stream, ...asked(query), ...known, distribution });
  };
}

function drawScaledNormal(stream, _query, told) {
  return normal({ ...stream, mean: 0, std: told('std') });
}

function drawSymmetricUniform(stream, _query, told) {
  const bound = told('bound');
  return uniform({ ...stream, low: -bound, high: bound });
}

function drawOrthogonal(stream, query) {
  return orthogonalTensor({ ...stream, ...query, seed: stream.seed, dtype: stream.dtype });
}

function drawStructured(name) {
  const numbers = TOLD[name] ?? [];
  return (stream, query, told) => {
    const known = Object.fromEntries(numbers.map((number) => [number, told(number)]));
    // linspace has a start of its own.
    return structuredTensor(name, { ...query, ...stream, start: query.start ?? stream.start, ...known });
  };
}

async function get(path, query, format) {
  const response = await fetch(`${base}${path}?${new URLSearchParams({ ...query, format })}`);
  if (!response.ok) throw new Error(`${format}: status ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return response;
}

const littleEndian = (Type, size, read) => (buffer) => {
  const view = new DataView(buffer);
  return Type.from({ length: buffer.byteLength / size }, (_, i) => view[read](size * i, true));
};

// Of each dtype: the one it is made from, the rounding to what is sent, and the reading of that.
const short = littleEndian(Uint16Array, 2, 'getUint16');
const byte = littleEndian(Uint8Array, 1, 'getUint8');
const same = (values) => values;
const dtypes = {
  float32: { made: 'float32', sent: same, decode: littleEndian(Float32Array, 4, 'getFloat32') },
  float64: { made: 'float64', sent: same, decode: littleEndian(Float64Array, 8, 'getFloat64') },
  complex64: { made: 'float32', sent: same, decode: littleEndian(Float32Array, 4, 'getFloat32') },
  complex128: { made: 'float64', sent: same, decode: littleEndian(Float64Array, 8, 'getFloat64') },
  float16: { made: 'float32', sent: narrow.float16, decode: short },
  bfloat16: { made: 'float32', sent: narrow.bfloat16, decode: short },
  float8_e4m3fn: { made: 'float32', sent: narrow.float8_e4m3fn, decode: byte },
  float8_e5m2: { made: 'float32', sent: narrow.float8_e5m2, decode: byte },
};

function shapeOf(nested) {
  return Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [];
}

function jsonDifference(reply, expected, shape, dtype) {
  if (String(shapeOf(reply.data)) !== String(shape)) return `the lists are nested as ${shapeOf(reply.data)}`;
  // Storing into a Float32Array rounds as Math.fround does.
  const values = expected.constructor.from(reply.data.flat(Infinity), Number);
  return firstDifference(values, expected, dtype);
}

const readReply = {
  async json(response, query, expect, dtype) {
    const reply = await response.json();
    return jsonDifference(reply, expect((parameter) => Number(reply.parameters[parameter])), query.shape, dtype);
  },
  async raw(response, _query, expect, dtype) {
    const values = dtypes[dtype].decode(await response.arrayBuffer());
    return firstDifference(values, expect((parameter) => Number(response.headers.get(`fanin-${parameter.replaceAll('_', '-')}`))), dtype);
  },
};

function print(label, difference) {
  record(difference === undefined);
  console.log(difference === undefined ? `pass  ${label}` : `FAIL  ${label}: ${difference}`);
}

async function checkCase([distribution, query, draw, formats = ['json', 'raw']]) {
  const path = `/weights/${distribution}`;
  const label = `${path}?${Object.entries(query).map(([key, value]) => `${key}=${value}`).join('&')}`;
  const dtype = query.dtype ?? 'float32';
  const { made, sent } = dtypes[dtype];
  const count = query.shape.reduce((product, axis) => product * axis, 1);
  const stored = dtype in PARTS ? made : dtype;
  const stream = { seed: BigInt(query.seed), name: query.name ?? '', dtype: made, stored, start: 0n, count };
  const expect = (told) => sent(draw(stream, query, told));
  for (const format of formats) {
    try {
      const response = await get(path, query, format);
      print(`${label} ${format}`, await readReply[format](response, query, expect, dtype));
    } catch (error) {
      print(`${label} ${format}`, error.cause?.message ?? error.message);
    }
  }
}

for (const each of cases) await checkCase(each);
finish();
