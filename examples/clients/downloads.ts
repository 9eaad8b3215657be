// What examples/downloads/ has in other languages, with openapi-typescript's types and openapi-fetch.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi-typescript/fanin";

const fanin = createClient<paths>({ baseUrl: process.env.FANIN_URL ?? "http://localhost:8000" });
const name = "fc1.weight";
const wanted = { path: { initializer: "he_normal" }, query: { shape: "256,784", seed: "42", name } };

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

function got<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail);
  return answer.data;
}

// What the header of a safetensors file says of each tensor, and the data behind it.
function open(file: Buffer): [Record<string, Entry>, Buffer] {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__, ...tensors } = JSON.parse(file.subarray(8, start).toString());
  return [tensors, file.subarray(start)];
}

function entry(tensors: Record<string, Entry>, key: string): Entry {
  const found = tensors[key];
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

// 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers.
const npy = Buffer.from(got(await fanin.GET("/weights/{initializer}.npy", { params: wanted, parseAs: "arrayBuffer" })));
const begin = 10 + npy.readUInt16LE(8);
const header = npy.subarray(10, begin).toString();
const [, order, rows, columns] = /'descr': '(<f4)'.*\((\d+), (\d+)\)/.exec(header) ?? [];
const numbers = npy.subarray(begin);
console.log(`1. ${rows} x ${columns} ${order}, first ${numbers.readFloatLE(0).toFixed(6)}`);

// 2. The same as safetensors, under its name.
const safetensors = await fanin.GET("/weights/{initializer}.safetensors", { params: wanted, parseAs: "arrayBuffer" });
const [tensors, data] = open(Buffer.from(got(safetensors)));
const own = entry(tensors, name);
const same = data.subarray(...own.data_offsets).equals(numbers) ? "the same" : "other";
console.log(`2. ${name} ${own.dtype}, ${same} numbers`);

// 3. A shard: rows 64 to 127, as they stand in the whole.
const some = { ...wanted, query: { ...wanted.query, slice: "64:128" } };
const shard = got(await fanin.GET("/weights/{initializer}.raw", { params: some, parseAs: "arrayBuffer" }));
const row = 4 * Number(columns);
const isPart = Buffer.from(shard).equals(numbers.subarray(64 * row, 128 * row));
console.log(`3. ${shard.byteLength} bytes, ${isPart ? "those" : "not those"} of the whole`);

// 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file.
async function range(headers: Record<string, string>): Promise<[Buffer, Response]> {
  const answer = await fanin.GET("/weights/{initializer}.npy", { params: wanted, headers, parseAs: "arrayBuffer" });
  return [Buffer.from(got(answer)), answer.response];
}
const [part, begun] = await range({ Range: "bytes=0-499999" });
const [rest, response] = await range({ Range: `bytes=${part.length}-`, "If-Range": begun.headers.get("ETag")! });
const whole = Buffer.concat([part, rest]).equals(npy) ? "the whole" : "something else";
console.log(`4. ${response.status} from byte ${part.length}: ${whole}`);

// 5. Advice: what is wrong with N(0, 1), and what to take.
const layer = { layer: "Linear", activation: "relu", shape: [256, 784], depth: 50, current: "normal?std=1" };
const advice = got(await fanin.POST("/advise", { body: layer }));
console.log(`5. ${advice.verdict?.judgement}; take ${advice.recommendation.weights?.href}`);

// 6. A checkpoint: all tensors of a model in one file.
const checkpoint = await fanin.GET("/checkpoints/{source}/{file}", {
  params: { path: { source: "gpt2-tiny", file: "model.safetensors" }, query: { seed: "42" } },
  parseAs: "arrayBuffer",
});
const model = Buffer.from(got(checkpoint) as unknown as ArrayBuffer);
const [all, values] = open(model);
const number = values.readFloatLE(entry(all, "transformer.wte.weight").data_offsets[0]).toFixed(6);
const count = Object.keys(all).length;
console.log(`6. ${count} tensors in ${model.length} bytes; transformer.wte.weight begins ${number}`);
