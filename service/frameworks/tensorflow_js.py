"""TensorFlow.js's initializers and defaults: dist/layers/{core,convolutional,convolutional_depthwise,
convolutional_recurrent,recurrent,embeddings,normalization,advanced_activations}.js, and fans as `computeFans` in
dist/initializers.js, which reads the last two axes.

Read in @tensorflow/tfjs-layers 4.22.0 and recorded from it in tests/frameworks/recorded/tensorflow_js_defaults.json.
"""

from __future__ import annotations

import math

from service.frameworks.arguments import CAMEL_CASE_MODE, computed, unless_zero
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import ALL_ZEROS, TensorContext, TensorDefault, of_matrix
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.initializer import Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

_CUT = 0.87962566103423978
"""The standard deviation of a standard normal cut at ±2."""
_SQRT_2 = math.sqrt(2.0)


def _cut_glorot(context: TensorContext) -> Initializer:
    """Its normals are cut at two sigmas, and the variance is not corrected."""
    context.require_matrix()
    return GlorotNormal(layout=context.layout, gain=_CUT, distribution="truncated_normal")


_GLOROT_NORMAL = TensorDefault("glorot_normal cut at 2 sigmas", _cut_glorot)
_NEAR_ZERO = LayerTensor(TensorDefault("U(±0.05)", lambda _: UniformInitializer(low=-0.05, high=0.05)), stored="io")
_NORM: Tensors = {"gamma": ONE_VECTOR, "beta": ZERO_VECTOR}


def _glorot(stored: str) -> LayerTensor:
    return LayerTensor(_GLOROT_NORMAL, "in_out", stored=stored)


def _glorot_uniform(stored: str) -> LayerTensor:
    return LayerTensor(of_matrix(GlorotUniform), "in_out", stored=stored)


def _recurrent(gates: str, stored: str | None = None) -> Tensors:
    return {
        "kernel": LayerTensor(_GLOROT_NORMAL, "in_out", gates, stored),
        "recurrent_kernel": LayerTensor(of_matrix(OrthogonalInitializer), "in_out", gates, stored),
        "bias": LayerTensor(ALL_ZEROS, gates=gates),
    }


_LAYERS = FrameworkLayers(
    title="TensorFlow.js",
    version="4.22.0",
    layers={
        "Dense": {"kernel": _glorot("s*io"), "bias": ZERO_VECTOR},
        "Conv": {"kernel": _glorot("k+io"), "bias": ZERO_VECTOR},
        # (*kernel, out, in), read as if it were (*kernel, in, out): all the same to Glorot's.
        "ConvTranspose": {"kernel": _glorot("k+oi"), "bias": ZERO_VECTOR},
        # (*kernel, in, multiplier): read with a fan-in of all channels together.
        "DepthwiseConv": {"depthwise_kernel": _glorot("k+so"), "bias": ZERO_VECTOR},
        "SeparableConv": {
            "depthwise_kernel": _glorot_uniform("k+so"), "pointwise_kernel": _glorot_uniform("k+io"),
            "bias": ZERO_VECTOR,
        },
        "Embedding": {"embeddings": _NEAR_ZERO},
        "LSTM": _recurrent("ifgo"),
        "ConvLSTM": _recurrent("ifgo", "k+io"),
        "GRU": _recurrent("zrn"),
        "SimpleRNN": _recurrent(""),
        "PReLU": {"alpha": ZERO_VECTOR},
        "LayerNormalization": _NORM,
        "BatchNormalization": {**_NORM, "moving_mean": ZERO_VECTOR, "moving_variance": ONE_VECTOR},
    },
    other_names={"LSTMCell": "LSTM", "ConvLSTM2DCell": "ConvLSTM", "GRUCell": "GRU", "SimpleRNNCell": "SimpleRNN"},
    types={
        "linear": "Dense", "conv": "Conv", "depthwise_conv": "DepthwiseConv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU",
        "layer_norm": "LayerNormalization", "batch_norm": "BatchNormalization", "prelu": "PReLU",
    },
    roles={
        "weight": ("kernel", "embeddings", "depthwise_kernel", "gamma", "alpha"),
        "bias": ("bias", "beta"),
        "recurrent_weight": ("recurrent_kernel",),
    },
)  # fmt: skip


class TensorFlowJsDefault(DefaultInitializer):
    """TensorFlow.js's defaults."""

    name = "tensorflow_js_default"

    layers = _LAYERS
    traps = (
        "Shapes are TensorFlow.js's: kernel axes, in, out.",
        "Most kernels are glorotNormal there, which Keras has as glorot_uniform; the normal is cut at two sigmas "
        "without a correction, so that its standard deviation is 0.88 of glorot_normal's.",
        "A DepthwiseConv's kernel, (kernel, in, multiplier), has the fan-in in · kernel there, not a unit's.",
        "An LSTM's bias is 0 unless the layer is given unitForgetBias: true, which Keras has by default.",
    )
    example = "shape=784,256&layer=Dense&tensor=kernel&seed=42"


_STDDEV = {"stddev": unless_zero("std", 0.05)}

TENSORFLOW_JS = Framework(
    name="tensorflow_js",
    title="TensorFlow.js",
    without_bias="useBias: false",
    modules=("tfjs.initializers", "tf.initializers", "tfjs_layers.initializers"),
    parameter_names={"maxval": ("high",), "minval": ("low",), "stddev": ("std",)},
    signatures={
        "constant": "* value",
        "randomUniform": "* minval maxval seed",
        "randomNormal": "* mean stddev seed",
        "truncatedNormal": "* mean stddev seed",
        "varianceScaling": "* scale mode distribution seed",
        "glorotUniform": "* seed",
        "glorotNormal": "* seed",
        "heUniform": "* seed",
        "heNormal": "* seed",
        "leCunUniform": "* seed",
        "leCunNormal": "* seed",
        "orthogonal": "* gain seed",
        "identity": "* gain",
    },
    source="tensorflow/tfjs tfjs-layers/src/initializers.ts at 12e993e2",
    layout="in_out",
    calls=(
        Call("initializers.zeros()", Zeros()),
        Call("initializers.ones()", Ones()),
        Call("initializers.constant({value: 0.3})", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call(
            "initializers.randomUniform({})",
            UniformInitializer(low=-0.05, high=0.05),
            "A minval or maxval of 0 means its default there.",
            arguments={"minval": unless_zero("low", -0.05), "maxval": unless_zero("high", 0.05)},
        ),
        Call("initializers.randomNormal({})", NormalInitializer(std=0.05), arguments=_STDDEV),
        Call("initializers.truncatedNormal({})", TruncatedNormalInitializer(std=0.05), arguments=_STDDEV),
        Call(
            "initializers.varianceScaling({})",
            VarianceScaling(scale=_CUT * _CUT, distribution="truncated_normal"),
            arguments={"mode": CAMEL_CASE_MODE, "scale": computed("scale", lambda scale: _CUT * _CUT * scale)},
            defaults={"distribution": "normal"},
        ),
        Call(
            "initializers.varianceScaling({distribution: 'uniform'})",
            VarianceScaling(distribution="uniform"),
            given={"distribution": "uniform"},
            arguments={"scale": computed("scale", lambda scale: scale)},
        ),
        Call("initializers.glorotUniform()", GlorotUniform()),
        Call("initializers.glorotNormal()", GlorotNormal(gain=_CUT, distribution="truncated_normal")),
        Call("initializers.heUniform()", HeUniform()),
        Call("initializers.heNormal()", HeNormal(gain=_SQRT_2 * _CUT, distribution="truncated_normal")),
        Call("initializers.leCunUniform()", LecunUniform()),
        Call("initializers.leCunNormal()", LecunNormal(gain=_CUT, distribution="truncated_normal")),
        Call("initializers.orthogonal({})", OrthogonalInitializer()),
        Call("initializers.identity({})", Identity()),
    ),
    aliases={TensorFlowJsDefault: ("tensorflow_js_defaults",)},
    layers=_LAYERS,
    default=TensorFlowJsDefault,
)
