/** What is shown of a network as it learns: histograms of its layers, and where it draws the line. */

export const BINS = 31;

/** Pre-activations are shown from −5 to 5, weights from −1.5 to 1.5; the outermost bins have what is beyond. */
export const RANGES = { signal: 5, weights: 1.5 };

/** Gradients are shown by their sizes, from 1e-12 to 1e4; the first bin has zeros too. */
export const SIZES = [-12, 4];

/** Points along each side of the square on which the network's answer is shown, and where the square ends. */
export const GRID = 36;
export const SIDE = 1.8;

/** Return the histograms of each layer, and the standard deviation of what they are of. */
export function histograms(network) {
  return network.layers.map(({ numbers, gradients }, index) => ({
    signal: symmetric(network.kept[index].before, RANGES.signal),
    weights: symmetric(numbers[0], RANGES.weights),
    gradients: bySize(gradients[0]),
  }));
}

function symmetric(values, range) {
  const counts = new Float32Array(BINS);
  let squares = 0;
  for (const value of values) {
    squares += value * value;
    const bin = Math.floor(((value + range) / (2 * range)) * BINS);
    if (!Number.isNaN(bin)) counts[Math.min(BINS - 1, Math.max(0, bin))] += 1 / values.length;
  }
  return { counts, size: Math.sqrt(squares / values.length) };
}

function bySize(values) {
  const counts = new Float32Array(BINS);
  let squares = 0;
  const [low, high] = SIZES;
  for (const value of values) {
    squares += value * value;
    const bin = Math.floor(((Math.log10(Math.abs(value)) - low) / (high - low)) * BINS);
    if (!Number.isNaN(bin)) counts[Math.min(BINS - 1, Math.max(0, bin))] += 1 / values.length;
  }
  return { counts, size: Math.sqrt(squares / values.length) };
}

const GRID_POINTS = Float64Array.from({ length: 2 * GRID * GRID }, (_, index) => {
  const cell = index >> 1;
  const at = index % 2 ? Math.floor(cell / GRID) : cell % GRID;
  return SIDE * ((2 * (at + 0.5)) / GRID - 1);
});

/** Return the probability of the second class over the square, row by row from below. */
export function surface(network) {
  return Float32Array.from(network.forward(GRID_POINTS), (logit) => 1 / (1 + Math.exp(-logit)));
}
