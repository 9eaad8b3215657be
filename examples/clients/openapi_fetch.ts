// A client of openapi-typescript's types and openapi-fetch. Prints what it got as JSON.
import { createHash } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi-typescript/fanin";

type Tensor = components["schemas"]["Tensor"];

const fanin = createClient<paths>({ baseUrl: process.env.FANIN_URL ?? "http://localhost:8000" });

function got<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail);
  return answer.data;
}

const tensor = got(
  await fanin.GET("/weights/{initializer}.json", {
    params: { path: { initializer: "he_normal" }, query: { shape: "2,3", seed: "42" } },
  }),
);

const files: Record<string, string> = {};
for (const format of ["npy", "safetensors", "raw"] as const) {
  const bytes = got(
    await fanin.GET(`/weights/{initializer}.${format}`, {
      params: { path: { initializer: "normal" }, query: { shape: "16,8", seed: "18446744073709551615" } },
      parseAs: "arrayBuffer",
    }),
  );
  files[format] = createHash("sha256").update(new Uint8Array(bytes)).digest("hex");
}

const alias = got(await fanin.POST("/weights", { body: { initializer: "kaiming_normal_", shape: [2, 3], seed: 42 } }));
const seeded = got(
  await fanin.POST("/weights", {
    body: { initializer: "normal", shape: [2], seed: "18446744073709551615", name: "a.b", dtype: "float64" },
  }),
);

const { error, response } = await fanin.GET("/weights/{initializer}.json", {
  params: { path: { initializer: "zeros" }, query: { shape: "34359738368" } },
});

const advice = got(
  await fanin.POST("/advise", {
    body: { layer: "Linear", shape: [256, 784], activation: "relu", framework: "pytorch", current: "normal?std=1" },
  }),
);
const network = got(
  await fanin.POST("/advise/network", {
    body: { seed: 42, layers: [{ layer: "Conv2d", shape: [32, 3, 3, 3] }, { layer: "Linear", shape: [10, 32] }] },
  }),
);
const made = got(await fanin.POST("/weights", { body: network.manifest.tensors["layers.0.weight"]! }));

function isTensor(answer: Tensor | string): Tensor {
  if (typeof answer === "string") throw new Error("bytes");
  return answer;
}

console.log(
  JSON.stringify({
    data: tensor.data,
    files,
    alias: isTensor(alias).parameters.initializer,
    seed: isTensor(seeded).parameters.seed,
    problem: [response.status, error?.type, error?.limit, error?.requested],
    advice: [advice.recommendation.weights?.initializer, advice.layer.fan_in, advice.verdict?.judgement],
    tensors: Object.keys(network.manifest.tensors),
    made: isTensor(made).shape,
  }),
);
