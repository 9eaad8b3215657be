// The six requests of the README, in JavaScript without packages (Node 18 or newer):
//     node examples/six_requests.mjs [URL]
import { createHash } from "node:crypto";

const url = process.argv[2] ?? process.env.FANIN_URL ?? "http://localhost:8000";

async function ask(path, options) {
  const response = await fetch(url + path, options);
  if (!response.ok) throw new Error(`${response.status} for ${path}: ${await response.text()}`);
  return response;
}

// 1. Weights for a ReLU layer, as a NumPy file.
const npy = new Uint8Array(await (await ask("/weights/he_normal?shape=256,784&seed=42&format=npy")).arrayBuffer());
console.log(`1. ${npy.length} bytes, SHA-256 ${createHash("sha256").update(npy).digest("hex")}`);

// 2. The same names as in your framework; the numbers as JSON.
const tensor = await (await ask("/weights/xavier_uniform_?shape=2,3&seed=42")).json();
console.log(`2. ${JSON.stringify(tensor.data)}`);

// 3. A bias, with a stream of its own within the seed; raw bytes are float32, little endian.
const raw = await ask("/weights/uniform?shape=4&fan_in=784&seed=42&name=fc1.bias&format=raw");
const bias = new Float32Array(await raw.arrayBuffer());
console.log(`3. ${Array.from(bias, (number) => number.toFixed(6)).join(" ")}`);

// 4. A HEAD: all about the recurrent kernel of an LSTM, without making it.
const { headers } = await ask("/weights/orthogonal?shape=1024,256&gates=4&seed=7&format=safetensors", { method: "HEAD" });
console.log(`4. ${headers.get("Content-Length")} bytes, standard deviation ${headers.get("Fanin-Std")}`);

// 5. Which scheme for this layer? The answer has the request for its weights.
const answer = await (await ask("/advise?layer=Linear&activation=relu&shape=256,784&depth=50&framework=pytorch")).json();
console.log(`5. ${answer.recommendation.weights.href}`);

// 6. A POST with a misspelt parameter is refused, and the problem says where.
const refusal = await fetch(`${url}/weights`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ initializer: "he_normal", shape: [256, 784], sede: 42 }),
});
const problem = await refusal.json();
console.log(`6. ${refusal.status} at ${problem.errors[0].pointer}`);
