// A client of openapi-typescript's types and openapi-fetch. Prints what it got as JSON.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi-typescript/fanin";
import { digest, report } from "./report";

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
  files[format] = digest(bytes);
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

report({ tensor, files, alias, seeded, status: response.status, problem: error, advice, network, made });
