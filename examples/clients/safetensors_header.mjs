// Reads the header of a checkpoint's file by `@huggingface/hub`, and prints dtype, shape and offsets of each tensor.
import { parseSafetensorsMetadata } from "@huggingface/hub";

const url = process.argv[2];

const { header } = await parseSafetensorsMetadata({
  repo: "fanin/checkpoint",
  path: "model.safetensors",
  // The file is not on a hub: whatever it asks there is asked of the checkpoint.
  fetch: (_, options) => fetch(url, options),
});

const tensors = Object.entries(header).filter(([name]) => name !== "__metadata__");
console.log(JSON.stringify(Object.fromEntries(tensors.map(([name, t]) => [name, [t.dtype, t.shape, t.data_offsets]]))));
