// Compares what a running service serves with stream.mjs, to the bit: node check_served.mjs BASE_URL

import { normal, truncatedNormal, uniform } from './stream.mjs';
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

// Each case: the distribution's path, its query, and the values from the stream, the query
// and the parameters of the JSON reply.
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
];

function drawUniform(stream, query) {
  return uniform({ ...stream, ...asked(query) });
}

function drawNormal(stream, query) {
  return normal({ ...stream, ...asked(query) });
}

function drawTruncated(stream, query) {
  return truncatedNormal({ ...stream, ...asked(query) });
}

function drawScaledNormal(stream, _query, parameters) {
  return normal({ ...stream, mean: 0, std: Number(parameters.std) });
}

function drawSymmetricUniform(stream, _query, parameters) {
  const bound = Number(parameters.bound);
  return uniform({ ...stream, low: -bound, high: bound });
}

async function get(path, query, format) {
  const response = await fetch(`${base}${path}?${new URLSearchParams({ ...query, format })}`);
  if (!response.ok) throw new Error(`${format}: status ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return response;
}

function decode(buffer, dtype) {
  const view = new DataView(buffer);
  return dtype === 'float32'
    ? Float32Array.from({ length: buffer.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true))
    : Float64Array.from({ length: buffer.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

const arrayOf = { float32: Float32Array, float64: Float64Array };

function shapeOf(nested) {
  return Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [];
}

function jsonDifference(reply, expected, shape, dtype) {
  if (String(shapeOf(reply.data)) !== String(shape)) return `the lists are nested as ${shapeOf(reply.data)}`;
  // Storing into a Float32Array rounds as Math.fround does.
  const values = arrayOf[dtype].from(reply.data.flat(Infinity), Number);
  return firstDifference(values, expected, dtype);
}

function print(label, difference) {
  record(difference === undefined);
  console.log(difference === undefined ? `pass  ${label}` : `FAIL  ${label}: ${difference}`);
}

async function checkCase([distribution, query, draw]) {
  const path = `/weights/${distribution}`;
  const label = `${path}?${Object.entries(query).map(([key, value]) => `${key}=${value}`).join('&')}`;
  const dtype = query.dtype ?? 'float32';
  try {
    const reply = await (await get(path, query, 'json')).json();
    const count = query.shape.reduce((product, axis) => product * axis, 1);
    const stream = { seed: BigInt(query.seed), name: query.name ?? '', dtype, start: 0n, count };
    const expected = draw(stream, query, reply.parameters);
    print(`${label} json`, jsonDifference(reply, expected, query.shape, dtype));
    const raw = decode(await (await get(path, query, 'raw')).arrayBuffer(), dtype);
    print(`${label} raw`, firstDifference(raw, expected, dtype));
  } catch (error) {
    print(label, error.cause?.message ?? error.message);
  }
}

for (const each of cases) await checkCase(each);
finish();
