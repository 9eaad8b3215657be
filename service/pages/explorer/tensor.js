/** A tensor of this service: its elements, and the facts that its reply's headers tell. */

import { ask } from "./api.js";
import { decode } from "./decode.js";

/** Elements that a picture is made of, at most; of larger tensors the first rows are shown. */
const MAX_PICTURED = 2 ** 16;

const PREFIX = "fanin-";

/** Return the tensor of a path such as /weights/zeros?shape=4. Throws Problem. */
export async function tensor(path, options) {
  const { slice, shape } = pictured(path);
  const separator = path.includes("?") ? "&" : "?";
  const extra = slice ? `&slice=${slice}` : "";
  const reply = await ask(`${path}${separator}format=raw${extra}`, options);
  const facts = {};
  for (const [name, value] of reply.headers) {
    if (name.startsWith(PREFIX)) facts[name.slice(PREFIX.length).replaceAll("-", "_")] = value;
  }
  return {
    elements: decode(await reply.arrayBuffer(), facts.dtype),
    shape: sizes(facts.shape),
    wholeShape: slice ? shape : sizes(facts.shape),
    isPart: Boolean(slice),
    facts,
    location: reply.headers.get("content-location"),
  };
}

function sizes(text) {
  return text ? text.split(",").map(Number) : [];
}

/** Return the slice that is pictured of a path's tensor, null for all of it, and the whole's shape. */
function pictured(path) {
  const said = new URLSearchParams(path.split("?")[1] ?? "").get("shape") ?? "";
  const shape = (said.match(/\d+/g) ?? []).map(Number);
  let room = MAX_PICTURED;
  const parts = [];
  for (const size of [...shape].reverse()) {
    const taken = Math.max(1, Math.min(size, room));
    room = Math.floor(room / taken);
    parts.unshift(taken < size ? `0:${taken}` : ":");
  }
  return { slice: parts.some((part) => part !== ":") ? parts.join(",") : null, shape };
}

/** Return the canonical path of exactly this tensor in a format, with nothing cut off. */
export function exactPath(made, format) {
  const [path, query] = made.location.split("?");
  const kept = query.split("&").filter((part) => !/^(slice|format)=/.test(part));
  return `${path}.${format}?${kept.join("&")}`;
}

/** Formats by their media types. */
const FORMATS = {
  "application/x-npy": "npy",
  "application/vnd.safetensors": "safetensors",
  "application/octet-stream": "raw",
  "application/json": "json",
};

/** Return the format that is wanted, or, where it cannot hold the numbers, another that can. */
export async function heldBy(made, wanted, options) {
  const [first] = Object.entries(FORMATS).find(([, name]) => name === wanted) ?? [];
  const accept = `${first}, application/vnd.safetensors;q=0.5, application/octet-stream;q=0.1`;
  const [path, query] = exactPath(made, "").split(".?");
  const reply = await ask(`${path}?${query}`, { ...options, method: "HEAD", accept });
  return FORMATS[reply.headers.get("content-type")] ?? "raw";
}

/** Return what is to be said of the elements. */
export function statistics(elements) {
  let sum = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  let zeros = 0;
  for (const element of elements) {
    sum += element;
    lowest = Math.min(lowest, element);
    highest = Math.max(highest, element);
    zeros += element === 0 ? 1 : 0;
  }
  const mean = sum / elements.length;
  let squares = 0;
  for (const element of elements) squares += (element - mean) ** 2;
  return { mean, std: Math.sqrt(squares / elements.length), lowest, highest, zeros };
}
