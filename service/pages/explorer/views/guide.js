/** The first screen: its cards stand in the page, and get their pictures here. */

import { askJson } from "../api.js";
import { rows } from "../candidates.js";
import { dots } from "../charts/dots.js";
import { heatMap } from "../charts/heat_map.js";
import { histogram } from "../charts/histogram.js";
import { element } from "../dom.js";
import { tensor } from "../tensor.js";

/** Layers that a signal goes through, where the request says nothing. */
const USUAL_DEPTH = 20;

const MOST_ROWS = 4;

let isDrawn = false;

/** Draw the pictures of the cards, once. */
export function show() {
  if (isDrawn) return;
  isDrawn = true;
  for (const figure of document.querySelectorAll("#guide figure")) draw(figure);
}

/** Draw anew what is shown next. */
export function forget() {
  isDrawn = false;
}

async function draw(figure) {
  try {
    const path = figure.dataset.request;
    figure.replaceChildren(...(path.startsWith("/weights") ? await weights(path) : await advice(path)));
  } catch (problem) {
    figure.replaceChildren(element("p", { class: "quiet" }, `No picture: ${problem.message}`));
  }
}

async function weights(path) {
  const made = await tensor(path);
  const name = path.replace(/^.*\/|\?.*$/g, "");
  return [heatMap(made, `${name} as a heat map`), histogram(made, { label: `Histogram of ${name}`, isSmall: true })];
}

async function advice(path) {
  const answer = await askJson(`${path}${/[?&]depth=/.test(path) ? "" : `&depth=${USUAL_DEPTH}`}&evidence=full`);
  const drawn = rows(answer, "yours").slice(0, MOST_ROWS);
  if (drawn.length === 0) return weights(`${answer.recommendation.weights.href}&seed=42`);
  return [dots({ rows: drawn, label: `After ${answer.evidence.depth.layers} layers`, isSmall: true })];
}
