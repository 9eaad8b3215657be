// Reads the header of a safetensors file at a URL, then each tensor by range; prints the SHA-256 of each as JSON.
import { createHash } from "node:crypto";

const url = process.argv[2];

async function part(first, end) {
  const response = await fetch(url, { headers: { Range: `bytes=${first}-${end - 1}` } });
  if (response.status !== 206) throw new Error(`${response.status} for bytes ${first}-${end - 1}`);
  return new Uint8Array(await response.arrayBuffer());
}

const length = new DataView((await part(0, 8)).buffer).getBigUint64(0, true);
const start = 8 + Number(length);
const header = JSON.parse(new TextDecoder().decode(await part(8, start)));

const digests = {};
for (const [name, entry] of Object.entries(header)) {
  if (name === "__metadata__") continue;
  const [begin, end] = entry.data_offsets;
  digests[name] = createHash("sha256").update(await part(start + begin, start + end)).digest("hex");
}
console.log(JSON.stringify(digests));
