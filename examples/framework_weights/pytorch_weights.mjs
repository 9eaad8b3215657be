// PyTorch's own weights without Python: node examples/framework_weights/pytorch_weights.mjs [URL]
// They are those of
//
//     torch.manual_seed(42)
//     torch.nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).state_dict()
import { createHash } from "node:crypto";

const url = process.argv[2] ?? process.env.FANIN_URL ?? "http://localhost:8000";

// Modules in the order of their construction, after one seed; the file is torch's state_dict.
const network = { seed: 42, modules: ["nn.Linear(784, 256)", "nn.ReLU()", "nn.Linear(256, 10)"] };
const response = await fetch(`${url}/checkpoints`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(network),
});
if (!response.ok) throw new Error(await response.text());
const file = Buffer.from(await response.arrayBuffer());

// The first 8 bytes of a safetensors file are the length of its header, which says where each tensor begins and ends.
const start = 8 + Number(file.readBigUInt64LE(0));
const header = JSON.parse(file.toString("utf8", 8, start));
let words = 0;
for (const name of ["0.weight", "0.bias", "2.weight", "2.bias"]) {
  const [begin, end] = header[name].data_offsets;
  const bytes = file.subarray(start + begin, start + end);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const first = [0, 4].map((at) => bytes.readFloatLE(at).toFixed(8));
  console.log(`${name} [${header[name].shape}] ${first.join(" ")} ... SHA-256 ${digest.slice(0, 16)}`);
  words += bytes.length / 4;
}

// One tensor by itself: what torch.rand(1) draws next, after the words that the network took.
const next = await fetch(`${url}/weights/uniform?shape=1&seed=42&stream=torch&skip=${words}&format=raw`);
console.log(`torch.rand(1) ${Buffer.from(await next.arrayBuffer()).readFloatLE(0).toFixed(4)}`);
