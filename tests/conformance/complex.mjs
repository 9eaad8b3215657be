// Complex numbers: section 7 of service/streams/philox/SPECIFICATION.md, written from that page alone.
// An element is its real part followed by its imaginary part.

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
