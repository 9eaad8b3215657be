/** Checkpoints: a model by its name, its configuration or its shapes; the plan of its files, and their download. */

import { query, write } from "../address.js";
import { askJson, curl, url } from "../api.js";
import { bytes, command, element, facts, fill, short, table } from "../dom.js";
import { downloadButton } from "../download.js";
import { Form, latest, wrong } from "../form.js";
import { place } from "../links.js";

export const title = "Checkpoints of models";

const USUAL = { model: "gpt2-tiny", seed: "42" };

const EXAMPLES = {
  "a list of shapes": [{ initialize: "by_name" }, { "embed.weight": [1000, 64], "layers.0.fc.weight": [256, 64], "layers.0.fc.bias": [256], "norm.weight": [64] }],
  "a manifest": [{}, { rules: [{ match: "*.bias", initializer: "zeros" }], tensors: { "layers.{0..1}.weight": { initializer: "he_normal", shape: [64, 32] }, "layers.{0..1}.bias": { shape: [64] } } }],
  "a config.json": [{}, { model_type: "llama", vocab_size: 1024, hidden_size: 64, intermediate_size: 192, num_hidden_layers: 2, num_attention_heads: 4 }],
};

const DTYPES = [["", "as the model says"], "float32", "float16", "bfloat16", "float64", "float8_e4m3fn", "float8_e5m2"];
const RECIPES = ["framework", "by_name", "advise", "torchtitan", "megatron", "olmo", "nanogpt", "mup"];

/** Tensors that are listed; more of them than anyone reads. */
const LISTED = 200;

/** Characters of a document that stand in the URL; a longer one is left out of it. */
const LONGEST_STATE = 6000;

/** Build the view, and return what shows a state of it. */
export function start(section) {
  const answer = element("div", { class: "answer", "aria-busy": "false" });
  const status = element("p", { class: "visually-hidden", role: "status" });
  const refresh = latest(update);
  const form = new Form("A model", refresh);
  const model = form.add({ name: "model", label: "Published model", suggestions: [], help: "By its name: llama-3-8b, resnet-50, gpt2-tiny, …" });
  const document_ = form.add({
    name: "document", label: "Or paste", kind: "lines",
    examples: Object.entries(EXAMPLES).map(([name, [more, document]]) => [name, () =>
      form.set(new URLSearchParams({ seed: "42", ...more, document: JSON.stringify(document, null, 1) }))]),
    help: "A config.json of transformers, names with shapes, the JSON header of a safetensors file, or a manifest. It comes before the name.",
  });
  const others = [
    form.add({ name: "seed", label: "Seed", isNumber: true }),
    form.add({ name: "dtype", label: "Number type", kind: "choice", choices: DTYPES }),
    form.add({ name: "initialize", label: "Start tensors by", suggestions: RECIPES,
      help: "Of a model framework, its library's code, or another recipe; of shapes alone by_name." }),
    form.add({ name: "max_shard_size", label: "Most of one file", help: "5GB or 512MiB; without it all is one file." }),
  ];
  form.node.append(element("fieldset", {}, element("legend", {}, "The model"), [model, document_, ...others].map(({ node }) => node)));
  section.append(element("div", { class: "columns" }, element("div", {}, form.node), element("div", {}, form.problem, status, answer)));

  async function update(values, signal) {
    answer.setAttribute("aria-busy", "true");
    const { document: text, ...rest } = values;
    write("models", (text ?? "").length > LONGEST_STATE ? rest : values);
    try {
      const { plan, described } = text ? await posted(text, rest, signal) : await named(rest, signal);
      form.complain(null);
      fill(answer, shown(plan, described));
      status.textContent = `The plan of ${plan.files.length} files with ${short(plan.parameters)} parameters is shown`;
    } catch (problem) {
      if (signal.aborted) return;
      for (const error of problem.errors ?? []) if (!form.fields.has(error.field)) Object.assign(error, { field: text ? "document" : "model", detail: error.place ? `${error.place}: ${error.detail}` : error.detail });
      if (problem.status === 404) problem.errors = [{ field: "model", place: "model", detail: problem.message }];
      form.complain(problem);
      fill(answer);
      status.textContent = "";
    } finally {
      if (!signal.aborted) answer.setAttribute("aria-busy", "false");
    }
  }

  return {
    async show(parameters) {
      const all = parameters.size ? parameters : new URLSearchParams(USUAL);
      form.set(all);
      suggestModels(model);
      await refresh(form.values);
    },
  };
}

async function suggestModels(field) {
  const list = field.node.querySelector("datalist");
  if (list.children.length) return;
  const { models } = await askJson("/models").catch(() => ({ models: [] }));
  list.replaceChildren(...models.map((one) => element("option", { value: one.name }, `${one.model_type}, ${short(one.parameters)} parameters`)));
}

async function named({ model, ...rest }, signal) {
  if (!model) throw wrong("model", "name a model, or paste what its tensors are");
  const name = encodeURIComponent(model);
  const plan = await askJson(`/checkpoints/${name}?${query(rest)}`, { signal });
  const described = await askJson(`/models/${name}`, { signal }).catch(() => null);
  // One file goes by the model's name, which is shorter than what stands for all of its manifest.
  if (plan.files.length === 1 && rest.seed) plan.files[0].url = `/checkpoints/${name}/${plan.files[0].name}?${query(rest)}`;
  return { plan, described };
}

async function posted(text, { model, ...rest }, signal) {
  let document;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw wrong("document", `is not JSON: ${error.message}`);
  }
  const said = Object.fromEntries(Object.entries(rest).filter(([name]) => !(name in Object(document))));
  const plan = await askJson(`/checkpoints/plan?${query(said)}`, { json: document, signal });
  const described = document?.model_type ? await askJson("/models", { json: document, signal }).catch(() => null) : null;
  return { plan, described };
}

function shown(plan, described) {
  const rows = plan.tensors.slice(0, LISTED).map((one) => [
    element("a", { href: place(one.url) }, one.name), one.shape.join(" × "), one.dtype, one.initializer, one.std ?? one.parameters.std ?? "", bytes(one.bytes),
  ]);
  return [
    element("h3", {}, `${short(plan.parameters)} parameters in ${short(plan.tensors.length)} tensors, ${bytes(plan.bytes)}`),
    facts([["seed", plan.seed], ["family", described?.model_type], ["may start by", described?.initialize.join(", ")]]),
    (plan.warnings ?? []).map((warning) => element("p", { class: "warning" }, warning)),
    element("h3", {}, plan.files.length > 1 ? `${plan.files.length} files` : "The file"),
    plan.files.map((file) => element("div", {},
      element("p", {}, element("strong", {}, file.name), `: ${bytes(file.bytes)}, ${short(file.tensors)} tensors`),
      command(curl(`-C - -o ${file.name} '${url(file.url)}'`)), downloadButton(`Download ${file.name}`, file.url, file.name))),
    element("h3", {}, plan.tensors.length > LISTED ? `The first ${LISTED} of its tensors` : "Its tensors"),
    table("The tensors of the checkpoint", ["name", "shape", "dtype", "initializer", "std", "size"], rows),
  ];
}
