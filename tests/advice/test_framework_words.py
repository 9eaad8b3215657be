"""What is said in a framework's own words: how a layer is made without a bias, and what its constructors make."""

from __future__ import annotations

import pytest

from service.frameworks.registry import DESCRIBED

WORDS = {
    "pytorch": ("nn.Linear(8, 8)", "bias=False"),
    "keras": ("Dense(8)", "use_bias=False"),
    "tensorflow": ("Dense(8)", "use_bias=False"),
    "flax": ("nn.Dense(8)", "use_bias=False"),
    "jax": ("nn.Dense(8)", "use_bias=False"),
    "haiku": ("hk.Linear(8)", "with_bias=False"),
    "equinox": ("eqx.nn.Linear(8, 8)", "use_bias=False"),
    "paddle": ("nn.Linear(8, 8)", "bias_attr=False"),
    "mindspore": ("nn.Dense(8, 8)", "has_bias=False"),
    "mlx": ("nn.Linear(8, 8)", "bias=False"),
    "tinygrad": ("nn.Linear(8, 8)", "bias=False"),
    "flux": ("Dense(8 => 8)", "bias=false"),
    "candle": ("linear(8, 8)", "linear_no_bias or conv2d_no_bias"),
    "tensorflow_js": ("tf.layers.dense({units: 8})", "useBias: false"),
}


@pytest.mark.parametrize(("framework", "call", "word"), [(name, *told) for name, told in WORDS.items()])
def test_a_bias_is_left_out_in_the_frameworks_word(client, framework, call, word):
    """Each from the constructor's signature in the framework's source."""
    asked = {"layer": call, "framework": framework, "normalization": "batch", "role": "hidden"}
    reply = client.post("/advise", json=asked)

    assert reply.status_code == 200, reply.json()
    assert f"The normalisation after the layer cancels any bias: leave it out, with {word}." in reply.json()["warnings"]


def test_every_framework_has_a_word():
    own = {name: framework.without_bias for name, framework in DESCRIBED.items()}

    assert (own["burn"], own["dl4j"]) == ("with_bias(false)", "hasBias(false)")
    assert {name: own[name] for name in WORDS} == {name: word for name, (_, word) in WORDS.items()}


@pytest.mark.parametrize(
    ("call", "framework", "has_bias"),
    [
        # mindspore/nn/layer/conv.py has has_bias=False, basic.py's Dense has_bias=True.
        ("nn.Conv2d(8, 8, 3)", "mindspore", False),
        ("nn.Conv2dTranspose(8, 8, 3)", "mindspore", False),
        ("nn.Dense(8, 8)", "mindspore", True),
        # Flux's src/layers/attention.jl has bias=false.
        ("MultiHeadAttention(64)", "flux", False),
        ("MultiHeadAttention(8, 64)", "keras", True),
        ("nn.Conv2d(8, 8, 3)", "pytorch", True),
        ("Conv2D(8, 3)", "keras", True),
    ],
)
def test_a_constructor_makes_a_bias_where_its_default_says_so(client, call, framework, has_bias):
    reply = client.post("/advise", json={"layer": call, "framework": framework, "normalization": "none"})

    assert reply.status_code == 200, reply.json()
    assert (reply.json()["recommendation"]["bias"] is not None) == has_bias


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        ("GCNConv", {"c.lin.weight", "c.bias"}),
        ("GATConv", {"c.lin.weight", "c.bias"}),
        ("SAGEConv", {"c.lin_l.weight", "c.lin_l.bias"}),
        ("GraphConv", {"c.lin_rel.weight", "c.lin_rel.bias"}),
        ("SGConv", {"c.lin.weight", "c.lin.bias"}),
    ],
)
def test_graph_convolutions_have_the_names_of_torch_geometric(client, layer, names):
    body = {"layers": [{"name": "c", "layer": layer, "shape": [8, 16], "role": "hidden"}]}
    manifest = client.post("/advise", json=body).json()["manifest"]

    assert {*manifest["tensors"]} == names


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"layer": "Linear", "shape": "0,784"}, "must have sizes of 1 and more"),
        ({"layer": "Linear", "shape": "784,-1"}, "must have sizes of 1 and more"),
        ({"layer": "logit_scale", "shape": ""}, "as a logit scale is, has the shape 1"),
        ({"layer": "LayerNorm", "shape": ""}, "must have an axis at least"),
        ({"layer": "Linear", "shape": "4294967296,2"}, "at most 2147483648"),
    ],
)
def test_a_shape_of_no_weights_is_told_so(client, asked, told):
    """A tensor may be empty, or a scalar; a layer's weight may not."""
    reply = client.get("/advise", params=asked)

    assert reply.status_code == 422
    assert told in reply.json()["errors"][0]["detail"]
    assert "scalar" not in reply.json()["detail"]


def test_a_fraction_of_an_input_is_one_input(client):
    reply = client.get("/advise", params={"layer": "lora", "fan_in": 0.5, "fan_out": 0.2})

    assert reply.json()["layer"]["shape"] == [8, 1]
    assert reply.json()["recommendation"]["tensors"]["up"]["href"].startswith("/weights/zeros?shape=1,8&")


@pytest.mark.parametrize("members", [{}, {"activation": "relu"}])
def test_only_the_first_kernel_of_a_separable_convolution_makes_up_for_the_rectifier(client, members):
    """sqrt(2 / 9) of a ReLU's outputs, and no second factor of 2 for what nothing nonlinear stands before."""
    separable = {"layer": "SeparableConv2D", "framework": "keras", **members}
    first = client.post("/advise", json={**separable, "shape": [3, 3, 32, 1]}).json()["recommendation"]
    second = client.post("/advise", json={**separable, "shape": [1, 1, 32, 32], "tensor": "pointwise_kernel"}).json()

    assert first["weights"]["std"] == pytest.approx((2.0 / 9.0) ** 0.5)
    assert second["recommendation"]["weights"]["std"] == pytest.approx((1.0 / 32.0) ** 0.5)
    assert "separable" in second["assumed"]["activation_from"]


def test_keras_draws_all_gates_as_one(client):
    """keras/src/layers/rnn/lstm.py: glorot_uniform of the kernel (inputs, 4 · units)."""
    asked = {"layer": "LSTM", "framework": "keras", "tensor": "input", "units": 32, "inputs": 32}
    answer = client.post("/advise", json={**asked, "current": "default"}).json()
    of_keras = next(each for each in answer["alternatives"] if "follow Keras" in each["when"])

    assert of_keras["weights"]["std"] == pytest.approx(answer["verdict"]["weights"]["std"])
    assert answer["recommendation"]["weights"]["std"] == pytest.approx((2.0 / 64.0) ** 0.5)
    assert "as in Keras" not in answer["recommendation"]["reason"]
