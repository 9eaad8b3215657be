// Files from the service, in JavaScript without packages (Node 18 or newer):
//     node examples/downloads/downloads.mjs [URL]
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const url = process.argv[2] ?? process.env.FANIN_URL ?? "http://localhost:8000";
const tensor = "/weights/he_normal?shape=256,784&seed=42&name=fc1.weight";

async function ask(path, headers = {}) {
  const response = await fetch(url + path, { headers });
  if (!response.ok) throw new Error(`${response.status} for ${path}: ${await response.text()}`);
  return response;
}

const bytes = async (response) => Buffer.from(await response.arrayBuffer());

// What the header says of each tensor, and where the data begins.
function safetensorsHeader(data) {
  const start = 8 + Number(data.readBigUInt64LE(0));
  return [JSON.parse(data.subarray(8, start)), start];
}

// 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers.
const npy = await bytes(await ask(`${tensor}&format=npy`));
const begin = 10 + npy.readUInt16LE(8);
const header = npy.subarray(10, begin).toString();
const [, rows, columns] = header.match(/\((\d+), (\d+)\)/).map(Number);
const numbers = npy.subarray(begin);
console.log(`1. ${rows} x ${columns} ${header.match(/<f4/)[0]}, first ${numbers.readFloatLE(0).toFixed(6)}`);

// 2. The same as safetensors, under its name.
const safetensors = await bytes(await ask(`${tensor}&format=safetensors`));
const [tensors, start] = safetensorsHeader(safetensors);
const [first, end] = tensors["fc1.weight"].data_offsets;
const same = safetensors.subarray(start + first, start + end).equals(numbers) ? "the same" : "other";
console.log(`2. fc1.weight ${tensors["fc1.weight"].dtype}, ${same} numbers`);

// 3. A shard: rows 64 to 127, as they stand in the whole.
const shard = await bytes(await ask(`${tensor}&slice=64:128&format=raw`));
const isPart = shard.equals(numbers.subarray(64 * columns * 4, 128 * columns * 4));
console.log(`3. ${shard.length} bytes, ${isPart ? "those" : "not those"} of the whole`);

// 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file.
const begun = await ask(`${tensor}&format=npy`, { Range: "bytes=0-499999" });
const part = await bytes(begun);
const rest = await ask(`${tensor}&format=npy`, { Range: `bytes=${part.length}-`, "If-Range": begun.headers.get("ETag") });
const whole = Buffer.concat([part, await bytes(rest)]).equals(npy) ? "the whole" : "something else";
console.log(`4. ${rest.status} from byte ${part.length}: ${whole}`);

// 5. Advice: what is wrong with N(0, 1), and what to take.
const question = "/advise?layer=Linear&activation=relu&shape=256,784&depth=50&current=normal%3Fstd%3D1";
const advice = await (await ask(question)).json();
console.log(`5. ${advice.verdict.judgement}; take ${advice.recommendation.weights.href}`);

// 6. A checkpoint: all tensors of a model in one file, streamed to disk.
const folder = await mkdtemp(join(tmpdir(), "fanin-"));
try {
  const file = join(folder, "model.safetensors");
  const response = await ask("/checkpoints/gpt2-tiny/model.safetensors?seed=42");
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  const model = await readFile(file);
  const [all, data] = safetensorsHeader(model);
  const count = Object.keys(all).filter((name) => name !== "__metadata__").length;
  const number = model.readFloatLE(data + all["transformer.wte.weight"].data_offsets[0]).toFixed(6);
  console.log(`6. ${count} tensors in ${model.length} bytes; transformer.wte.weight begins ${number}`);
} finally {
  await rm(folder, { recursive: true });
}
