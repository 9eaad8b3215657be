/** Propagation: what becomes of signal and gradient in a deep stack, with several schemes side by side. */

import { query, write } from "../address.js";
import { askJson, curl, url } from "../api.js";
import { lines } from "../charts/lines.js";
import { command, element, facts, fill, short, table } from "../dom.js";
import { Form, latest } from "../form.js";
import { place } from "../links.js";

export const title = "Propagation through layers";

const USUAL = { activation: "relu", depth: "50", candidates: "he_normal\nglorot_normal\nnormal?std=1\npytorch default" };
const ACTIVATIONS = ["relu", "tanh", "gelu", "silu", "sigmoid", "selu", "elu", "leaky_relu", "linear"];

/** Build the view, and return what shows a state of it. */
export function start(section) {
  const answer = element("div", { class: "answer", "aria-busy": "false" });
  const status = element("p", { role: "status", class: "quiet" });
  const refresh = latest(update);
  const form = new Form("A stack of layers", refresh);
  const first = [
    form.add({ name: "candidates", label: "Schemes, one a line", kind: "lines", help: "Up to 8, as anyone calls them: he_normal, normal?std=0.01, kaiming_uniform_(w, a=0), pytorch default." }),
    form.add({ name: "activation", label: "Activation", suggestions: ACTIVATIONS }),
    form.add({ name: "depth", label: "Layers", isNumber: true, help: "20 if nothing is said; residual blocks, where there are skip connections." }),
    form.add({ name: "width", label: "Units of each layer", isNumber: true, help: "256 if nothing is said." }),
    form.add({ name: "normalization", label: "Normalisation", kind: "choice", choices: [["", "none"], "batch", "layer", "rms"] }),
    form.add({ name: "residual", label: "Skip connections", kind: "choice", choices: [["", "no"], ["true", "yes"]] }),
  ];
  const more = [
    form.add({ name: "layers_per_branch", label: "Layers of a residual branch", isNumber: true }),
    form.add({ name: "norm_position", label: "Normalisation of a block", kind: "choice", choices: [["", "not said"], "pre", "post"] }),
    form.add({ name: "seed", label: "First seed", isNumber: true }),
    form.add({ name: "seeds", label: "Draws of each scheme", isNumber: true, help: "3 if nothing is said, 32 at most." }),
    form.add({ name: "batch_size", label: "Inputs of each draw", isNumber: true }),
    form.add({ name: "bias", label: "A framework's default draws its biases too", kind: "choice", choices: [["", "no"], ["true", "yes"]] }),
  ];
  form.node.append(element("fieldset", {}, element("legend", {}, "The stack"), first.map(({ node }) => node),
    element("details", {}, element("summary", {}, "More of it"), more.map(({ node }) => node))));
  section.append(
    element("p", { class: "lead" }, "Signals go forwards and gradients back through a stack that is drawn with each scheme. What keeps both near 1 can learn."),
    element("div", { class: "columns" }, element("div", {}, form.node), element("div", {}, form.problem, status, answer)),
  );

  async function update(values, signal) {
    answer.setAttribute("aria-busy", "true");
    status.textContent = "The stacks are drawn …";
    write("propagation", values);
    try {
      const asked = { ...values, candidates: values.candidates?.split(/\n+/).map((line) => line.trim()).filter(Boolean).join(",") };
      const told = await askJson(`/propagation?${query(asked)}`, { signal });
      form.complain(null);
      fill(answer, shown(told, asked));
      status.textContent = best(told);
    } catch (problem) {
      if (signal.aborted) return;
      form.complain(problem);
      fill(answer);
      status.textContent = "";
    } finally {
      if (!signal.aborted) answer.setAttribute("aria-busy", "false");
    }
  }

  return {
    async show(parameters) {
      const all = new URLSearchParams(parameters.size ? parameters : USUAL);
      if (all.has("candidates") && !all.get("candidates").includes("\n")) all.set("candidates", listed(all.get("candidates")).join("\n"));
      form.set(all);
      await refresh(form.values);
    },
  };
}

/** Return the parts of a text between commas that stand in no brackets. */
function listed(text) {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function best({ ranking, candidates }) {
  const first = candidates.find(({ candidate }) => candidate === ranking[0]);
  return first.verdict.word === "stable" ? `${ranking[0]} keeps signal and gradient best` : `None keeps signal and gradient; ${ranking[0]} comes nearest`;
}

function shown(told, asked) {
  const ranked = [...told.candidates].sort((one, other) => one.rank - other.rank);
  const unit = told.unit === "block" ? "block" : "layer";
  return [
    chart(told, ranked, "signal", unit),
    chart(told, ranked, "gradient", unit),
    element("p", { class: "quiet" }, `Lines are the geometric mean of ${told.seeds.length} draws, in bands from the least to the greatest; thin dots are what theory predicts. `
      + "The signal is its mean square over that of the inputs, the gradient its mean square over that at the last layer."),
    element("h3", {}, "Verdicts"),
    table("The schemes, the best first", ["rank", "scheme", "verdict", "signal at the end", "predicted", "gradient at the start", "predicted", "std"], ranked.map((one) => [
      String(one.rank), element("a", { href: place(withShape(one, told)) }, one.candidate),
      element("span", {}, element("span", { class: `badge ${one.verdict.judgement}` }, one.verdict.word), " ", where(one.verdict, unit)),
      one.signal.measured.at(-1), one.signal.predicted?.at(-1) ?? "", one.gradient.measured[0], one.gradient.predicted?.[0] ?? "", one.std ?? "",
    ])),
    element("details", {}, element("summary", {}, "How far to trust theory"), facts(ranked.map((one) => [one.candidate, [one.validity.level, ...one.validity.reasons].join("; ")]))),
    element("h3", {}, "The same by a program"),
    command(curl(`-sG '${url("/propagation")}' ${Object.entries(asked).filter(([, value]) => value).map(([name, value]) => `--data-urlencode '${name}=${value.replaceAll("'", "'\\''")}'`).join(" ")} -d format=text`)),
  ];
}

function chart(told, ranked, which, unit) {
  const series = ranked.map((one) => ({
    name: one.candidate,
    points: pairs(told.layers, one[which].measured),
    band: told.layers.map((layer, index) => [layer, one[which].low[index], one[which].high[index]]),
    predicted: one[which].predicted && pairs(told.layers, one[which].predicted),
  }));
  const ends = ranked.map((one) => `${one.candidate} ${short(which === "signal" ? one.signal.measured.at(-1) : one.gradient.measured[0])}`);
  return [
    element("h3", {}, which === "signal" ? "The signal, forwards" : "The gradient, backwards"),
    lines({ series, label: `Mean square of the ${which} by ${unit}: ${ends.join("; ")}`, x: unit, y: `mean square of the ${which}`, isLogarithmic: true, width: Math.min(760, innerWidth - 40) }),
  ];
}

function pairs(layers, values) {
  return layers.map((layer, index) => [layer, values[index]]);
}

function where(verdict, unit) {
  const parts = ["signal", "gradient"].filter((which) => verdict[which].layer !== null).map((which) => `${which} at ${unit} ${verdict[which].layer}`);
  return parts.join(", ");
}

/** Return the path of the first tensor that a candidate drew. */
function withShape(candidate, told) {
  const [one] = candidate.tensors;
  return one.href.replace(/\{(layer|block)\}/g, one.numbers?.[0] ?? "").replace("{seed}", told.seeds[0]);
}
