// Complex numbers: section 7 of service/streams/philox/SPECIFICATION.md, written from that page alone.
// An element is its real part followed by its imaginary part.

import { axesOf } from './layout.mjs';
import { blocksOf } from './orthogonal.mjs';
import { cosine, sine } from './skew.mjs';
import { PURPOSE_IMAGINARY, arrayOf, exp, log, normal, polynomial, units } from './stream.mjs';

/** Of each complex dtype, that of its parts. */
export const PARTS = { complex64: 'float32', complex128: 'float64' };

/** The factor of a radius that the greatest modulus is, by the dtype of the parts. */
const INSIDE = { float32: 1 - 2 ** -22, float64: 1 - 2 ** -49 };

const interleaved = (dtype, count, real, imaginary) =>
  arrayOf[dtype].from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? real : imaginary)[i >> 1]);

function complexNormal({ seed, name = '', dtype, mean = 0, std = 1, start = 0n, count }) {
  const part = { seed, name, dtype, std: std / 1.4142135623730951, start, count };
  const real = normal({ ...part, mean });
  const imaginary = normal({ ...part, mean: 0, purpose: PURPOSE_IMAGINARY });
  return interleaved(dtype, count, real, imaginary);
}

/** Numbers of modulus below the radius; `square` makes the modulus, squared and before the scale, from u. */
function inDisk({ seed, name = '', dtype, start = 0n, count }, { radius, scale, square }) {
  const greatest = radius * INSIDE[dtype];
  const elements = { seed, name, dtype, start, count };
  const moduli = units(elements).map((u) => Math.min(scale * Math.sqrt(square(u)), greatest));
  const phases = units({ ...elements, purpose: PURPOSE_IMAGINARY });
  const part = (turned) => moduli.map((modulus, i) => modulus * turned(phases[i]));
  return interleaved(dtype, count, part(cosine), part(sine));
}

const complexUniform = ({ bound, high, ...request }) => {
  const radius = bound ?? high;
  return inDisk(request, { radius, scale: radius, square: (u) => u });
};

const MASS_SERIES = Float64Array.from({ length: 11 }, (_, k) => {
  let factorial = 1;
  for (let j = 2; j <= k + 1; j++) factorial *= j;
  return (k % 2 ? -1 : 1) / factorial;
});

function massWithin(sigmas) {
  const x = sigmas * sigmas;
  return x < 0.1 ? x * polynomial(MASS_SERIES, x) : 1 - exp(-x);
}

function minusLogOfRest(within) {
  const beyond = 1 - within;
  return beyond === 1 ? within : log(beyond) * (within / (beyond - 1));
}

/** A normal of standard deviation `std_before` that is cut at so many of them. */
function complexTruncated({ std_before: scale, sigmas, radius, ...request }) {
  const mass = massWithin(sigmas);
  return inDisk(request, { radius, scale, square: (u) => minusLogOfRest(mass * u) });
}

/** `truncated_normal`, whose bounds are given. */
function complexCut({ high, bounds = 'sigma', std_before: std, ...request }) {
  const [sigmas, radius] = bounds === 'sigma' ? [high, std * high] : [high / std, high];
  return complexTruncated({ ...request, std_before: std, sigmas, radius });
}

const ofDistribution = {
  normal: complexNormal,
  uniform: complexUniform,
  truncated_normal: ({ bound, ...request }) => complexTruncated({ ...request, sigmas: 2, radius: bound }),
};

/** The elements of a scheme whose draws are independent; its dtype is that of the parts. */
export function complexElements(initializer, request) {
  if (initializer === 'truncated_normal') return complexCut(request);
  return ofDistribution[request.distribution ?? initializer](request);
}

/** The m × n matrix with orthonormal columns of section 8, by the parts [real, imaginary] of G, in C order. */
function unitaryColumns([a, b], m, n) {
  const C = [new Float64Array(m * n), new Float64Array(m * n)];
  const reflectors = [];
  for (let k = 0; k < n; k++) {
    const squared = (i) => a[i * n + k] * a[i * n + k] + b[i * n + k] * b[i * n + k];
    let sum = 0;
    for (let i = k; i < m; i++) sum += squared(i);
    const size = Math.sqrt(squared(k));
    const [pr, pi] = [a[k * n + k] / size, b[k * n + k] / size];
    const scale = 1 / (size + Math.sqrt(sum));
    const v = Float64Array.from({ length: m }, (_, i) => (i === k ? 1 : (pr * a[i * n + k] + pi * b[i * n + k]) * scale));
    const w = Float64Array.from({ length: m }, (_, i) => (i === k ? 0 : (pr * b[i * n + k] - pi * a[i * n + k]) * scale));
    let length = 0;
    for (let i = k; i < m; i++) length += v[i] * v[i] + w[i] * w[i];
    reflectors.push({ v, w, factor: 2 / length });
    C[0][k * n + k] = -pr;
    C[1][k * n + k] = -pi;
  }
  const [re, im] = C;
  for (let k = n - 1; k >= 0; k--) {
    const { v, w, factor } = reflectors[k];
    for (let j = k; j < n; j++) {
      let [xr, xi] = [0, 0];
      for (let i = k; i < m; i++) {
        xr += v[i] * re[i * n + j] + w[i] * im[i * n + j];
        xi += v[i] * im[i * n + j] - w[i] * re[i * n + j];
      }
      xr *= factor;
      xi *= factor;
      for (let i = k; i < m; i++) {
        re[i * n + j] -= v[i] * xr - w[i] * xi;
        im[i * n + j] -= v[i] * xi + w[i] * xr;
      }
    }
  }
  return C;
}

/** The elements of `orthogonal` in a complex dtype, which is that of the parts here. */
export function unitaryTensor({ seed, name = '', dtype, shape, groups = 1, gates = 1, gain = 1, layout = 'out_in' }) {
  const { stack, out, columns, beginsWithOut } = axesOf(shape, layout);
  const values = new arrayOf[dtype](2 * stack.size * out.size * columns.size);
  let start = 0;
  for (let member = 0; member < stack.size; member++) {
    for (const { first, rows } of blocksOf(out.size, groups, gates)) {
      const [m, n] = [Math.max(rows, columns.size), Math.min(rows, columns.size)];
      const drawn = { seed, name, dtype, start: BigInt(start), count: m * n };
      const G = [normal(drawn), normal({ ...drawn, purpose: PURPOSE_IMAGINARY })];
      const Q = unitaryColumns(G, m, n);
      const byUnit = rows > columns.size || (rows === columns.size && beginsWithOut);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns.size; j++) {
          const at = stack.offset(member) + out.offset(first + i) + columns.offset(j);
          const from = byUnit ? i * n + j : j * n + i;
          values[2 * at] = gain * Q[0][from];
          values[2 * at + 1] = gain * Q[1][from];
        }
      }
      start += m * n;
    }
  }
  return values;
}
