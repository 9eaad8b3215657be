// Checks stream.mjs against every entry of vectors.json, to the bit: node check_vectors.mjs

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PARTS, complexElements, unitaryTensor } from './complex.mjs';
import { orthogonalTensor } from './orthogonal.mjs';
import {
  elementWords, nameWords, narrow, normal, philox4x32, truncatedNormal, truncation, uniform,
} from './stream.mjs';
import { isStructured, structuredTensor } from './structured.mjs';
import { bitsOf, finish, record } from './tally.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../service/streams/philox/vectors.json', import.meta.url), 'utf8'));

const hex32 = (words) => Array.from(words, (word) => word.toString(16).padStart(8, '0'));
const same = (actual, expected) => JSON.stringify(actual) === JSON.stringify(expected);

const checkBlock = ({ counter, key, block }) => same(hex32(philox4x32(counter, key)), block);

const checkName = ({ name, counter_words: expected }) => same(nameWords(name), expected);

function checkWords({ seed, name, block, words }) {
  const actual = elementWords({ seed: BigInt(seed), name, start: 4n * BigInt(block), count: 4 });
  return same(hex32(actual), words);
}

function checkTruncation({ low, high, ...expected }) {
  const actual = truncation(Number(low), Number(high));
  return Object.entries(expected).every(([quantity, value]) => Object.is(actual[quantity], Number(value)));
}

function elements(entry) {
  const stream = {
    seed: BigInt(entry.seed),
    name: entry.name,
    dtype: entry.dtype,
    start: BigInt(entry.start),
    count: entry.bits.length,
  };
  const { mean, std } = entry;
  switch (entry.distribution) {
    case 'uniform':
      return uniform({ ...stream, low: Number(entry.low), high: Number(entry.high) });
    case 'normal':
      return normal({ ...stream, mean, std });
    case 'truncated_normal': {
      const bounds = 'low_sigmas' in entry
        ? { bounds: 'sigma', low: Number(entry.low_sigmas), high: Number(entry.high_sigmas) }
        : { bounds: 'absolute', low: Number(entry.low), high: Number(entry.high) };
      return truncatedNormal({ ...stream, mean, std, ...bounds });
    }
    default:
      throw new Error(`no such distribution here: ${entry.distribution}`);
  }
}

const checkElements = (entry) =>
  same(Array.from(elements(entry), (value) => bitsOf(value, entry.dtype)), entry.bits);

/** Schemes whose elements are independent draws with the numbers that a reply tells. */
const ofLaw = {
  uniform: ({ bound, ...rest }) => uniform(bound === undefined ? rest : { ...rest, low: -bound, high: bound }),
  normal: ({ mean = 0, ...rest }) => normal({ ...rest, mean }),
  truncated_normal: ({ std_before: std, ...rest }) => truncatedNormal({ ...rest, mean: 0, std, low: -2, high: 2, bounds: 'sigma' }),
};

function elementsOf(initializer, dtype, request) {
  if (initializer === 'orthogonal') return (dtype in PARTS ? unitaryTensor : orthogonalTensor)(request);
  if (isStructured(initializer)) return structuredTensor(initializer, request);
  if (dtype in PARTS) return complexElements(initializer, request);
  if (initializer === 'truncated_normal') return truncatedNormal(request);
  return ofLaw[request.distribution ?? initializer](request);
}

/** Zeros in the row of the padding token (section 16). */
function padded(values, { shape, padding_idx: row }) {
  const width = shape.slice(1).reduce((size, axis) => size * axis, 1);
  return row === undefined ? values : values.fill(0, row * width, (row + 1) * width);
}

function tensor({ initializer, shape, seed, name, dtype = 'float32', ...own }) {
  const count = shape.reduce((product, axis) => product * axis, 1);
  const made = PARTS[dtype] ?? (dtype === 'float64' ? 'float64' : 'float32');
  const stored = dtype in PARTS ? made : dtype;
  const stream = { seed: BigInt(seed), name, dtype: made, stored, start: 0n, count };
  // What is given after what the stream needs: linspace has a start of its own.
  const request = { ...stream, ...own, shape };
  const values = padded(elementsOf(initializer, dtype, request), request);
  return narrow[dtype]?.(values) ?? values;
}

/** A complex element stands as its bytes in memory reversed: the imaginary part, then the real one. */
function firstBits(values, dtype) {
  const words = Array.from(values, (value) => bitsOf(value, dtype));
  if (!(dtype in PARTS)) return words;
  return words.flatMap((word, i) => (i % 2 ? [word + words[i - 1]] : []));
}

/** Typed arrays have the machine's byte order; the vectors have the little endian one. */
function checkTensor({ first, sha256, ...request }) {
  const values = tensor(request);
  const digest = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
  return same(firstBits(values, request.dtype ?? 'float32').slice(0, first.length), first) && digest === sha256;
}

function holds(check, entry) {
  try {
    return check(entry);
  } catch (error) {
    console.log(`  ${error.message}`);
    return false;
  }
}

function checkSection(title, entries, check) {
  let right = 0;
  for (const entry of entries) {
    const ok = holds(check, entry);
    record(ok);
    if (ok) right += 1;
    else console.log(`  differs: ${JSON.stringify(entry)}`);
  }
  console.log(`${title}: ${right} of ${entries.length}`);
}

const checks = {
  philox: checkBlock,
  names: checkName,
  words: checkWords,
  truncation: checkTruncation,
  elements: checkElements,
  tensors: checkTensor,
};

for (const [section, entries] of Object.entries(vectors)) {
  if (section === 'stream') continue;
  const check = checks[section] ?? (() => { throw new Error(`no check for the section ${section}`); });
  if (section !== 'elements') {
    checkSection(section, entries, check);
    continue;
  }
  const kinds = new Set(entries.map(({ distribution, dtype }) => `${distribution} ${dtype}`));
  for (const kind of kinds) {
    const ofKind = entries.filter(({ distribution, dtype }) => `${distribution} ${dtype}` === kind);
    checkSection(`elements, ${kind}`, ofKind, check);
  }
}
finish();
