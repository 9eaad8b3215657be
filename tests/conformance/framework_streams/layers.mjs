// What torch's layers start with, in the order in which their constructors draw: section 7 of the specification.

const kaiming = (shape) => [shape, { slope: Math.sqrt(5) }];
const between = (shape, bound) => [shape, { bound }];

/** The tensors that a module draws, each by its name with its shape and its law. */
const MODULES = {
  Linear: ([ins, outs], { bias = true }) => withBias([outs, ins], outs, bias),
  Conv2d: ([ins, outs, kernel], { bias = true }) => withBias([outs, ins, kernel, kernel], outs, bias),
  ConvTranspose2d: ([ins, outs, kernel], { bias = true }) => withBias([ins, outs, kernel, kernel], outs, bias),
  BatchNorm2d: () => [],
  ReLU: () => [],
  Bilinear: ([first, second, outs]) => {
    const bound = 1 / Math.sqrt(first);
    return [['weight', ...between([outs, first, second], bound)], ['bias', ...between([outs], bound)]];
  },
  Embedding: ([rows, columns], { padding_idx: padding }) => [['weight', [rows, columns], { std: 1, padding }]],
  LSTM: (sizes, options) => recurrent(4, sizes, options),
  GRU: (sizes, options) => recurrent(3, sizes, options),
  MultiheadAttention: ([width]) => attention(width),
  TransformerEncoderLayer: ([width, , hidden]) => [
    ...inside('self_attn', attention(width)),
    ...inside('linear1', withBias([hidden, width], hidden, true)),
    ...inside('linear2', withBias([width, hidden], width, true)),
  ],
};

const inside = (name, tensors) => tensors.map(([own, ...rest]) => [own && `${name}.${own}`, ...rest]);

function withBias(shape, size, bias) {
  const fanIn = shape.slice(1).reduce((product, axis) => product * axis, 1);
  const weight = ['weight', ...kaiming(shape)];
  return bias ? [weight, ['bias', ...between([size], fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0)]] : [weight];
}

function recurrent(gates, [ins, hidden, layers = 1], { num_layers: told = layers, bidirectional = false }) {
  const tensors = [];
  const bound = 1 / Math.sqrt(hidden);
  for (let layer = 0; layer < told; layer++) {
    for (const end of bidirectional ? ['', '_reverse'] : ['']) {
      const width = layer ? hidden * (bidirectional ? 2 : 1) : ins;
      const shapes = {
        weight_ih: [gates * hidden, width], weight_hh: [gates * hidden, hidden],
        bias_ih: [gates * hidden], bias_hh: [gates * hidden],
      };
      for (const [name, shape] of Object.entries(shapes)) {
        tensors.push([`${name}_l${layer}${end}`, ...between(shape, bound)]);
      }
    }
  }
  return tensors;
}

/** A tensor without a name is drawn and thrown away. */
const attention = (width) => [
  ['out_proj.weight', ...kaiming([width, width])],
  [undefined, ...between([width], 1 / Math.sqrt(width))],
  ['in_proj_weight', [3 * width, width], { xavier: true }],
];

/** The arguments of nn.Name(1, 2, key=3): those by place, and those by name. */
function called(code) {
  const [, name, inside_] = /^nn\.(\w+)\((.*)\)$/.exec(code);
  const values = { True: true, False: false };
  const places = [];
  const named = {};
  for (const part of inside_.split(',').map((text) => text.trim()).filter(Boolean)) {
    const [key, value] = part.includes('=') ? part.split('=') : [undefined, part];
    const read = value in values ? values[value] : Number(value);
    if (key === undefined) places.push(read);
    else named[key] = read;
  }
  return [name, places, named];
}

function drawn(generator, shape, { slope, bound, std, padding, xavier }) {
  const count = shape.reduce((product, size) => product * size, 1);
  const field = shape.slice(2).reduce((product, size) => product * size, 1);
  if (std !== undefined) {
    const numbers = generator.normal(count, 'float32', 0, std);
    return padding === undefined ? numbers : numbers.fill(0, padding * shape[1], (padding + 1) * shape[1]);
  }
  let end = bound;
  if (slope !== undefined) end = Math.sqrt(3) * (Math.sqrt(2 / (1 + slope ** 2)) / Math.sqrt(shape[1] * field));
  if (xavier) end = Math.sqrt(3) * Math.sqrt(2 / (shape[1] * field + shape[0] * field));
  return generator.uniform(count, 'float32', -end, end);
}

/** What a network's modules draw, by the names of its state_dict. */
export function network(generator, modules) {
  const tensors = {};
  modules.forEach((code, number) => {
    const [name, places, named] = called(code);
    for (const [tensor, shape, law] of MODULES[name](places, named)) {
      const numbers = drawn(generator, shape, law);
      if (tensor !== undefined) tensors[`${number}.${tensor}`] = numbers;
    }
  });
  return tensors;
}
