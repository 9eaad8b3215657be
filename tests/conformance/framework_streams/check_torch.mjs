// Checks torch.mjs against what torch made, to the bit: node check_torch.mjs

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytesOf } from './arithmetic.mjs';
import { network } from './layers.mjs';
import { Generator, initialized } from './torch.mjs';
import { finish, record } from '../tally.mjs';

const file = new URL('../../../service/streams/torch/vectors.json', import.meta.url);
const { tensors, networks } = JSON.parse(readFileSync(process.argv[2] ?? file, 'utf8'));

for (const [dtype, entries] of Object.entries(tensors)) {
  for (const entry of entries) {
    // Of float64's normals the C library decides the last digits.
    if (entry.is_near) continue;
    const numbers = initialized(new Generator(BigInt(entry.seed)), entry.call, entry.shape, dtype);
    const bytes = bytesOf(numbers, dtype);
    const isEqual = createHash('sha256').update(bytes).digest('hex') === entry.sha256;
    if (!isEqual) console.log('not equal:', dtype, entry.call, entry.shape, entry.seed);
    record(isEqual);
  }
}

const { modules, state_dict: expected, then } = networks.twelve;
const generator = new Generator(42n);
const made = network(generator, modules);
made.then = generator.uniform(20, 'float32');
for (const [name, numbers] of Object.entries(made)) {
  const digest = createHash('sha256').update(bytesOf(numbers, 'float32')).digest('hex').slice(0, 16);
  const isEqual = digest === (name === 'then' ? then : expected[name]);
  if (!isEqual) console.log('not equal:', name);
  record(isEqual);
}
finish();
