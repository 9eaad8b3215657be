// Record what TensorFlow.js's layers start with: tests/frameworks/recorded/tensorflow_js_defaults.json.
//
// Run where @tensorflow/tfjs is installed: `node FILE > OUTPUT`.

import tf from '@tensorflow/tfjs'

const { layers, version } = tf

// The class, its layer, and the shape of its input.
const LAYERS = [
  ['Dense', layers.dense({ units: 400 }), [null, 300]],
  ['Conv1D', layers.conv1d({ filters: 400, kernelSize: 5 }), [null, 20, 50]],
  ['Conv2D', layers.conv2d({ filters: 64, kernelSize: 3 }), [null, 20, 20, 32]],
  ['Conv3D', layers.conv3d({ filters: 64, kernelSize: 3 }), [null, 20, 20, 20, 8]],
  ['Conv2DTranspose', layers.conv2dTranspose({ filters: 32, kernelSize: 3 }), [null, 20, 20, 64]],
  ['Conv3DTranspose', layers.conv3dTranspose({ filters: 32, kernelSize: 3 }), [null, 9, 9, 9, 16]],
  ['DepthwiseConv2D', layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), [null, 20, 20, 200]],
  ['SeparableConv2D', layers.separableConv2d({ filters: 100, kernelSize: 3 }), [null, 20, 20, 200]],
  ['Embedding', layers.embedding({ inputDim: 300, outputDim: 100 }), [null, 10]],
  ['LSTMCell', layers.lstmCell({ units: 48 }), [null, 50]],
  ['GRUCell', layers.gruCell({ units: 48 }), [null, 50]],
  ['SimpleRNNCell', layers.simpleRNNCell({ units: 48 }), [null, 50]],
  ['LSTM', layers.lstm({ units: 48 }), [null, 10, 50]],
  ['GRU', layers.gru({ units: 48 }), [null, 10, 50]],
  ['SimpleRNN', layers.simpleRNN({ units: 48 }), [null, 10, 50]],
  ['ConvLSTM2D', layers.convLstm2d({ filters: 24, kernelSize: 3 }), [null, 4, 12, 12, 8]],
  ['PReLU', layers.prelu(), [null, 100]],
  ['LayerNormalization', layers.layerNormalization(), [null, 100]],
  ['BatchNormalization', layers.batchNormalization(), [null, 100]],
]

function statistics(layer, weight) {
  const values = Float64Array.from(weight.val.dataSync())
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const tensor = weight.originalName.split('/').pop()
  return { layer, tensor, shape: weight.shape, parameters: {}, mean, std: Math.sqrt(variance), largest }
}

console.warn = () => {}
const records = LAYERS.flatMap(([name, layer, shape]) => {
  layer.build(shape)
  return layer.weights.map((weight) => statistics(name, weight))
})
const head = { tfjs_layers: version['tfjs-layers'], written_by: 'scripts/record_tensorflow_js_defaults.mjs' }
const lines = records.map((record) => JSON.stringify(record)).join(',\n')
process.stdout.write(`${JSON.stringify(head).slice(0, -1)}, "records": [\n${lines}\n]}\n`)
