"""Code with braces, and what frameworks of other languages print."""

from __future__ import annotations

import pytest

from service.requests.advice_request import parse_network
from service.requests.code.braced_code import as_python
from service.requests.members import Members

BURN = """use burn::nn;
impl ModelConfig {
    pub fn init<B: Backend>(&self, device: &B::Device) -> Model<B> {
        Model {
            conv1: Conv2dConfig::new([1, 8], [3, 3]).init(device),
            pool: AdaptiveAvgPool2dConfig::new([8, 8]).init(),
            activation: Relu::new(),
            linear1: LinearConfig::new(16 * 8 * 8, 512).init(device),
            linear2: LinearConfig::new(512, 10).with_bias(false).init(device),
        }
    }
}
"""
CANDLE = """impl Mlp {
    fn new(vs: VarBuilder) -> Result<Self> {
        let first = candle_nn::linear(784, 100, vs.pp("ln1"))?;
        let second = candle_nn::linear(100, 10, vs.pp("ln2"))?;
        Ok(Self { first, second })
    }
    fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let xs = self.first.forward(xs)?.relu()?;
        self.second.forward(&xs)
    }
}
"""
LIBTORCH = """struct Net : torch::nn::Module {
  Net() {
    fc1 = register_module("fc1", torch::nn::Linear(784, 64));
    fc2 = register_module("fc2", torch::nn::Linear(64, 10));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(fc1->forward(x.reshape({x.size(0), 784})));
    return fc2->forward(x);
  }
  torch::nn::Linear fc1{nullptr}, fc2{nullptr};
};
"""
DL4J = """MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
    .weightInit(WeightInit.XAVIER)
    .list()
    .layer(new DenseLayer.Builder().nIn(784).nOut(1000).activation(Activation.RELU).build())
    .layer(1, new OutputLayer.Builder(LossFunctions.LossFunction.NEGATIVELOGLIKELIHOOD)
        .nIn(1000).nOut(10).activation(Activation.SOFTMAX).build())
    .build();
"""
MINDSPORE = """Network<
  (flatten): Flatten<>
  (dense_relu): SequentialCell<
    (0): Dense<input_channels=784, output_channels=512, has_bias=True>
    (1): ReLU<>
    (2): Dense<input_channels=512, output_channels=10, has_bias=True>
    >
  >"""
BURN_PRINT = """Model {
  linear1: Linear {d_input: 784, d_output: 512, bias: true, params: 401920}
  linear2: Linear {d_input: 512, d_output: 10, bias: true, params: 5130}
  params: 407050
}"""


@pytest.mark.parametrize(
    ("code", "framework", "shapes"),
    [
        # burn's Linear is stored (in, out), candle's and PyTorch's (out, in), DL4J's W (in, out): their own sources.
        (BURN, "burn", {"conv1": (8, 1, 3, 3), "linear1": (1024, 512), "linear2": (512, 10)}),
        (BURN_PRINT, "burn", {"linear1": (784, 512), "linear2": (512, 10)}),
        (CANDLE, "candle", {"ln1": (100, 784), "ln2": (10, 100)}),
        (LIBTORCH, "pytorch", {"fc1": (64, 784), "fc2": (10, 64)}),
        (DL4J, "dl4j", {"0": (784, 1000), "1": (1000, 10)}),
        (MINDSPORE, "mindspore", {"dense_relu.0": (512, 784), "dense_relu.2": (10, 512)}),
    ],
    ids=["burn", "burn printed", "candle", "libtorch", "dl4j", "mindspore"],
)
def test_each_layer_has_its_name_and_shape(code, framework, shapes):
    network = parse_network(Members({"layers": code}, in_body=True), "", 100)

    assert network.warnings == ()
    assert {each.layer.links.name: each.layer.shape for each in network.layers} == shapes
    assert {each.layer.description.framework for each in network.layers} == {framework}


@pytest.mark.parametrize(
    "code",
    [
        "nn.Sequential(nn.Linear(784, 256), nn.ReLU())",
        "class N(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(4, 4)",
        "const model = tf.sequential();\nmodel.add(tf.layers.dense({units: 10, inputShape: [784]}));",
        "model = Chain(\n    Dense(784 => 256, relu),\n)",
        "cfg = {\n    'A': [64]\n}",
    ],
)
def test_other_code_stays(code):
    assert as_python(code) == code
