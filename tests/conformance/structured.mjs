// The schemes that have a section of the specification to themselves, by their names.

import { convolutionOrthogonal } from './convolution.mjs';
import { permutation, reservoir } from './reservoir.mjs';
import { skew } from './skew.mjs';
import { sparse } from './sparse.mjs';

const schemes = { convolution_orthogonal: convolutionOrthogonal, permutation, reservoir, skew, sparse };

export const isStructured = (initializer) => initializer in schemes;

/** The elements of a request's tensor, in C order, rounded to float32 or float64. */
export function structuredTensor(initializer, { dtype, ...request }) {
  const elements = schemes[initializer]({ dtype, ...request });
  return dtype === 'float64' ? elements : Float32Array.from(elements);
}
