/** A small network of dense layers, with a logistic loss, and the gradients of all its numbers. */

/** Functions with their slopes, which are given the input and the output. */
export const ACTIVATIONS = {
  relu: [(x) => (x > 0 ? x : 0), (x) => (x > 0 ? 1 : 0)],
  tanh: [Math.tanh, (x, y) => 1 - y * y],
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (x, y) => y * (1 - y)],
  selu: [(x) => (x > 0 ? SELU_SCALE * x : SELU_SCALE * SELU_ALPHA * Math.expm1(x)), (x, y) => (x > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA)],
  linear: [(x) => x, () => 1],
};

/** Klambauer et al. 2017, equation 2: the numbers with which mean 0 and variance 1 are kept. */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** How weights follow their gradients: plainly, with momentum, or by Adam (Kingma & Ba 2015, algorithm 1). */
export const OPTIMIZERS = ["sgd", "momentum", "adam"];

const MOMENTUM = 0.9;
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** A network whose layers start at `weights`, matrices out × in, row by row; biases start at zero. */
export class Network {
  constructor(weights, sizes, activation) {
    [this.activate, this.slope] = ACTIVATIONS[activation];
    this.sizes = sizes;
    this.layers = weights.map((matrix, index) => {
      const outputs = sizes[index + 1];
      return {
        inputs: sizes[index],
        outputs,
        numbers: [Float64Array.from(matrix), new Float64Array(outputs)],
        gradients: [new Float64Array(matrix.length), new Float64Array(outputs)],
        first: [new Float64Array(matrix.length), new Float64Array(outputs)],
        second: [new Float64Array(matrix.length), new Float64Array(outputs)],
      };
    });
    this.steps = 0;
  }

  /** Return the logits of points, two numbers each; with `kept`, each layer's inputs and pre-activations stay there. */
  forward(points, kept = null) {
    const count = points.length / this.sizes[0];
    let inputs = points;
    this.layers.forEach((layer, index) => {
      const before = product(inputs, layer, count);
      const isLast = index === this.layers.length - 1;
      const after = isLast ? before : before.map(this.activate);
      kept?.push({ inputs, before, after });
      inputs = after;
    });
    return inputs;
  }

  /** Return the mean loss over points with labels 0 and 1, and the share that is told rightly; gradients are kept. */
  backward(points, labels) {
    const kept = [];
    const logits = this.forward(points, kept);
    const count = labels.length;
    let loss = 0;
    let right = 0;
    let slopes = new Float64Array(count);
    for (let row = 0; row < count; row += 1) {
      const [z, y] = [logits[row], labels[row]];
      loss += (Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)))) / count;
      right += z > 0 === y > 0.5 ? 1 : 0;
      slopes[row] = (1 / (1 + Math.exp(-z)) - y) / count;
    }
    for (let index = this.layers.length - 1; index >= 0; index -= 1) {
      slopes = this.#backThrough(index, kept[index].inputs, slopes, kept[index - 1], count);
    }
    this.kept = kept;
    return { loss, accuracy: right / count };
  }

  #backThrough(index, inputs, slopes, below, count) {
    const { inputs: width, outputs, numbers, gradients } = this.layers[index];
    const [matrix, [ofMatrix, ofBias]] = [numbers[0], gradients];
    ofMatrix.fill(0);
    ofBias.fill(0);
    const passed = new Float64Array(count * width);
    for (let row = 0; row < count; row += 1) {
      const from = row * width;
      for (let out = 0; out < outputs; out += 1) {
        const slope = slopes[row * outputs + out];
        // Of a unit of ReLU that is off there is nothing to pass.
        if (slope === 0) continue;
        const line = out * width;
        ofBias[out] += slope;
        for (let column = 0; column < width; column += 1) {
          ofMatrix[line + column] += slope * inputs[from + column];
          passed[from + column] += slope * matrix[line + column];
        }
      }
    }
    if (below) for (let place = 0; place < passed.length; place += 1) passed[place] *= this.slope(below.before[place], below.after[place]);
    return passed;
  }

  /** Return whether no step changes anything: all gradients are zero, and so were those before. */
  isStill() {
    const isZero = (numbers) => numbers.every((value) => value === 0);
    return this.layers.every(({ gradients, first }) => [...gradients, ...first].every(isZero));
  }

  /** Take a step against the gradients. */
  step(rate, optimizer) {
    this.steps += 1;
    for (const { numbers, gradients, first, second } of this.layers) {
      for (const part of [0, 1]) this.#follow(numbers[part], gradients[part], first[part], second[part], rate, optimizer);
    }
  }

  #follow(numbers, gradients, first, second, rate, optimizer) {
    const [ofFirst, ofSecond] = [1 - BETA_1 ** this.steps, 1 - BETA_2 ** this.steps];
    for (let place = 0; place < numbers.length; place += 1) {
      const gradient = gradients[place];
      if (optimizer === "sgd") numbers[place] -= rate * gradient;
      else if (optimizer === "momentum") {
        first[place] = MOMENTUM * first[place] + gradient;
        numbers[place] -= rate * first[place];
      } else {
        first[place] = BETA_1 * first[place] + (1 - BETA_1) * gradient;
        second[place] = BETA_2 * second[place] + (1 - BETA_2) * gradient * gradient;
        numbers[place] -= (rate * first[place]) / ofFirst / (Math.sqrt(second[place] / ofSecond) + EPSILON);
      }
    }
  }
}

function product(inputs, { inputs: width, outputs, numbers }, count) {
  const [matrix, bias] = numbers;
  const result = new Float64Array(count * outputs);
  for (let row = 0; row < count; row += 1) {
    const from = row * width;
    for (let out = 0; out < outputs; out += 1) {
      const line = out * width;
      let sum = bias[out];
      for (let column = 0; column < width; column += 1) sum += inputs[from + column] * matrix[line + column];
      result[row * outputs + out] = sum;
    }
  }
  return result;
}
