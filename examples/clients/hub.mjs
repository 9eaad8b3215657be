// Asks a server for models by `@huggingface/hub`, and prints what came of it as JSON: node hub.mjs http://localhost:8000
import {
  downloadFile, fileDownloadInfo, fileExists, listFiles, modelInfo, parseSafetensorsMetadata, pathsInfo,
} from "@huggingface/hub";

const hubUrl = process.argv[2];
const small = { repo: "fanin/t5-small", hubUrl };
const large = { repo: "fanin/llama-3-8b", revision: "seed-7", hubUrl };

const files = [];
for await (const file of listFiles({ ...large, recursive: true })) files.push([file.path, file.size]);

const blob = await downloadFile({ ...small, path: "model.safetensors", revision: "seed-42" });
const middle = new Uint8Array(await blob.slice(1000, 1100).arrayBuffer());

const config = await downloadFile({ ...small, path: "config.json" });
const { parameterCount, sharded } = await parseSafetensorsMetadata({ ...large, computeParametersCount: true });
const refusal = await modelInfo({ name: "someone/t5-small", hubUrl }).catch((error) => error.message);

console.log(JSON.stringify({
  info: await modelInfo({ name: "fanin/t5-small", hubUrl, additionalFields: ["sha"] }),
  exists: [await fileExists({ ...small, path: "config.json" }), await fileExists({ ...small, path: "none.json" })],
  size: (await fileDownloadInfo({ ...small, path: "model.safetensors" })).size,
  paths: (await pathsInfo({ ...small, paths: ["config.json", "none"], expand: true })).map((info) => info.path),
  config: JSON.parse(await config.text()).model_type,
  middle: Buffer.from(middle).toString("hex"),
  files, parameterCount, sharded, refusal,
}));
