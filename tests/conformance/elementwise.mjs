// Formulas of one draw: section 14 of service/streams/philox/SPECIFICATION.md, written from that page alone.
// Each returns the elements, in C order, before they are rounded to a dtype.

import { exp, log, uniform } from './stream.mjs';

const PURPOSE_PHASES = 2;
const LEAST = 2 ** -54;

const drawn = ({ seed, name = '', count, purpose }, low, high) =>
  uniform({ seed, name, count, purpose, dtype: 'float64', low, high });

export const mamba2ALog = ({ low = 1, high = 16, ...stream }) => drawn(stream, low, high).map(log);

export function dtBias({ dt_min: least = 0.001, dt_max: most = 0.1, floor = 1e-4, transform = 'softplus', ...stream }) {
  return drawn(stream, log(least), log(most)).map((v) => {
    const dt = Math.max(exp(v), floor);
    return transform === 'exp' ? log(dt) : dt + log(1 - exp(-dt));
  });
}

const SIGNS = { f: 1, z: 1, i: -1 };

export function chrono({ longest, cell = 'lstm', gate_order: order, biases = 1, count, ...stream }) {
  const gates = [...(order ?? (cell === 'lstm' ? 'ifgo' : 'rzn'))];
  const units = count / gates.length;
  const scales = drawn({ ...stream, count: units }, 1, longest - 1).map((v) => (1 / biases) * log(v));
  return Float64Array.from({ length: count }, (_, at) => {
    const sign = SIGNS[gates[Math.floor(at / units)]];
    return sign === undefined ? 0 : sign * scales[at % units];
  });
}

const clipped = (values, least, greatest) => values.map((v) => Math.max(least, Math.min(greatest, v)));

/** The binary64 number below a positive one. */
function nextDown(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}

export function lru({ part, r_min: from = 0, r_max: to = 1, max_phase: phase = 6.28, ...stream }) {
  if (part === 'theta_log') {
    const v = drawn({ ...stream, purpose: PURPOSE_PHASES }, 0, phase);
    return clipped(v, LEAST * phase, phase).map(log);
  }
  const a = from * from;
  const b = to * to;
  const v = clipped(drawn(stream, a, b), Math.max(a, LEAST * b), nextDown(b));
  return v.map(part === 'nu_log' ? (x) => log(-0.5 * log(x)) : (x) => 0.5 * log(1 - x));
}
