"""Haiku's initializers and defaults: haiku/_src/{basic,bias,conv,depthwise_conv,embed,recurrent,attention,layer_norm,
rms_norm,group_norm,batch_norm}.py. Most weights are a normal cut at two sigmas, whose variance is not corrected.

Read in dm-haiku 0.0.17 (PyPI) and recorded from it in tests/frameworks/recorded/haiku_defaults.json.
"""

from __future__ import annotations

import math

from service.frameworks.arguments import without_effect
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors, of_parts
from service.frameworks.rules import ALL_ZEROS, TensorContext, TensorDefault, of_matrix
from service.initializers.constant import ConstantInitializer
from service.initializers.identity import Identity
from service.initializers.initializer import Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import LecunNormal, LecunUniform, VarianceScaling


def _cut(inputs: int) -> Initializer:
    """Return the draws of a layer of so many inputs to a unit; those of a weight without elements are of 1."""
    return TruncatedNormalInitializer(std=1.0 / math.sqrt(inputs or 1))


def _cut_of_linear(context: TensorContext) -> Initializer:
    """Any axes before the last two are a stack of layers, as vmap and layer_stack make them."""
    context.require_matrix()
    return _cut(context.size(-2))


def _cut_of_convolution(context: TensorContext) -> Initializer:
    context.require_matrix()
    return _cut(math.prod(context.shape[:-1]))


def _cut_of_transposed(context: TensorContext) -> Initializer:
    context.require_matrix()
    return _cut(context.size(-1) * math.prod(context.shape[:-2]))


_CUT = "N(0, 1/fan_in) cut at 2 sigmas"
_CUT_STANDARD_NORMAL = TensorDefault("N(0, 1) cut at 2 sigmas", lambda _: TruncatedNormalInitializer())
_LECUN = of_matrix(LecunNormal, "lecun_normal, truncated", distribution="truncated_normal")


def _linear(stored: str = "io", gates: str = "") -> Tensors:
    return {
        "w": LayerTensor(TensorDefault(_CUT, _cut_of_linear), "in_out", gates, stored),
        "b": LayerTensor(ALL_ZEROS, gates=gates),
    }


def _convolution(gates: str = "") -> Tensors:
    return {
        "w": LayerTensor(TensorDefault(_CUT, _cut_of_convolution), "in_out", gates, "k+io"),
        "b": LayerTensor(ALL_ZEROS, gates=gates),
    }


_NORM: Tensors = {"scale": ONE_VECTOR, "offset": ZERO_VECTOR}

_LAYERS = FrameworkLayers(
    title="Haiku",
    version="0.0.17",
    layers={
        "Linear": _linear("s*io"),
        "Bias": {"b": ZERO_VECTOR},
        "Conv": _convolution(),
        # (*kernel, 1, channels · multiplier), and read so.
        "DepthwiseConv": _convolution(),
        # (*kernel, out, in), and read so.
        "ConvTranspose": {
            "w": LayerTensor(TensorDefault(_CUT, _cut_of_transposed), "in_out", stored="k+oi"), "b": ZERO_VECTOR,
        },
        "Embed": {"embeddings": LayerTensor(_CUT_STANDARD_NORMAL, stored="io")},
        "VanillaRNN": of_parts(("linear", "linear_1"), _linear()),
        # One matrix for the inputs and the state together; the call adds 1 to the forget gate.
        "LSTM": of_parts(("linear",), _linear(gates="igfo")),
        "ConvLSTM": of_parts(("input_to_hidden", "hidden_to_hidden"), _convolution("igfo")),
        "GRU": {
            **dict.fromkeys(("w_i", "w_h"), LayerTensor(_LECUN, "in_out", "zra")),
            "b": LayerTensor(ALL_ZEROS, gates="zra"),
        },
        # Its weights start as the w_init says that it must be given.
        "MultiHeadAttention": of_parts(("query", "key", "value", "linear"), {"b": ZERO_VECTOR}),
        "LayerNorm": _NORM,
        "RMSNorm": {"scale": ONE_VECTOR},
        "GroupNorm": _NORM,
        "InstanceNorm": _NORM,
        "BatchNorm": _NORM,
    },
    other_names={
        "MLP": "Linear",
        "ConvND": "Conv",
        "ConvNDTranspose": "ConvTranspose",
        "DepthwiseConvND": "DepthwiseConv",
        "SeparableDepthwiseConv": "DepthwiseConv",
        "ConvNDLSTM": "ConvLSTM",
    },
    types={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "DepthwiseConv", "conv_transpose": "ConvTranspose",
        "embedding": "Embed", "rnn": "VanillaRNN", "lstm": "LSTM", "gru": "GRU", "layer_norm": "LayerNorm",
        "rms_norm": "RMSNorm", "group_norm": "GroupNorm", "instance_norm": "InstanceNorm", "batch_norm": "BatchNorm",
    },
    roles={
        "weight": ("w", "w_i", "linear.w", "input_to_hidden.w", "embeddings", "scale"),
        "bias": ("b", "linear.b", "input_to_hidden.b", "query.b", "offset"),
        "recurrent_weight": ("w_h", "linear_1.w", "hidden_to_hidden.w"),
        "recurrent_bias": ("linear_1.b", "hidden_to_hidden.b"),
        "output_bias": ("linear.b",),
    },
)  # fmt: skip


class HaikuDefault(DefaultInitializer):
    """Haiku's defaults."""

    name = "haiku_default"

    layers = _LAYERS
    traps = (
        "Shapes are Haiku's: kernel axes, in, out; a transposed convolution's are kernel axes, out, in.",
        "The normal of most weights is cut at two sigmas without a correction, so that its standard deviation is 0.88 "
        "of 1/sqrt(fan_in); a GRU's is corrected.",
        "An LSTM has one matrix for its inputs and its state together, (in + units, 4 · units), and a fan-in of both.",
        "An LSTM's forget bias is 0 here, for the layer adds 1 in its call.",
        "MultiHeadAttention's weights have no default there: w_init must be given.",
    )
    example = "shape=784,256&layer=Linear&tensor=w&seed=42"


HAIKU = Framework(
    name="haiku",
    title="Haiku",
    without_bias="with_bias=False",
    modules=("haiku.initializers", "hk.initializers"),
    parameter_names={
        "constant": ("value",),
        "lower": ("low",),
        "maxval": ("high",),
        "minval": ("low",),
        "scale": ("gain",),
        "stddev": ("std",),
        "upper": ("high",),
    },
    signatures={
        "Constant": "constant",
        "RandomUniform": "minval maxval",
        "RandomNormal": "stddev mean",
        "TruncatedNormal": "stddev mean lower upper",
        "VarianceScaling": "scale mode distribution",
        "UniformScaling": "scale",
        "Orthogonal": "scale axis",
        "Identity": "gain",
    },
    source="google-deepmind/dm-haiku haiku/_src/initializers.py at f4d858a",
    layout="in_out",
    calls=(
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"constant": 0.3}),
        Call("RandomUniform()", UniformInitializer(low=0.0, high=1.0)),
        Call("RandomNormal()", NormalInitializer()),
        Call("TruncatedNormal()", TruncatedNormalInitializer()),
        Call("VarianceScaling()", VarianceScaling(distribution="truncated_normal")),
        Call("UniformScaling()", LecunUniform()),
        Call("Orthogonal()", OrthogonalInitializer(), arguments={"axis": without_effect(-1)}),
        Call("Identity()", Identity()),
    ),
    aliases={HaikuDefault: ("haiku_defaults",)},
    layers=_LAYERS,
    default=HaikuDefault,
)
