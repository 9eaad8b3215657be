"""Paddle's initializers and defaults: python/paddle/nn/layer/{common,conv,rnn,norm,transformer,activation}.py; where
they name no initializer, a weight has XavierUniform and a bias zeros (base/layer_helper.py).

Read in paddlepaddle 3.3.1 (PyPI) and recorded from it in tests/frameworks/recorded/paddle_defaults.json.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.frameworks.arguments import PYTORCH_NONLINEARITY
from service.frameworks.default_initializer import DefaultInitializer, StateUnits
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import (
    ONE_VECTOR,
    ZERO_VECTOR,
    FrameworkLayers,
    LayerTensor,
    Tensors,
    of_parts,
    recurrent_of_units,
)
from service.frameworks.rules import TensorContext, TensorDefault, constant, of_matrix
from service.initializers.constant import ConstantInitializer
from service.initializers.identity import Dirac
from service.initializers.initializer import Fan, Initialization, Initializer, PositiveInteger, Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.padding import PaddingIdx, padded
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.resampling import Bilinear
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform
from service.tensors.layout import Layout


def _weight_of_convolution(context: TensorContext) -> Initializer:
    """The fan-in there is that of all groups together."""
    # Of a weight without elements the shape says it.
    return HeNormal(fan_in=context.fan_in_of_groups() or None)


def _xavier(layout: Layout, stored: str | None = None) -> LayerTensor:
    return LayerTensor(of_matrix(GlorotUniform), layout, stored=stored)


_XAVIER_OF_EMBEDDING = TensorDefault(
    "glorot_uniform, row padding_idx 0", of_matrix(GlorotUniform).scheme, ("padding_idx",)
)
_LINEAR: Tensors = {"weight": _xavier("in_out", "s*io"), "bias": ZERO_VECTOR}
_CONVOLUTION = LayerTensor(
    TensorDefault("N(0, 2/(in_channels · kernel))", _weight_of_convolution, ("fan_in", "groups")),
    "out_in",
    stored="oik+",
)
_NORM: Tensors = {"weight": ONE_VECTOR, "bias": ZERO_VECTOR}
_PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")


_LAYERS = FrameworkLayers(
    title="Paddle",
    version="3.3.1",
    layers={
        "Linear": _LINEAR,
        # (out, in1, in2), read as a convolution's of one axis.
        "Bilinear": {"weight": _xavier("out_in", "oii"), "bias": ZERO_VECTOR},
        "Conv": {"weight": _CONVOLUTION, "bias": ZERO_VECTOR},
        # (in, out / groups, *kernel), read as if it were (out, in, *kernel): all the same to Glorot's.
        "ConvTranspose": {"weight": _xavier("out_in", "iok+"), "bias": ZERO_VECTOR},
        "Embedding": {"weight": LayerTensor(_XAVIER_OF_EMBEDDING, "in_out")},
        "LSTM": recurrent_of_units("ifgo"),
        "GRU": recurrent_of_units("rzn"),
        "SimpleRNN": recurrent_of_units(""),
        "MultiHeadAttention": of_parts(_PROJECTIONS, _LINEAR),
        "TransformerEncoderLayer": {
            **of_parts(_PROJECTIONS, _LINEAR),
            **of_parts(("linear1", "linear2"), _LINEAR),
            **of_parts(("norm1", "norm2", "norm3"), _NORM),
        },
        "PReLU": {"weight": LayerTensor(constant(0.25))},
        "LayerNorm": _NORM,
        "GroupNorm": _NORM,
        "InstanceNorm": {"scale": ONE_VECTOR, "bias": ZERO_VECTOR},
        "BatchNorm": {**_NORM, "_mean": ZERO_VECTOR, "_variance": ONE_VECTOR},
    },
    other_names={
        "LSTMCell": "LSTM",
        "GRUCell": "GRU",
        "SimpleRNNCell": "SimpleRNN",
        "TransformerDecoderLayer": "TransformerEncoderLayer",
    },
    types={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU", "attention": "MultiHeadAttention",
        "layer_norm": "LayerNorm", "group_norm": "GroupNorm", "instance_norm": "InstanceNorm",
        "batch_norm": "BatchNorm", "prelu": "PReLU",
    },
    roles={
        "weight": ("weight", "weight_ih", "q_proj.weight", "scale"),
        "bias": ("bias", "bias_ih", "q_proj.bias"),
        "recurrent_weight": ("weight_hh",),
        "recurrent_bias": ("bias_hh",),
        "query_weight": ("q_proj.weight",),
        "key_weight": ("k_proj.weight",),
        "value_weight": ("v_proj.weight",),
        "up_weight": ("linear1.weight",),
        "down_weight": ("linear2.weight",),
        "output_weight": ("out_proj.weight",),
        "output_bias": ("out_proj.bias",),
    },
)  # fmt: skip


class PaddleDefault(DefaultInitializer):
    """Paddle's defaults."""

    name = "paddle_default"

    fan_in: Annotated[
        Fan | None, Field(description="That of a convolution's weight, of all groups, in place of the shape's.")
    ] = None
    groups: Annotated[PositiveInteger, Field(description="Groups of a grouped convolution.")] = 1
    units: StateUnits = None
    padding_idx: PaddingIdx = None

    layers = _LAYERS
    traps = (
        "A Linear's weight is in × out there, a convolution's out, in, kernel axes, a recurrent one's out × in.",
        "A grouped convolution counts the inputs of all groups there: give groups.",
        "An Embedding is XavierUniform there, and so depends on the size of the vocabulary; with a "
        "padding_idx it has zeros in that row: give it.",
    )
    example = "shape=784,256&layer=Linear&tensor=weight&seed=42"

    def initialize(self, target: Target) -> Initialization:
        return padded(super().initialize(target), self.padding_idx, target)


_LATER = "PaddlePaddle/Paddle python/paddle/nn/initializer at 0ab6998c and 026e2ecb"

PADDLE = Framework(
    name="paddle",
    title="Paddle",
    without_bias="bias_attr=False",
    modules=("paddle.nn.initializer",),
    parameter_names={"a": ("low",), "b": ("high",), "negative_slope": ("negative_slope",)},
    signatures={
        "Constant": "value",
        "Uniform": "low high",
        "Normal": "mean std",
        "TruncatedNormal": "mean std a b",
        "XavierUniform": "fan_in fan_out gain",
        "XavierNormal": "fan_in fan_out gain",
        "KaimingUniform": "fan_in negative_slope nonlinearity mode",
        "KaimingNormal": "fan_in negative_slope nonlinearity mode",
        "Orthogonal": "gain",
        "Dirac": "groups",
    },
    source="PaddlePaddle/Paddle python/paddle/nn/initializer at 0ab6998c",
    layout="in_out",
    shapes="A convolution's kernel stands out, in, kernel axes: layout=out_in.",
    calls=(
        Call("Constant()", ConstantInitializer()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-1.0, high=1.0)),
        Call("Normal()", NormalInitializer()),
        Call("TruncatedNormal()", TruncatedNormalInitializer(bounds="absolute")),
        Call("XavierUniform()", GlorotUniform()),
        Call("XavierNormal()", GlorotNormal()),
        Call("KaimingUniform()", HeUniform(), arguments={"nonlinearity": PYTORCH_NONLINEARITY}),
        Call("KaimingNormal()", HeNormal(), arguments={"nonlinearity": PYTORCH_NONLINEARITY}),
        Call(
            "Orthogonal()",
            OrthogonalInitializer(),
            source=_LATER,
            layout="out_in",
        ),
        Call("Dirac()", Dirac(), source=_LATER, layout="out_in"),
        Call(
            "Bilinear()",
            Bilinear(channels="all"),
            source=_LATER,
            layout="out_in",
        ),
    ),
    aliases={PaddleDefault: ("paddle_defaults",)},
    layers=_LAYERS,
    default=PaddleDefault,
)
