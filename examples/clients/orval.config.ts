export default {
  fanin: {
    input: new URL("/openapi.json", process.env.FANIN_URL ?? "http://localhost:8000").href,
    output: {
      target: "generated/orval/fanin.ts",
      client: "fetch",
      override: { mutator: { path: "./orval_fetch.ts", name: "faninFetch" } },
    },
  },
};
