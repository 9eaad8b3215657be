/** Advice: a layer or a network in the words of any framework, and what /advise says of it. */

import { query, write } from "../address.js";
import { askJson, curl, url } from "../api.js";
import { candidates, hasDefault, rows, schemeName } from "../candidates.js";
import { dots } from "../charts/dots.js";
import { command, element, facts, fill, short, table } from "../dom.js";
import { Form, latest } from "../form.js";
import { place } from "../links.js";

export const title = "Advice for a layer";

const USUAL = { layer: "nn.Linear(784, 256)", activation: "relu", depth: "20" };

const LAYERS = ["Linear", "Dense", "Conv2d", "ConvTranspose2d", "Embedding", "LSTM", "GRU", "MultiheadAttention", "LayerNorm", "BatchNorm2d"];
const ACTIVATIONS = ["relu", "gelu", "silu", "tanh", "sigmoid", "selu", "elu", "leaky_relu", "mish", "swiglu", "softmax", "linear"];
const NORMALIZATIONS = ["none", "batch", "layer", "rms", "group", "instance"];

/** Code of several layers, for which /advise has a list. */
const IS_NETWORK = /\n|Sequential|Chain\(|class |def /;

/** Build the view, and return what shows a state of it. */
export function start(section) {
  const answer = element("div", { class: "answer", "aria-busy": "false" });
  const status = element("p", { class: "visually-hidden", role: "status" });
  const refresh = latest(update);
  const form = new Form("A layer", refresh);
  const layer = form.add({
    name: "layer", label: "Layer, or code of a network", kind: "lines", isRequired: true,
    examples: LAYERS.map((name) => [name, (field) => (field.value = name)]),
    help: "A name that any framework has for it (Conv2d), its call (nn.Linear(784, 256)), or a model's code or print.",
  });
  const first = [
    layer,
    form.add({ name: "activation", label: "Activation after it", suggestions: ACTIVATIONS, help: "relu, nn.GELU(), …" }),
    form.add({ name: "shape", label: "Shape of its weight", help: "256,784, as the framework stores it; a call may say it." }),
    form.add({ name: "depth", label: "Layers of the network", isNumber: true, help: "Blocks, of a residual network or a transformer." }),
    form.add({ name: "current", label: "What it starts at now", help: "normal?std=0.01, torch.randn(256, 784) * 0.01, or default: the framework's." }),
    form.add({ name: "framework", label: "Framework", help: "Whose default to judge, and whose order of axes it is: pytorch, keras, flax, …" }),
  ];
  const more = [
    form.add({ name: "role", label: "Role", help: "head, query, residual_last, gate, …" }),
    form.add({ name: "architecture", label: "Architecture", help: "resnet, transformer, gan, or a family of models: gpt2, t5, vit, …" }),
    form.add({ name: "normalization", label: "Normalisation", kind: "choice", choices: [["", "not said"], ...NORMALIZATIONS] }),
    form.add({ name: "residual", label: "Skip connections", kind: "choice", choices: [["", "not said"], "true", "false"] }),
    form.add({ name: "tensor", label: "Which tensor of the layer", help: "weight_hh, out_proj.weight, …" }),
    form.add({ name: "units", label: "Units of a recurrent layer", isNumber: true }),
    form.add({ name: "optimizer", label: "Optimizer" }),
    form.add({ name: "classes", label: "Classes of a classifier", isNumber: true }),
  ];
  form.node.append(
    element("fieldset", {}, element("legend", {}, "The layer"), first.map(({ node }) => node),
      element("details", {}, element("summary", {}, "More of it"), more.map(({ node }) => node))),
  );
  section.append(element("div", { class: "columns" }, element("div", {}, form.node), element("div", {}, form.problem, status, answer)));

  async function update(values, signal) {
    answer.setAttribute("aria-busy", "true");
    write("advice", values);
    try {
      const isNetwork = IS_NETWORK.test(values.layer ?? "");
      const shown = isNetwork ? await network(values, signal) : await oneLayer(values, signal);
      form.complain(null);
      fill(answer, shown);
      status.textContent = "The advice is shown";
    } catch (problem) {
      if (signal.aborted) return;
      for (const error of problem.errors ?? []) if (error.field === "layers") error.field = "layer";
      form.complain(problem);
      answer.replaceChildren();
      status.textContent = "";
    } finally {
      if (!signal.aborted) answer.setAttribute("aria-busy", "false");
    }
  }

  return {
    async show(parameters) {
      const all = parameters.size ? parameters : new URLSearchParams(USUAL);
      form.set(all);
      await refresh({ ...Object.fromEntries(all), ...form.values });
    },
  };
}

async function oneLayer(values, signal) {
  const asked = `/advise?${query(values)}`;
  const advice = await askJson(`${asked}&evidence=full`, { signal });
  const drawn = rows(advice);
  const { recommendation, evidence, layer, verdict } = advice;
  const usual = hasDefault(advice) ? null : advice.framework_default;
  const works = new Map(advice.references.map((work) => [work.key, work]));
  return [
    element("h3", {}, `Take ${schemeName(recommendation.weights)}`),
    tensorLine(recommendation.weights, "weights"),
    recommendation.bias ? tensorLine(recommendation.bias, "bias") : "",
    Object.entries(recommendation.tensors ?? {}).map(([name, one]) => tensorLine(one, name)),
    element("p", {}, recommendation.reason, " ", cited(recommendation.references, works)),
    command(curl(`-OJ '${url(inFormat(recommendation.weights.href))}'`)),
    advice.warnings.map((warning) => element("p", { class: "warning" }, element("strong", {}, "Watch out: "), warning)),
    judged(hasDefault(advice) ? `What you have, the default of ${advice.framework_default.framework}` : "What you have", verdict),
    judged(usual ? `The default of ${usual.framework}` : "", usual),
    element("h3", {}, "Evidence, by theory"),
    drawn.length
      ? element("figure", {},
          dots({ rows: drawn, label: `By what factor ${evidence.depth.layers} layers change signal and gradient` }),
          element("figcaption", {}, `By what factor ${evidence.depth.layers} such layers change the mean square of the signal (disc) and of `
            + "its gradient (diamond); lines hold 95 % of the draws. On the black line is what one wants."),
          table("The same in numbers", ["scheme", "role", "signal", "gradient", "one layer", "judgement"],
            candidates(advice).filter((one) => one.evidence?.depth).map((one) => [
              schemeName(one.weights), one.role, one.evidence.depth.forward, one.evidence.depth.backward,
              one.evidence.forward_ratio ?? "", one.judgement ?? "",
            ])))
      : element("p", {}, values.depth ? "" : "Say how many layers the network has, and theory follows the signal through them. ",
          evidence.validity ? "" : "Theory has no numbers for it."),
    evidence.validity ? element("p", { class: "quiet" }, `How far to trust theory here: ${[evidence.validity.level, ...(evidence.validity.reasons ?? [])].join("; ")}.`) : "",
    element("h3", {}, "Alternatives"),
    element("ol", {}, advice.alternatives.map((one) => element("li", {}, tensorLink(one.weights), one.when ? `: ${one.when}. ` : ". ", cited(one.references, works)))),
    element("h3", {}, "What to try"),
    element("ul", {}, advice.experiments.map((one) => element("li", {}, element("strong", {}, one.name), `: ${one.how}; expect ${one.expect}. `,
      (one.hrefs ?? []).map((href, index) => [index ? ", " : "", element("a", { href: place(href) }, `try ${index + 1}`)])))),
    element("details", {}, element("summary", {}, "What was understood and assumed"),
      facts([...Object.entries(layer), ...Object.entries(advice.assumed).map(([name, value]) => [`assumed ${name}`, value])]
        .map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : String(value)]))),
    element("details", {}, element("summary", {}, "Works"), element("ul", {}, advice.references.map((work) => element("li", { id: `work-${work.key}` },
      `${work.authors ?? work.key} ${work.year ? `(${work.year}), ` : ""}`, element("a", { href: work.url, rel: "noreferrer" }, work.title ?? work.url))))),
    element("h3", {}, "The same by a program"),
    command(curl(`-sG '${url("/advise")}' ${Object.entries(values).map(([name, value]) => `--data-urlencode '${name}=${value.replaceAll("'", "'\\''")}'`).join(" ")} -d format=text`)),
  ];
}

async function network(values, signal) {
  const { layer, ...shared } = values;
  const body = { ...shared, layers: layer, seed: "42" };
  for (const name of ["depth", "units", "classes"]) if (/^\d+$/.test(body[name] ?? "")) body[name] = Number(body[name]);
  if (body.residual) body.residual = body.residual === "true";
  const advice = await askJson("/advise/network", { json: body, signal });
  return [
    element("h3", {}, `${advice.layers.length} layers`),
    (advice.warnings ?? []).map((warning) => element("p", { class: "warning" }, element("strong", {}, "Watch out: "), typeof warning === "string" ? warning : warning.text ?? JSON.stringify(warning))),
    table("What each layer takes", ["layer", "kind", "take", "std", "because", "now"], advice.layers.map((one) => [
      one.name ?? one.layer.name ?? "", one.layer.kind, tensorLink(one.recommendation.weights), one.recommendation.weights.std ?? "",
      one.recommendation.reason, (one.verdict ?? one.framework_default)?.judgement ?? "",
    ])),
    element("p", {}, element("a", { href: `#models?${query({ document: JSON.stringify(advice.manifest) })}` }, "All tensors in one file"),
      ": the plan of the checkpoint, and its download."),
    element("details", {}, element("summary", {}, "The manifest"), element("pre", { class: "wrapped" }, JSON.stringify(advice.manifest, null, 1))),
  ];
}

function judged(name, judgement) {
  if (!judgement) return "";
  return [
    element("h3", {}, name, " ", element("span", { class: `badge ${judgement.judgement}` }, judgement.judgement)),
    element("p", {}, judgement.weights ? [tensorLink(judgement.weights), ": "] : "", judgement.statement, "."),
  ];
}

function tensorLine(one, name) {
  const numbers = [one.std !== undefined && `std ${short(one.std)}`, one.bound !== undefined && `at most ${short(one.bound)}`].filter(Boolean);
  return element("p", {}, `${name}: `, tensorLink(one), numbers.length ? `, ${numbers.join(", ")}` : "");
}

function tensorLink(one) {
  return one.href ? element("a", { href: place(one.href) }, schemeName(one)) : schemeName(one);
}

function inFormat(href) {
  return href.replace(/(\/weights\/[^?]+)/, "$1.npy");
}

function cited(keys, works) {
  const known = (keys ?? []).map((key) => works.get(key)).filter(Boolean);
  if (known.length === 0) return "";
  return element("span", { class: "quiet" }, "[", known.map((work, index) => [
    index ? ", " : "", element("a", { href: work.url, rel: "noreferrer", title: work.title ?? "" }, work.key),
  ]), "]");
}
