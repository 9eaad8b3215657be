// A client that orval generates, with ./orval_fetch.ts for the requests. Prints what it got as JSON.
import * as fanin from "./generated/orval/fanin";
import { digest, report } from "./report";

function got<T extends { status: number; data: unknown }>(answer: T): Extract<T, { status: 200 }>["data"] {
  if (answer.status !== 200) throw new Error((answer.data as fanin.Problem).detail);
  return answer.data as Extract<T, { status: 200 }>["data"];
}

const tensor = got(await fanin.getWeightsJson("he_normal", { shape: "2,3", seed: "42" }));

const files: Record<string, string> = {};
const whole = ["normal", { shape: "16,8", seed: "18446744073709551615" }] as const;
for (const [format, blob] of Object.entries({
  npy: got(await fanin.getWeightsNpy(...whole)),
  safetensors: got(await fanin.getWeightsSafetensors(...whole)),
  raw: got(await fanin.getWeightsRaw(...whole)),
})) {
  files[format] = digest(await blob.arrayBuffer());
}

const alias = got(await fanin.postWeights({ initializer: "kaiming_normal_", shape: [2, 3], seed: 42 }));
const seeded = got(
  await fanin.postWeights({
    initializer: "normal",
    shape: [2],
    seed: "18446744073709551615",
    name: "a.b",
    dtype: fanin.DtypeName.float64,
  }),
);
// @ts-expect-error: the compiler knows the members.
await fanin.postWeights({ initializer: "he_normal", shape: [2, 3], sede: 42 });

const refused = await fanin.getWeightsJson("zeros", { shape: "34359738368" });
if (refused.status !== 422) throw new Error(`${refused.status}`);
const problem = refused.data;

const advice = got(
  await fanin.postAdvice({
    layer: "Linear",
    shape: [256, 784],
    activation: "relu",
    framework: "pytorch",
    current: "normal?std=1",
  }),
);
const network = got(
  await fanin.postNetworkAdvice({
    seed: 42,
    layers: [
      { layer: "Conv2d", shape: [32, 3, 3, 3] },
      { layer: "Linear", shape: [10, 32] },
    ],
  }),
);
const made = got(await fanin.postWeights(network.manifest.tensors["layers.0.weight"]!));

report({ tensor, files, alias, seeded, status: problem.status, problem, advice, network, made });
