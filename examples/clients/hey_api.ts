// A client that @hey-api/openapi-ts generates. Prints what it got as JSON.
import { createHash } from "node:crypto";
import { client } from "./generated/hey-api/client.gen";
import * as fanin from "./generated/hey-api";

client.setConfig({ baseUrl: process.env.FANIN_URL ?? "http://localhost:8000", throwOnError: true });

const { data: tensor } = await fanin.getWeightsJson({
  path: { initializer: "he_normal" },
  query: { shape: "2,3", seed: "42" },
  throwOnError: true,
});

const files: Record<string, string> = {};
const whole = {
  path: { initializer: "normal" },
  query: { shape: "16,8", seed: "18446744073709551615" },
  throwOnError: true,
} as const;
for (const [format, answer] of Object.entries({
  npy: await fanin.getWeightsNpy(whole),
  safetensors: await fanin.getWeightsSafetensors(whole),
  raw: await fanin.getWeightsRaw(whole),
})) {
  const bytes = new Uint8Array(await answer.data.arrayBuffer());
  files[format] = createHash("sha256").update(bytes).digest("hex");
}

const { data: alias } = await fanin.postWeights({
  body: { initializer: "kaiming_normal_", shape: [2, 3], seed: 42 },
  throwOnError: true,
});
const { data: seeded } = await fanin.postWeights({
  body: { initializer: "normal", shape: [2], seed: "18446744073709551615", name: "a.b", dtype: "float64" },
  throwOnError: true,
});
// @ts-expect-error: the compiler knows the members.
await fanin.postWeights({ body: { initializer: "he_normal", shape: [2, 3], sede: 42 }, throwOnError: false });

const { error, response } = await fanin.getWeightsJson({
  path: { initializer: "zeros" },
  query: { shape: "34359738368" },
  throwOnError: false,
});

const { data: advice } = await fanin.postAdvice({
  body: { layer: "Linear", shape: [256, 784], activation: "relu", framework: "pytorch", current: "normal?std=1" },
  throwOnError: true,
});
const { data: network } = await fanin.postNetworkAdvice({
  body: { seed: 42, layers: [{ layer: "Conv2d", shape: [32, 3, 3, 3] }, { layer: "Linear", shape: [10, 32] }] },
  throwOnError: true,
});
const { data: made } = await fanin.postWeights({
  body: network.manifest.tensors["layers.0.weight"]!,
  throwOnError: true,
});

function isTensor(answer: fanin.Tensor | Blob | File): fanin.Tensor {
  if (answer instanceof Blob) throw new Error("bytes");
  return answer;
}

console.log(
  JSON.stringify({
    data: tensor.data,
    files,
    alias: isTensor(alias).parameters.initializer,
    seed: isTensor(seeded).parameters.seed,
    problem: [response?.status, error?.type, error?.limit, error?.requested],
    advice: [advice.recommendation.weights?.initializer, advice.layer.fan_in, advice.verdict?.judgement],
    tensors: Object.keys(network.manifest.tensors),
    made: isTensor(made).shape,
  }),
);
