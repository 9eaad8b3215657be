/** Training: a small network in this browser, from weights of this service, up to four schemes side by side. */

import { write } from "../address.js";
import { plane, layerHistogram } from "../charts/training_pictures.js";
import { lines } from "../charts/lines.js";
import { element, fill, short } from "../dom.js";
import { Form, latest, wrong } from "../form.js";
import { tensor } from "../tensor.js";
import { ACTIVATIONS, OPTIMIZERS } from "../training/network.js";
import { DATA } from "../training/data.js";

export const title = "Training";

const MOST_SCHEMES = 4;
const USUAL = {
  scheme1: "he_normal", scheme2: "zeros", scheme3: "normal?std=1", scheme4: "glorot_normal",
  data: "spirals", activation: "relu", hidden: "6", width: "20", rate: "0.1", optimizer: "sgd", seed: "42",
};
const SUGGESTED = [
  "he_normal", "he_uniform", "glorot_normal", "glorot_uniform", "lecun_normal", "orthogonal", "identity", "zeros", "ones",
  "normal?std=1", "normal?std=0.01", "orthogonal?gain=1.414", "pytorch_default?layer=Linear&tensor=weight",
];
const SHOWN = [["signal", "signal before the activation, −5 to 5"], ["weights", "weights, −1.5 to 1.5"], ["gradients", "sizes of the gradients, 1e-12 to 1e4"]];
const ITEMS = { hidden: [1, 12], width: [1, 64] };

/** Below this a loss has not moved from that of a network that knows nothing, ln 2. */
const UNMOVED = Math.log(2) - 0.005;
/** A loss above this is that of a network which is sure of what is wrong. */
const FAR_OFF = 3;
const SHOWN_LOSSES = [1e-4, 1e4];
const PATIENCE = 300;
/** The layout of a scheme whose matrices are stored as (inputs, outputs), as Keras has them. */
const INPUTS_FIRST = "in_out";
const LEARNT = 0.97;

/** Build the view, and return what shows a state of it. */
export function start(section) {
  const refresh = latest(begin);
  const form = new Form("A network", (values) => refresh({ ...usual(), ...values }));
  const schemes = Array.from({ length: MOST_SCHEMES }, (_, index) =>
    form.add({ name: `scheme${index + 1}`, label: `Scheme ${index + 1}`, suggestions: SUGGESTED, isRequired: index === 0,
      help: index ? "" : "With its parameters as in a URL: normal?std=1" }));
  const others = [
    form.add({ name: "data", label: "Data", kind: "choice", choices: Object.keys(DATA) }),
    form.add({ name: "activation", label: "Activation", kind: "choice", choices: Object.keys(ACTIVATIONS) }),
    form.add({ name: "hidden", label: "Hidden layers", isNumber: true }),
    form.add({ name: "width", label: "Units of each", isNumber: true }),
    form.add({ name: "optimizer", label: "Optimizer", kind: "choice", choices: OPTIMIZERS }),
    form.add({ name: "rate", label: "Learning rate", isNumber: true }),
    form.add({ name: "seed", label: "Seed of weights and data", isNumber: true }),
  ];
  const train = element("button", { type: "button", class: "main", disabled: true, onclick: () => send(isRunning ? "pause" : "run") }, "Train");
  const step = element("button", { type: "button", disabled: true, onclick: () => send("step") }, "One step");
  const again = element("button", { type: "button", onclick: () => refresh({ ...usual(), ...form.values }) }, "Start again");
  const picked = element("select", { id: "shown-of-layers", onchange: draw }, SHOWN.map(([value, text]) => element("option", { value }, text)));
  const status = element("p", { role: "status" });
  const networks = element("div", { class: "networks" });
  const losses = element("div");
  form.node.append(
    element("fieldset", {}, element("legend", {}, "Schemes"), schemes.map(({ node }) => node)),
    element("fieldset", {}, element("legend", {}, "Network and data"), others.map(({ node }) => node)),
  );
  section.append(
    element("p", { class: "lead" }, "The same network, the same data, the same seed; only the weights that it starts from differ. They come "
      + "from this server, and the training is done here in your browser."),
    element("div", { class: "columns" }, element("div", {}, form.node), element("div", {},
      form.problem, element("div", { class: "row" }, train, step, again), status, networks,
      element("div", { class: "row" }, element("label", { for: "shown-of-layers" }, "Histograms show"), picked), losses)),
  );

  let worker = null;
  let isRunning = false;
  let panels = [];
  let states = [];
  let points = null;

  function send(task, more = {}) {
    worker?.postMessage({ task, ...more });
  }

  async function begin(values, signal) {
    write("training", values);
    stop();
    try {
      const { sizes, seed } = numbers(values);
      const asked = schemes.map((field) => field.value).filter(Boolean);
      if (asked.length === 0) throw wrong("scheme1", "is required");
      const made = await Promise.all(schemes.filter((field) => field.value).map((field) => weights(field, sizes, seed, signal)));
      if (signal.aborted) return;
      form.complain(null);
      panels = asked.map((name, index) => panel(name, sizes.length - 1, index));
      fill(networks, panels.map(({ node }) => node));
      worker = new Worker(new URL("../training/worker.js", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }) => receive(data);
      worker.onerror = () => form.complain({ message: "The training did not start in this browser.", errors: [] });
      send("begin", { networks: made, sizes, activation: values.activation, rate: Number(values.rate), optimizer: values.optimizer, set: values.data, seed: Number(seed) });
    } catch (problem) {
      if (signal.aborted) return;
      form.complain(problem);
      fill(networks);
      fill(losses);
      status.textContent = "";
    }
  }

  function stop() {
    worker?.terminate();
    worker = null;
    isRunning = false;
    train.disabled = step.disabled = true;
    train.textContent = "Train";
  }

  function receive(message) {
    if (message.isNew) {
      points = message.points;
      for (const one of panels) one.losses = [];
    }
    states = message.states;
    isRunning = message.isRunning;
    states.forEach((state, index) => panels[index].losses.push(...state.losses));
    const isOver = states.every((state) => state.isOver);
    train.disabled = step.disabled = isOver;
    train.textContent = isRunning ? "Pause" : "Train";
    draw();
  }

  function draw() {
    if (states.length === 0) return;
    const verdicts = states.map((state, index) => panels[index].draw(state, points, picked.value));
    const series = panels.map(({ name, losses: all }) => ({ name, points: thinned(all.filter(([, loss]) => Number.isFinite(loss))) }));
    fill(losses, element("h3", {}, "Loss"), lines({ series, label: "Loss by step, one line a scheme", x: "step", y: "loss", isLogarithmic: true, limits: SHOWN_LOSSES }));
    const said = panels.map(({ name }, index) => `${name} ${verdicts[index]}`).join("; ");
    if (said !== status.textContent) status.textContent = said;
  }

  return {
    async show(parameters) {
      form.set(parameters.size ? parameters : new URLSearchParams(USUAL));
      for (const field of others) if (field.value === "") field.value = USUAL[field.name];
      await refresh({ ...usual(), ...form.values });
    },
    leave: () => send("pause"),
  };

  function usual() {
    return Object.fromEntries(others.map((field) => [field.name, field.value || USUAL[field.name]]));
  }
}

/** Return the sizes of the layers, and the seed. Throws what the form says beside the field. */
function numbers(values) {
  for (const [name, [least, most]] of Object.entries(ITEMS)) {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < least || value > most) throw wrong(name, `must be a whole number from ${least} to ${most}`);
  }
  if (!(Number(values.rate) > 0)) throw wrong("rate", "must be a number above 0");
  const sizes = [2, ...new Array(Number(values.hidden)).fill(Number(values.width)), 1];
  return { sizes, seed: values.seed };
}

/** Return the matrices of a scheme, one a layer, each with a stream of its own, as (outputs, inputs). */
async function weights(field, sizes, seed, signal) {
  const [name, parameters = ""] = field.value.split("?");
  const own = parameters ? `&${parameters}` : "";
  try {
    return await Promise.all(sizes.slice(1).map(async (outputs, index) => {
      const inputs = sizes[index];
      const path = (shape) => `/weights/${encodeURIComponent(name)}?shape=${shape}&seed=${encodeURIComponent(seed)}&name=layers.${index}.weight${own}`;
      const made = await tensor(path([outputs, inputs]), { signal });
      if (made.facts.layout !== INPUTS_FIRST) return made.elements;
      return transposed((await tensor(path([inputs, outputs]), { signal })).elements, inputs, outputs);
    }));
  } catch (problem) {
    if (signal.aborted) throw problem;
    const isOfSeed = problem.errors?.some((error) => error.field === "seed");
    throw problem.status === 401 || problem.status === 0 ? problem : wrong(isOfSeed ? "seed" : field.name, problem.message);
  }
}

/** Return the elements of a matrix with its axes exchanged. */
function transposed(elements, rows, columns) {
  return elements.map((_, place) => elements[(place % rows) * columns + Math.floor(place / rows)]);
}

function panel(name, layers, index) {
  const picture = plane(`Where the network of ${name} draws the line`);
  const verdict = element("span", { class: "badge" });
  const facts = element("p", { class: "quiet" });
  const rows = Array.from({ length: layers }, (_, layer) => {
    const chart = layerHistogram(`Histogram of layer ${layer + 1}`);
    const size = element("span", { class: "quiet" });
    return { chart, size, node: element("div", { class: "layer-row" }, element("span", {}, `${layer + 1}`), chart.node, size) };
  });
  const node = element("section", { class: "network", "aria-label": name },
    element("h3", {}, element("span", { class: `swatch swatch-${index + 1}`, "aria-hidden": "true" }), name), verdict, picture.canvas, facts,
    element("p", { class: "help" }, "Layers, from the first to the last, and the root of the mean square"), rows.map((row) => row.node));
  return {
    node, name, losses: [],
    draw(state, points, shown) {
      const { text, kind } = verdictOf(state);
      picture.draw(state.surface, points);
      verdict.textContent = text;
      verdict.className = `badge ${kind}`;
      facts.textContent = `step ${state.steps}, loss ${short(state.loss)}, right ${Math.round(100 * state.accuracy)} %`;
      state.layers.forEach((layer, place) => {
        rows[place].chart.draw(layer[shown]);
        rows[place].size.textContent = short(layer[shown].size);
      });
      return text;
    },
  };
}

/** Return in a few words how a network does. */
function verdictOf({ steps, loss, highest, accuracy, largestGradient }) {
  if (!Number.isFinite(loss)) return { text: `exploded at step ${steps}`, kind: "reject" };
  if (highest > FAR_OFF && steps > 0 && loss > UNMOVED) return { text: "exploded, and died", kind: "reject" };
  if (largestGradient === 0) return { text: "cannot learn: no gradient", kind: "reject" };
  if (steps === 0) return { text: loss > FAR_OFF ? "starts far off" : "not trained yet", kind: "" };
  if (accuracy >= LEARNT) return { text: "has learnt", kind: "good" };
  if (steps >= PATIENCE && loss > UNMOVED) return { text: "has not moved", kind: "poor" };
  return { text: "learns", kind: "" };
}

/** Return at most some hundred of the points, with the last. */
function thinned(all) {
  const every = Math.ceil(all.length / 250);
  return all.filter((_, index) => index % every === 0 || index === all.length - 1);
}
