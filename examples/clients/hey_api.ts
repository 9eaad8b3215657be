// A client that @hey-api/openapi-ts generates. Prints what it got as JSON.
import { client } from "./generated/hey-api/client.gen";
import * as fanin from "./generated/hey-api";
import { digest, report } from "./report";

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
  files[format] = digest(await answer.data.arrayBuffer());
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

report({ tensor, files, alias, seeded, status: response?.status, problem: error, advice, network, made });
