/** Trains networks side by side, a step of each in turn, and tells how they are a few times a second. */

import { points } from "./data.js";
import { Network } from "./network.js";
import { GRID, histograms, surface } from "./snapshot.js";

/** Milliseconds between two messages. */
const PAUSE = 120;

/** Milliseconds that are worked before messages are looked at. */
const TURN = 25;

/** Steps after which training ends by itself. */
const MOST_STEPS = 2000;

/** What a network draws that has come to no numbers. */
const NOTHING = new Float32Array(GRID * GRID).fill(NaN);

let runs = [];
let data = null;
let settings = null;
let isRunning = false;
let told = 0;

const TASKS = {
  begin({ networks, sizes, activation, rate, optimizer, set, seed }) {
    settings = { rate, optimizer };
    data = points(set, seed);
    runs = networks.map((weights) => ({ network: new Network(weights, sizes, activation), losses: [], highest: 0 }));
    isRunning = false;
    for (const run of runs) measure(run);
    tell(true);
  },
  run() {
    if (!isRunning) {
      isRunning = true;
      turn();
    }
  },
  pause() {
    isRunning = false;
    tell();
  },
  step() {
    isRunning = false;
    for (const run of runs) advance(run);
    tell();
  },
};

onmessage = ({ data: message }) => TASKS[message.task](message);

function turn() {
  if (!isRunning) return;
  const until = performance.now() + TURN;
  while (performance.now() < until && runs.some(goesOn)) for (const run of runs) if (goesOn(run)) advance(run);
  if (!runs.some(goesOn)) isRunning = false;
  if (performance.now() - told > PAUSE || !isRunning) tell();
  if (isRunning) setTimeout(turn, 0);
}

function goesOn({ network, loss }) {
  return network.steps < MOST_STEPS && Number.isFinite(loss);
}

function measure(run) {
  const { loss, accuracy } = run.network.backward(data.places, data.labels);
  Object.assign(run, { loss, accuracy, highest: Math.max(run.highest, loss) });
  run.losses.push([run.network.steps, loss]);
}

function advance(run) {
  if (!Number.isFinite(run.loss)) return;
  const isStill = run.network.isStill();
  run.network.step(settings.rate, settings.optimizer);
  // What does not change need not be measured again.
  if (isStill) run.losses.push([run.network.steps, run.loss]);
  else measure(run);
}

function tell(isNew = false) {
  told = performance.now();
  const states = runs.map((run) => {
    const { network, loss, accuracy, highest } = run;
    const losses = run.losses.splice(0);
    const hidden = network.layers.slice(0, -1);
    const largest = Math.max(0, ...hidden.map(({ gradients }) => gradients[0].reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    return {
      steps: network.steps, loss, accuracy, highest, losses, largestGradient: largest,
      layers: histograms(network), surface: Number.isFinite(loss) ? surface(network) : NOTHING, isOver: !goesOn(run),
    };
  });
  postMessage({ states, isNew, isRunning, points: isNew ? data : null });
}
