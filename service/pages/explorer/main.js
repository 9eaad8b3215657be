/** The page: which view is shown, and the key. */

import { read } from "./address.js";
import { onKeyWanted, useKey } from "./api.js";
import { element } from "./dom.js";
import * as guide from "./views/guide.js";

/** What is loaded when it is first shown. */
const VIEWS = {
  tensor: () => import("./views/tensor.js"),
  propagation: () => import("./views/propagation.js"),
  models: () => import("./views/models.js"),
  training: () => import("./views/training.js"),
  advice: () => import("./views/advice.js"),
};

const place = document.getElementById("view");
const guideSection = document.getElementById("guide");
const shown = new Map();
let current = null;

async function show(isFirst) {
  const { view, parameters } = read();
  if (view === "main") return;
  const name = view in VIEWS ? view : "guide";
  for (const link of document.querySelectorAll("nav a")) {
    if (viewOf(link.hash) === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const hasMoved = current !== name;
  if (hasMoved) shown.get(current)?.leave?.();
  current = name;
  guideSection.hidden = name !== "guide";
  if (name !== "guide" && !shown.has(name)) {
    const section = element("section", { "aria-labelledby": `${name}-title` });
    place.append(section);
    shown.set(name, { section });
    const { title, start } = await VIEWS[name]();
    section.append(element("h2", { id: `${name}-title`, tabindex: "-1" }, title));
    shown.set(name, { section, ...start(section) });
  }
  for (const [other, { section }] of shown) section.hidden = other !== current;
  if (current !== name) return;
  if (name === "guide") guide.show();
  else shown.get(name).show?.(parameters);
  const heading = document.getElementById(`${name}-title`);
  document.title = name === "guide" ? "Fanin: which initializer, and why" : `${heading.textContent} – Fanin`;
  if (hasMoved && !isFirst) {
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

/** Return the view that what stands after the # of a URL names. */
function viewOf(hash) {
  return hash.slice(1).split("?")[0];
}

/** Let the link to a view that is left lead to what it showed. */
function keep(hash) {
  for (const link of document.querySelectorAll("nav a")) {
    if (viewOf(link.hash) === viewOf(hash)) link.setAttribute("href", hash);
  }
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});

const keyForm = document.getElementById("key");
onKeyWanted((problem) => {
  keyForm.hidden = false;
  const what = problem.status === 403 ? "This key is not for this." : "This server wants a key.";
  document.getElementById("key-help").textContent = `${what} Its operator gives you one; enter it here. It is not stored.`;
});
keyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(document.getElementById("key-field").value);
  document.getElementById("key-help").textContent = "";
  guide.forget();
  show(true);
});

addEventListener("hashchange", ({ oldURL }) => {
  keep(new URL(oldURL).hash);
  show(false);
});
show(true);
