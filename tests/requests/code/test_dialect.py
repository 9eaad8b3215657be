"""Whose code it is."""

from __future__ import annotations

import pytest

from service.requests.code.dialect import NO_DIALECT, Dialect

CALLS = {
    "nn.Linear(784, 256)": "pytorch",
    "torch.nn.Conv2d(3, 64, 7)": "pytorch",
    "nn.LazyLinear(10)": "pytorch",
    "torch::nn::Linear(784, 256)": "pytorch",
    "keras.layers.Dense(10)": "keras",
    "tf.keras.layers.Dense(10)": "keras",
    "layers.Conv2D(32, 3)": "keras",
    "Dense(10, activation='relu')": "keras",
    "BatchNormalization()": "keras",
    "tf.layers.dense({units: 10})": "tensorflow_js",
    "nn.Dense(256)": "flax",
    "nn.Conv(64, (3, 3))": "flax",
    "nnx.Linear(784, 256, rngs=rngs)": "flax",
    "nn.Dense(784, 256)": "mindspore",
    "nn.Dense(in_channels=784, out_channels=256)": "mindspore",
    "mindspore.nn.Dense(784, 256)": "mindspore",
    "hk.Linear(256)": "haiku",
    "eqx.nn.Linear(784, 256, key=key)": "equinox",
    "paddle.nn.Linear(784, 256)": "paddle",
    "mlx.nn.Linear(784, 256)": "mlx",
    "Linear(input_dims=784, output_dims=256)": "mlx",
    "candle_nn::linear(784, 256, vb)": "candle",
    "LinearConfig::new(784, 256)": "burn",
    "Dense(784 => 256, relu)": "flux",
    "Conv((3, 3), 3 => 16, relu)": "flux",
    "new DenseLayer.Builder().nIn(784).nOut(250).build()": "dl4j",
    "Conv1D(nf=2304, nx=768)": "transformers",
    # These say nothing of whose they are.
    "Linear(784, 256)": None,
    "Linear(in_features=784, out_features=256, bias=True)": None,
    "Dense(784, 256)": None,
    "Dense": None,
    "layers.0.fc1": None,
    "self.layers(3)": None,
    "model.layers.0.self_attn.q_proj.weight": None,
}


@pytest.mark.parametrize(("call", "framework"), CALLS.items())
def test_a_call_says_whose_layer_it_is(call, framework):
    assert NO_DIALECT.framework_of(call) == framework


CODE = {
    "from flax import linen as nn\nnn.LayerNorm()": ("nn.LayerNorm()", "flax"),
    "import paddle.nn as nn\nnn.Linear(784, 256)": ("nn.Linear(784, 256)", "paddle"),
    "import mlx.nn as nn\nnn.Linear(784, 256)": ("nn.Linear(784, 256)", "mlx"),
    "from mindspore import nn\nnn.Conv2d(3, 8, 3)": ("nn.Conv2d(3, 8, 3)", "mindspore"),
    "from keras.layers import (Input,\n    LSTM as Recurrent)": ("Recurrent(64)", "keras"),
    "import tensorflow.keras.layers as L": ("L.Embedding(100, 8)", "keras"),
    "import torch.nn as nn\nclass Net(nn.Module): pass": ("Linear(3, 4)", "pytorch"),
    "keras.Sequential([Embedding(100, 8), LSTM(64)])": ("LSTM(64)", "keras"),
    "hk.Sequential([Linear(10)])": ("Linear(10)", "haiku"),
    "class Net(nnx.Module): pass": ("Linear(3, 4)", "flax"),
    # Of two that have the layer it is the one that has all of them.
    "nn.Dense(256), nn.LayerNorm(), nn.Dense(10)": ("nn.LayerNorm()", "flax"),
    "nn.Linear(4, 4), nn.LayerNorm(4)": ("nn.LayerNorm(4)", "pytorch"),
    "nn.Dense(4, 4), nn.LayerNorm((4,))": ("nn.LayerNorm((4,))", "mindspore"),
    # Code of two frameworks is each its own, and what says none is of none.
    "nn.Linear(4, 4), keras.layers.Dense(4)": ("Linear(4, 4)", None),
    "keras.layers.Dense(4), nn.Linear(4, 4)": ("nn.Linear(4, 4)", "pytorch"),
    "# from flax import linen as nn\nnn.LayerNorm(3)": ("nn.LayerNorm(3)", "pytorch"),
}


@pytest.mark.parametrize(("code", "call", "framework"), [(code, *found) for code, found in CODE.items()])
def test_the_code_around_a_call_says_whose_it_is(code, call, framework):
    assert Dialect.of([code]).framework_of(call) == framework


@pytest.mark.parametrize("code", ["a." * 30_000, "A" * 60_000, "A(" * 30_000, "from x import (" * 4_000, " " * 60_000])
def test_code_of_no_framework_is_of_none(code):
    assert Dialect.of([code]).framework is None
