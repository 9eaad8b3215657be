from __future__ import annotations

import contextlib
import math

import pytest

from service.frameworks.rules import TensorContext
from service.initializers.bias import LstmBias
from service.initializers.constant import Zeros
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotUniform, HeNormal, LecunNormal
from service.tensors.errors import InvalidParameter
from tests.frameworks.described import LAYERS_OF
from tests.initializers.making import initialize, make

# What a framework starts with, as a scheme of the catalogue.
SCHEMES = [
    ("pytorch", "nn.Linear", "fc.weight", TensorContext((400, 300)), UniformInitializer(fan_in=300)),
    ("pytorch", "Linear", "bias", TensorContext((400,), fan_in=300), UniformInitializer(fan_in=300)),
    ("pytorch", "LSTM", "weight_hh_l0", TensorContext((400, 100)), UniformInitializer(fan_in=100)),
    ("pytorch", "LSTM", "weight_hr", TensorContext((40, 100), fan_in=7, units=9), UniformInitializer(fan_in=100)),
    ("pytorch", "LayerNorm", "bias", TensorContext((400,), fan_in=300, units=5), Zeros()),
    ("keras", "Conv2D", "kernel", TensorContext((3, 3, 8, 64), groups=4), GlorotUniform(layout="in_out")),
    ("keras", "LSTM", "recurrent_kernel", TensorContext((64, 256)), OrthogonalInitializer(layout="in_out")),
    ("keras", "LSTM", "bias", TensorContext((256,)), LstmBias()),
    (
        "flax", "Conv", "kernel", TensorContext((3, 3, 8, 64)),
        LecunNormal(layout="in_out", distribution="truncated_normal"),
    ),
    # Each matrix of a stack, as vmap and layer_stack make them, is a layer's.
    ("haiku", "Linear", "w", TensorContext((8, 400, 300)), TruncatedNormalInitializer(std=0.05)),
    ("haiku", "ConvTranspose", "w", TensorContext((2, 2, 7, 100)), TruncatedNormalInitializer(std=0.05)),
    ("candle", "Linear", "weight", TensorContext((400, 300)), HeNormal()),
    ("mlx", "Embedding", "weight", TensorContext((300, 64)), NormalInitializer(std=0.125)),
]  # fmt: skip


@pytest.mark.parametrize(("framework", "layer", "tensor", "context", "scheme"), SCHEMES)
def test_a_default_is_a_scheme_with_its_parameters(framework, layer, tensor, context, scheme):
    layers = LAYERS_OF[framework]
    name = layers.layer(layer)

    assert layers.layers[name][layers.tensor(name, tensor)].initializer(context) == scheme


# (framework, shape, parameters, the parameter that is asked for)
ASKED = [
    ("pytorch", (8,), {"layer": "Linear", "tensor": "bias"}, "fan_in"),
    ("pytorch", (8,), {"layer": "Linear", "tensor": "weight"}, "shape"),
    ("pytorch", (8,), {"layer": "MultiheadAttention", "tensor": "in_proj_weight"}, "shape"),
    ("pytorch", (30, 8), {"layer": "LSTM", "tensor": "weight_ih"}, "units"),
    ("pytorch", (), {"layer": "GRU", "tensor": "bias_ih"}, "shape"),
    ("pytorch", (8,), {"layer": "Bilinear", "tensor": "weight"}, "shape"),
    ("keras", (4, 5, 6), {"layer": "EinsumDense", "tensor": "kernel"}, "equation"),
    ("keras", (4, 5, 6), {"layer": "EinsumDense", "tensor": "kernel", "equation": "ab,bc->ac"}, "equation"),
    ("keras", (4,), {"layer": "Dense", "tensor": "kernel"}, "shape"),
    ("keras", (4,), {"layer": "MultiHeadAttention", "tensor": "query/kernel"}, "shape"),
    ("keras", (4, 5), {"layer": "AdditiveAttention", "tensor": "scale"}, "shape"),
    ("keras", (30,), {"layer": "LSTM", "tensor": "bias"}, "shape"),
    ("flax", (4, 5, 6), {"layer": "DenseGeneral", "tensor": "kernel"}, "fan_in"),
    ("flax", (4,), {"layer": "LSTMCell", "tensor": "hi.kernel"}, "shape"),
    ("flax", (), {"layer": "Embed", "tensor": "embedding"}, "shape"),
    ("haiku", (8,), {"layer": "Linear", "tensor": "w"}, "shape"),
    ("haiku", (8,), {"layer": "Conv1D", "tensor": "w"}, "shape"),
    ("haiku", (8,), {"layer": "Conv1DTranspose", "tensor": "w"}, "shape"),
    ("burn", (8,), {"layer": "Lstm", "tensor": "input_transform.bias"}, "fan_in"),
    ("burn", (8, 4), {"layer": "CrossAttention", "tensor": "key.weight"}, "head_size"),
    ("candle", (8,), {"layer": "Conv2d", "tensor": "bias"}, "in_channels"),
    ("candle", (2, 2**52), {"layer": "ConvTranspose1d", "tensor": "weight", "groups": 1000}, "groups"),
    ("dl4j", (8, 32), {"layer": "LSTM", "tensor": "RW"}, "inputs"),
    ("dl4j", (8, 30), {"layer": "LSTM", "tensor": "W"}, "shape"),
    ("dl4j", (8, 30), {"layer": "ConvolutionLayer", "tensor": "W"}, "shape"),
    ("dl4j", (8, 3, 3, 3), {"layer": "ConvolutionLayer", "tensor": "W", "strides": 2**31}, "strides"),
    ("mlx", (8,), {"layer": "Linear", "tensor": "bias"}, "fan_in"),
    ("mlx", (10, 4), {"layer": "GRU", "tensor": "Wx"}, "units"),
]


@pytest.mark.parametrize(("framework", "shape", "parameters", "culprit"), ASKED)
def test_what_the_shape_does_not_say_is_asked_for(framework, shape, parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize(f"{framework}_default", shape, **parameters)

    assert caught.value.parameter == culprit


@pytest.mark.parametrize(
    ("framework", "parameters", "culprit"),
    [
        ("pytorch", {"layer": "LayerNorm", "tensor": "weight", "fan_in": 4}, "fan_in"),
        ("pytorch", {"layer": "Linear", "tensor": "weight", "units": 4}, "units"),
        ("keras", {"layer": "Dense", "tensor": "kernel", "equation": "ab,bc->ac"}, "equation"),
        ("burn", {"layer": "Linear", "tensor": "weight", "head_size": 4}, "head_size"),
        ("candle", {"layer": "Conv", "tensor": "weight", "groups": 4}, "groups"),
        ("candle", {"layer": "Conv", "tensor": "bias", "in_channels": 4, "fan_in": 36}, "fan_in"),
    ],
)
def test_what_the_default_does_not_depend_on_is_refused(framework, parameters, culprit):
    with pytest.raises(InvalidParameter, match="does not depend on it") as caught:
        initialize(f"{framework}_default", (8, 8), **parameters)

    assert caught.value.parameter == culprit


@pytest.mark.parametrize(
    "equation", ["", "abc", "ab,bc", "ab,bc->", "ab,bz->ac", "a b,->c", "ab,bc,cd->ad", "->", "é,é->é"]
)
def test_an_equation_names_every_axis_of_the_kernel(equation):
    with pytest.raises(ValueError, match="equation"):
        initialize("keras_default", (8, 8), layer="EinsumDense", tensor="kernel", equation=equation)


def test_given_numbers_override_those_of_the_shape():
    gate = initialize("pytorch_default", (100, 30), layer="LSTM", tensor="weight_ih", units=100)
    grouped = initialize("mlx_default", (64, 3, 3, 8), layer="Conv2d", tensor="weight", fan_in=288)

    assert gate.facts["high"] == 0.1
    assert grouped.facts["high"] == 1 / math.sqrt(288)


def test_the_reply_tells_whose_default_it_is_and_the_scheme():
    facts = initialize("keras_default", (3, 3, 8, 64), layer="Conv2D", tensor="kernel").facts

    assert {name: facts[name] for name in ("framework", "layer", "tensor", "scheme", "layout")} == {
        "framework": "Keras 3.15.1", "layer": "Conv", "tensor": "kernel", "scheme": "glorot_uniform",
        "layout": "in_out",
    }  # fmt: skip


SHAPES = [(), (0,), (8,), (0, 4), (4, 0), (0, 0, 0), (4, 4, 4), (2**53,), (1, 2**53), (2**53, 1), (1,) * 32]
RULES = [
    (framework, layer, tensor)
    for framework, layers in LAYERS_OF.items()
    for layer, tensors in layers.layers.items()
    for tensor in tensors
]


@pytest.mark.parametrize(("framework", "layer", "tensor"), RULES)
def test_any_shape_makes_a_tensor_or_says_why_not(framework, layer, tensor):
    takes = LAYERS_OF[framework].layers[layer][tensor].default.takes
    numbers = set(takes) - {"equation"}
    for shape in SHAPES:
        for given in ({}, dict.fromkeys(numbers, 1), dict.fromkeys(numbers, 2**31)):
            with contextlib.suppress(InvalidParameter):
                assert initialize(f"{framework}_default", shape, layer=layer, tensor=tensor, **given).largest < math.inf


def test_keras_lstm_forgets_nothing_at_first():
    assert list(make("keras_default", (8,), layer="LSTM", tensor="bias")) == [0, 0, 1, 1, 0, 0, 0, 0]
