// The schemes that have a section of the specification to themselves, by their names.

import { deltaOrthogonal } from './at_one_tap.mjs';
import { convolutionOrthogonal } from './convolution.mjs';
import { icnr } from './copies.mjs';
import { chrono, dtBias, lru, mamba2ALog } from './elementwise.mjs';
import { orthogonalTensor } from './orthogonal.mjs';
import { bilinear, mambaALog, stft, zeroInit } from './patterns.mjs';
import { arange, linspace, rwkv7, sinusoidal, slstmBias } from './places.mjs';
import { permutation, reservoir } from './reservoir.mjs';
import { skew } from './skew.mjs';
import { sparse } from './sparse.mjs';
import { hippo, s4d } from './state_space.mjs';

const schemes = {
  arange,
  bilinear,
  chrono,
  convolution_orthogonal: convolutionOrthogonal,
  delta_orthogonal: deltaOrthogonal,
  dt_bias: dtBias,
  hippo,
  icnr,
  linspace,
  lru,
  mamba2_a_log: mamba2ALog,
  mamba_a_log: mambaALog,
  permutation,
  reservoir,
  rwkv7,
  s4d,
  sinusoidal,
  skew,
  slstm_bias: slstmBias,
  sparse,
  // Section 8, with the norm that the reply tells for its gain.
  spectral_orthogonal: ({ spectral_norm: gain, ...rest }) => orthogonalTensor({ ...rest, gain }),
  stft,
  zero_init: zeroInit,
};

export const isStructured = (initializer) => initializer in schemes;

/** The elements of a request's tensor, in C order, rounded to float32 or float64. */
export function structuredTensor(initializer, { dtype, ...request }) {
  const elements = schemes[initializer]({ dtype, ...request });
  return dtype === 'float64' ? elements : Float32Array.from(elements);
}
