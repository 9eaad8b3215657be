// What follows from an element's place: section 17 of service/streams/philox/SPECIFICATION.md, written from that page alone.
// Each returns the elements, in C order, before they are rounded to a dtype.

import { cosine, sine } from './skew.mjs';
import { exp, log } from './stream.mjs';

const atLeastOne = (difference) => Math.max(difference, 1);
const pow = (x, y) => (x === 0 ? 0 : exp(y * log(x)));
const between = (start, end, t) => start * (1 - t) + end * t;

/** The elements by their places on the axes. */
function elements(shape, value) {
  const count = shape.reduce((size, axis) => size * axis, 1);
  return Float64Array.from({ length: count }, (_, at) => {
    let rest = at;
    const place = shape.toReversed().map((size) => {
      const digit = rest % size;
      rest = Math.floor(rest / size);
      return digit;
    });
    return value(...place.toReversed());
  });
}

export const linspace = ({ shape, start = 0, end = 1 }) => {
  const n = shape.at(-1);
  return elements(shape, (...place) => between(start, end, place.at(-1) / atLeastOne(n - 1)));
};

export const arange = ({ shape, start = 0, step = 1 }) => elements(shape, (...place) => start + step * place.at(-1));

export function sinusoidal({ shape, order = 'interleaved', timescales = 'exclusive', base = 10000, first_position: first = 0 }) {
  const isGrid = shape.length === 3;
  const d = isGrid ? shape[2] / 2 : shape[1];
  const w = Math.floor(d / 2);
  const wave = (p, k) => {
    if (order === 'halves' && k >= 2 * w) return 0;
    const i = order === 'halves' ? k % atLeastOne(w) : Math.floor(k / 2);
    const isCosine = order === 'halves' ? k >= w : k % 2 === 1;
    const e = timescales === 'inclusive' ? i / atLeastOne(w - 1) : (2 * i) / d;
    const x = ((p + first) * exp(-(e * log(base)))) / 6.283185307179586;
    return isCosine ? cosine(x) : sine(x);
  };
  if (!isGrid) return elements(shape, wave);
  return elements(shape, (row, column, channel) => wave(channel < d ? column : row, channel % d));
}

export function slstmBias({ shape, kind = 'powerlaw', layer = 0, layers = 1, heads = 4, backend = 'cuda' }) {
  const size = shape[0] / 4 / heads;
  const exponent = 0.3 + 1.3 * (layer / atLeastOne(layers - 1));
  return elements(shape, (place) => {
    const block = Math.floor(place / size);
    const gate = backend === 'vanilla' ? Math.floor(block / heads) : block % 4;
    if (gate !== 1) return 0;
    const t = (place % size) / atLeastOne(size - 1);
    return kind === 'linspace' ? between(3, 6, t) : 5 - 12 * pow(t, exponent);
  });
}

const MIXES = { x_r: 0.2, x_w: 0.9, x_k: 0.7, x_v: 0.7, x_a: 0.9, x_g: 0.2 };

export function rwkv7({ shape, part, layer, layers, head_size: headSize = 64 }) {
  const C = shape.at(-1);
  const s = 1 - layer / layers;
  const h = (headSize - 1) / 2;
  const along = (n) => n / atLeastOne(C - 1);
  const zigzag = (n) => {
    const z = ((n % headSize) - h) / h;
    return z * Math.abs(z);
  };
  const parts = {
    'ffn.x_k': (n) => 1 - pow(n / C, s * s * (s * s)),
    w0: (n) => -6 + 6 * pow(along(n), 1 + pow(layer / (layers - 1), 0.3)) + 0.5 + 2.5 * zigzag(n),
    a0: (n) => -0.19 + 0.3 * zigzag(n) + 0.4 * (along(n) - 0.5),
    v0: (n) => 0.73 - 0.4 * (along(n) - 0.5),
    k_k: (n) => 0.71 - 0.1 * (along(n) - 0.5),
    k_a: () => 1.02,
    r_k: () => -0.04,
    ln_x: () => pow((1 + layer) / layers, 0.7),
  };
  const formula = part in MIXES ? (n) => 1 - pow(n / C, MIXES[part] * s) : parts[part];
  return elements(shape, (...place) => formula(place.at(-1)));
}
