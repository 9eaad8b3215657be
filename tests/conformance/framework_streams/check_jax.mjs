// Checks jax.mjs against what JAX, Keras and Flax drew, to the bit: node check_jax.mjs

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytesOf } from './arithmetic.mjs';
import { tensor } from './jax.mjs';
import { finish, record } from '../tally.mjs';

const MOST = 10_000;
const file = new URL('../../framework_streams/recorded/jax_streams.json', import.meta.url);
const { records } = JSON.parse(readFileSync(process.argv[2] ?? file, 'utf8'));

for (const entry of records) {
  // Of float64's normals the C library decides the last digits; Keras counts its seeds by Python's generator; and code
  // of Python is another way to write what is asked for.
  if (entry.key?.startsWith('set_random_seed') || entry.key?.includes('.') || entry.initializer.includes('(')) continue;
  for (const [told, expected] of Object.entries(entry.digests ?? {})) {
    const [sizes, seed] = told.split('/');
    const shape = sizes.split(',').map(Number);
    if (shape.reduce((product, size) => product * size, 1) > MOST) continue;
    const numbers = tensor({ ...entry, shape, seed: BigInt(seed) });
    const digest = createHash('sha256').update(bytesOf(numbers, entry.dtype)).digest('hex').slice(0, 16);
    record(digest === expected);
    if (digest !== expected) console.log(entry.stream, entry.initializer, entry.parameters, entry.dtype, told, entry.key);
  }
}
finish();
