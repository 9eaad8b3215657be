/** A tensor: all that a request may say, and what it makes. */

import { query, write } from "../address.js";
import { askJson, curl, url } from "../api.js";
import { heatMap, matrixShape } from "../charts/heat_map.js";
import { histogram } from "../charts/histogram.js";
import { command, element, facts, fill, short, table } from "../dom.js";
import { downloadButton } from "../download.js";
import { Form, latest, wrong } from "../form.js";
import { place } from "../links.js";
import { exactPath, heldBy, statistics, tensor } from "../tensor.js";

export const title = "A tensor";

const USUAL = { initializer: "he_normal", shape: "64,128", seed: "42" };
const DTYPES = [
  "float32", "float64", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128", "int64", "int32",
  "uint8", "bool",
];
const LAYOUTS = [
  ["out_in", "out_in: PyTorch (out, in, kernel)"], ["in_out", "in_out: Keras, JAX (kernel, in, out)"],
  ["out_kernel_in", "out_kernel_in: MLX"],
];
const FORMATS = ["npy", "safetensors", "raw", "json"];

let catalogue = null;

/** Build the view, and return what shows a state of it. */
export function start(section) {
  const answer = element("div", { class: "answer", "aria-busy": "false" });
  const status = element("p", { class: "visually-hidden", role: "status" });
  const about = element("div");
  const own = element("div");
  const refresh = latest(update);
  const form = new Form("A tensor", (values) => refresh({ ...values, initializer: form.fields.get("initializer").value }));
  const scheme = form.add({ name: "initializer", label: "Scheme", suggestions: [], help: "By any name that a framework has for it." });
  const general = [
    scheme,
    form.add({ name: "shape", label: "Shape", help: "The sizes of the axes: 256,784. Nothing is a scalar." }),
    form.add({ name: "seed", label: "Seed", isNumber: true, help: "0 to 2^64 − 1; without one, each request draws anew." }),
    form.add({ name: "dtype", label: "Number type", kind: "choice", choices: DTYPES, usual: "float32" }),
    form.add({ name: "layout", label: "Layout", kind: "choice", choices: LAYOUTS, usual: "out_in", help: "Which axis is what." }),
    form.add({ name: "stream", label: "Random stream", suggestions: ["1", "torch", "numpy", "numpy_legacy", "jax", "keras", "flax"], help: "1 is this service's own; others are those of frameworks, as these draw them." }),
    form.add({ name: "name", label: "Name", help: "A stream of its own within the seed." }),
  ];
  const format = form.add({ name: "format", label: "Download as", kind: "choice", choices: FORMATS, usual: "npy" });
  form.node.append(element("fieldset", {}, element("legend", {}, "Request"), general.map(({ node }) => node), format.node), own);
  section.append(
    element("div", { class: "columns" }, element("div", {}, form.node), element("div", {}, form.problem, status, answer, about)),
  );
  let ownNames = [];
  let describedName = null;

  /** Show a scheme's own parameters, and what is known of it. */
  function describe(entry, parameters) {
    if (describedName === (entry?.name ?? null)) return;
    describedName = entry?.name ?? null;
    form.remove(ownNames);
    own.replaceChildren();
    about.replaceChildren();
    ownNames = [];
    form.fields.get("layout").node.hidden = Boolean(entry) && !("layout" in (entry.parameters.properties ?? {}));
    if (!entry) return;
    const schema = entry.parameters;
    const names = Object.keys(schema.properties ?? {}).filter((name) => !form.fields.has(name));
    ownNames = names;
    const required = new Set(schema.required ?? []);
    const fields = names.map((name) => form.add(described(name, schema.properties[name], required.has(name))));
    for (const field of fields) field.value = parameters.get(field.name) ?? (field.kind === "choice" || field.kind === "check" ? field.usual : "");
    const usual = new Set(["groups", "gates", "fan_in", "fan_out", "in_axis", "out_axis", "batch_axis"]);
    const [axes, others] = [fields.filter(({ name }) => usual.has(name)), fields.filter(({ name }) => !usual.has(name))];
    if (others.length) {
      own.append(element("fieldset", {}, element("legend", {}, `Of ${entry.name}`), others.map(({ node }) => node)));
    }
    if (axes.length) {
      const open = axes.some((field) => field.isSaid);
      own.append(element("details", { open }, element("summary", {}, "Axes and fans"), axes.map(({ node }) => node)));
    }
    fill(about, aboutScheme(entry));
  }

  async function update(values, signal) {
    answer.setAttribute("aria-busy", "true");
    write("tensor", values);
    const { initializer, format: chosen = "npy", ...rest } = values;
    try {
      if (!initializer) throw wrong("initializer", "choose a scheme");
      const entry = await found(initializer);
      if (signal.aborted) return;
      describe(entry, new URLSearchParams(query(rest)));
      const given = entry ? withoutForeign(rest, entry, form) : rest;
      if (!("shape" in given)) given.shape = "";
      const asked = Object.entries(given).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      const made = await tensor(`/weights/${encodeURIComponent(initializer)}?${asked.join("&")}`, { signal });
      const held = made.facts.dtype === "float32" ? chosen : await heldBy(made, chosen, { signal });
      form.complain(null);
      fill(answer, shown(made, initializer, held, held === chosen ? "" : `${chosen} cannot hold ${made.facts.dtype}; this is ${held}.`));
      status.textContent = `${initializer} of shape ${made.facts.shape} is shown`;
    } catch (problem) {
      if (signal.aborted) return;
      if (problem.status === 404) problem.errors = [{ field: "initializer", place: "initializer", detail: problem.message }];
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
      const name = all.get("initializer") ?? USUAL.initializer;
      const entry = await found(name).catch(() => null);
      scheme.node.querySelector("datalist").replaceChildren(...(catalogue ?? []).map((one) => element("option", { value: one.name }, one.summary)));
      describe(entry, all);
      form.set(all);
      scheme.value = name;
      await refresh({ ...form.values, initializer: name });
    },
  };
}

/** Return a scheme of the catalogue by any of its names; null where it has none by that. Throws Problem. */
async function found(name) {
  catalogue ??= (await askJson("/initializers")).initializers;
  const own = catalogue.find((entry) => entry.name === name);
  if (own || !/^\w+$/.test(name)) return own ?? null;
  return askJson(`/initializers/${name}`);
}

/** Return the values without those of another scheme, which a change of the scheme leaves behind. */
function withoutForeign(values, entry, form) {
  const taken = new Set(["shape", "seed", "dtype", "name", "stream", ...Object.keys(entry.parameters.properties ?? {})]);
  const kept = Object.entries(values).filter(([name]) => taken.has(name) || !form.fields.has(name));
  return Object.fromEntries(kept);
}

/** Return a field's description from a parameter's JSON Schema. */
function described(name, schema, isRequired) {
  const variants = schema.anyOf ?? [schema];
  const choices = variants.find((variant) => variant.enum)?.enum;
  const usual = schema.default ?? "";
  const shared = { name, label: name, help: schema.description ?? "", usual, isRequired };
  if (schema.type === "boolean") return { ...shared, kind: "check" };
  if (choices && choices.length > 24) return { ...shared, suggestions: choices };
  if (choices) return { ...shared, kind: "choice", choices: usual === "" ? [["", isRequired ? "choose" : "not said"], ...choices] : choices };
  return { ...shared, isNumber: variants.some(({ type }) => type === "number" || type === "integer") };
}

function shown(made, initializer, format, note) {
  const { mean, std, lowest, highest, zeros } = statistics(made.elements);
  const path = exactPath(made, format);
  const fileName = `${initializer.replace(/[^\w.-]/g, "_")}-${made.facts.shape.replaceAll(",", "x") || "scalar"}.${format === "raw" ? "bin" : format}`;
  const part = made.isPart ? ` Shown is the part ${made.facts.slice ?? made.shape.join(" × ")} of the whole.` : "";
  const [rows, columns] = matrixShape(made.shape);
  if (made.elements.length === 0) return [element("p", {}, "A tensor without elements."), command(curl(`-OJ '${url(path)}'`))];
  return [
    element(
      "div",
      { class: "pictures" },
      element("figure", {}, heatMap(made, `Heat map, ${rows} rows and ${columns} columns`),
        element("figcaption", {}, `Blue is negative, orange positive; the first axis goes down.${part}`)),
      element("figure", {}, histogram(made, { label: "Histogram of the elements" }),
        element("figcaption", {}, "Bars are the elements shown, the line is the law that they are drawn from, where it has a density.")),
    ),
    element("h3", {}, "Exactly this, anywhere and for ever"),
    note && element("p", {}, note),
    command(curl(`-OJ '${url(path)}'`)),
    downloadButton("Download", path, fileName),
    element("h3", {}, "Numbers"),
    facts([
      ...Object.entries(made.facts).filter(([name]) => !["stream", "notes", "slice", "shape", "whole_shape"].includes(name)).map(([name, value]) => [name, readable(value)]),
      ["shape", made.wholeShape.join(",") || "a scalar"],
      ["mean, as drawn", short(mean)],
      ["std, as drawn", short(std)],
      ["lowest, highest", `${short(lowest)}, ${short(highest)}`],
      ["zeros", zeros ? `${short(zeros)} of ${short(made.elements.length)}` : "none"],
      ["note", made.facts.notes && decoded(made.facts.notes)],
    ]),
  ];
}

function readable(value) {
  return /^-?\d+\.\d{5,}(e-?\d+)?$/.test(value) ? short(Number(value)) : value;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function aboutScheme(entry) {
  const works = entry.references.map(({ authors, title: name, year, url: href }) =>
    element("li", {}, `${authors} (${year}), `, element("a", { href, rel: "noreferrer" }, name)),
  );
  return [
    element("h3", {}, `About ${entry.name}`),
    element("p", {}, entry.summary),
    facts([["formula", element("code", {}, entry.formula)], ["when", entry.when]]),
    entry.traps.length ? element("h4", {}, "Traps") : "",
    element("ul", {}, entry.traps.map((trap) => element("li", {}, trap))),
    works.length ? element("h4", {}, "Where it comes from") : "",
    element("ul", {}, works),
    entry.equivalents.length
      ? element("details", {}, element("summary", {}, `In frameworks (${entry.equivalents.length})`),
          table("The same in frameworks", ["framework", "call", "here"],
            entry.equivalents.map(({ framework, call, href }) => [
              framework, element("code", {}, call), element("a", { href: place(href) }, "show"),
            ])))
      : "",
  ];
}
