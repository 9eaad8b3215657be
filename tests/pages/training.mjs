/** What the explorer's network does, for test_training.py to judge. */

import { points } from "../../service/pages/explorer/training/data.js";
import { ACTIVATIONS, Network } from "../../service/pages/explorer/training/network.js";
import { BINS, histograms, surface } from "../../service/pages/explorer/training/snapshot.js";

const SIZES = [2, 5, 4, 1];

/** Weights of no scheme: what matters is that they differ. */
function some(scale) {
  return SIZES.slice(1).map((outputs, index) => Float64Array.from({ length: outputs * SIZES[index] }, (_, place) => scale * Math.sin(7 * place + index + 1)));
}

function gradients(activation) {
  const { places, labels } = points("moons", 3);
  const loss = (weights) => new Network(weights, SIZES, activation).backward(places, labels).loss;
  const network = new Network(some(0.8), SIZES, activation);
  network.backward(places, labels);
  return network.layers.map(({ gradients: [matrix] }, layer) =>
    Array.from(matrix, (told, place) => {
      const moved = (by) => {
        const weights = some(0.8);
        weights[layer][place] += by;
        return loss(weights);
      };
      return [told, (moved(1e-5) - moved(-1e-5)) / 2e-5];
    }),
  );
}

function steps(optimizer) {
  const network = new Network(some(0.8), SIZES, "tanh");
  const { places, labels } = points("moons", 3);
  const [numbers, before, told] = [[], [], []];
  for (let step = 0; step < 3; step += 1) {
    network.backward(places, labels);
    before.push(network.layers[0].numbers[0][3]);
    told.push(network.layers[0].gradients[0][3]);
    network.step(0.1, optimizer);
    numbers.push(network.layers[0].numbers[0][3]);
  }
  return { start: before[0], gradients: told, numbers };
}

function zeros() {
  const network = new Network(some(0), SIZES, "relu");
  const { places, labels } = points("spirals", 3);
  const { loss } = network.backward(places, labels);
  return { loss, isStill: network.isStill() };
}

const network = new Network(some(0.8), SIZES, "relu");
const { places, labels } = points("circles", 5);
network.backward(places, labels);
const again = points("circles", 5);
console.log(JSON.stringify({
  gradients: Object.fromEntries(Object.keys(ACTIVATIONS).map((name) => [name, gradients(name)])),
  steps: Object.fromEntries(["sgd", "momentum", "adam"].map((name) => [name, steps(name)])),
  zeros: zeros(),
  histograms: histograms(network).flatMap((layer) => Object.values(layer).map(({ counts }) => [counts.length === BINS, counts.reduce((sum, count) => sum + count, 0)])),
  surface: [Math.min(...surface(network)), Math.max(...surface(network))],
  points: { isSame: again.places.every((place, index) => place === places[index]), labels: Array.from(labels), largest: Math.max(...places.map(Math.abs)) },
}));
