"""burn's defaults: crates/burn-nn/src/modules/**/*.rs and crates/burn-nn/src/activation/{prelu,swiglu}.rs, whose layers
give the fans to crates/burn-core/src/module/initializer.rs themselves.

Read in tracel-ai/burn@2c06be351006851d42fdb6df16b976f4a82d9747 (0.22.0-pre.2).
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from service.frameworks.arguments import chosen
from service.frameworks.default_initializer import DefaultInitializer, LayerFanIn
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors, of_parts
from service.frameworks.rules import (
    BIAS_OF_FAN_IN,
    STANDARD_NORMAL,
    UNIFORM_OF_FAN_IN,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.initializer import Initializer, PositiveInteger
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform
from service.tensors.errors import InvalidParameter


def _gain_of_head(context: TensorContext) -> float:
    if context.head_size is None:
        raise InvalidParameter(
            "head_size", "burn's CrossAttention draws its Linears with the gain 1/sqrt(d_head): give it"
        )
    return 1.0 / math.sqrt(context.head_size)


def _cross_attention_weight(context: TensorContext) -> Initializer:
    return HeUniform(layout=context.layout, gain=_gain_of_head(context), fan_in=context.fan_in)


def _cross_attention_bias(context: TensorContext) -> Initializer:
    return HeUniform(layout="in_out", gain=_gain_of_head(context), fan_in=context.fan_in_of_layer())


def _input_bias(context: TensorContext) -> Initializer:
    return GlorotNormal(fan_in=context.fan_in_of_layer(), fan_out=context.size(0))


def _hidden_bias(context: TensorContext) -> Initializer:
    return GlorotNormal(fan_in=context.size(0), fan_out=context.size(0))


_BIAS_OF_FAN_IN = LayerTensor(BIAS_OF_FAN_IN)
_GLOROT = LayerTensor(of_matrix(GlorotNormal), "in_out")
_LINEAR: Tensors = {"weight": LayerTensor(UNIFORM_OF_FAN_IN, "in_out", stored="s*io"), "bias": _BIAS_OF_FAN_IN}


def _convolution(stored: str) -> Tensors:
    return {"weight": LayerTensor(UNIFORM_OF_FAN_IN, "out_in", stored=stored), "bias": _BIAS_OF_FAN_IN}


# A gate (input_gate, update_gate, …) is two Linears, whose biases are drawn with the fans of their weights.
_GATES: Tensors = {
    "input_transform.weight": _GLOROT,
    "input_transform.bias": LayerTensor(TensorDefault("glorot_normal", _input_bias, ("fan_in",))),
    "hidden_transform.weight": _GLOROT,
    "hidden_transform.bias": LayerTensor(TensorDefault("glorot_normal", _hidden_bias)),
}
_CROSS_ATTENTION_FORMULA = "U(±sqrt(3 / (head_size · fan_in)))"
_OF_CROSS_ATTENTION: Tensors = {
    "weight": LayerTensor(
        TensorDefault(_CROSS_ATTENTION_FORMULA, _cross_attention_weight, ("fan_in", "head_size")), "in_out"
    ),
    "bias": LayerTensor(TensorDefault(_CROSS_ATTENTION_FORMULA, _cross_attention_bias, ("fan_in", "head_size"))),
}
_NORM: Tensors = {"gamma": ONE_VECTOR, "beta": ZERO_VECTOR}
_PROJECTIONS = ("query", "key", "value", "output")
_ATTENTION = of_parts(_PROJECTIONS, _LINEAR)
_FEED_FORWARD = of_parts(("linear_inner", "linear_outer"), _LINEAR)

_LAYERS = FrameworkLayers(
    title="burn",
    version="0.22.0-pre.2",
    layers={
        # LinearLayout::Row, the default: (in, out).
        "Linear": _LINEAR,
        "Conv": _convolution("oik+"),
        # (in, out / groups, *kernel), with the fan_in of PyTorch's.
        "ConvTranspose": _convolution("iok+"),
        "DeformConv": _convolution("oik+"),
        "Embedding": {"weight": LayerTensor(STANDARD_NORMAL, stored="io")},
        "Lstm": _GATES,
        "Gru": _GATES,
        "Rnn": _GATES,
        "MultiHeadAttention": _ATTENTION,
        "CrossAttention": of_parts(_PROJECTIONS, _OF_CROSS_ATTENTION),
        "PositionWiseFeedForward": _FEED_FORWARD,
        "TransformerEncoder": {**_ATTENTION, **_FEED_FORWARD, **_NORM},
        "PRelu": {"alpha": LayerTensor(constant(0.25))},
        "LayerNorm": _NORM,
        "RmsNorm": {"gamma": ONE_VECTOR},
        "GroupNorm": _NORM,
        "InstanceNorm": _NORM,
        "BatchNorm": {**_NORM, "running_mean": ZERO_VECTOR, "running_var": ONE_VECTOR},
    },
    other_names={
        "BiLstm": "Lstm",
        "BiGru": "Gru",
        "BiRnn": "Rnn",
        "SwiGlu": "PositionWiseFeedForward",
        "TransformerEncoderLayer": "TransformerEncoder",
        "TransformerDecoder": "TransformerEncoder",
        "TransformerDecoderLayer": "TransformerEncoder",
    },
    types={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "Rnn", "lstm": "Lstm", "gru": "Gru", "attention": "MultiHeadAttention",
        "layer_norm": "LayerNorm", "rms_norm": "RmsNorm", "group_norm": "GroupNorm", "batch_norm": "BatchNorm",
        "instance_norm": "InstanceNorm", "prelu": "PRelu",
    },
    roles={
        "weight": ("weight", "input_transform.weight", "query.weight", "gamma", "alpha"),
        "bias": ("bias", "input_transform.bias", "query.bias", "beta"),
        "recurrent_weight": ("hidden_transform.weight",),
        "recurrent_bias": ("hidden_transform.bias",),
        "query_weight": ("query.weight",),
        "key_weight": ("key.weight",),
        "value_weight": ("value.weight",),
        "up_weight": ("linear_inner.weight",),
        "down_weight": ("linear_outer.weight",),
        "output_weight": ("output.weight",),
        "output_bias": ("output.bias",),
    },
)  # fmt: skip


class BurnDefault(DefaultInitializer):
    """burn's defaults."""

    name = "burn_default"

    fan_in: LayerFanIn = None
    head_size: Annotated[
        PositiveInteger | None, Field(description="The size of a head (d_head); for CrossAttention.")
    ] = None

    layers = _LAYERS
    traps = (
        "burn stores a Linear's weight as (in, out), a convolution's as (out, in / groups, kernel).",
        "LinearLayout::Col draws with the fan-in of the other side there: give the outputs as fan_in.",
        "Lstm, Gru and Rnn draw each gate by Glorot's normal, biases too; each gate has a name of its own here.",
        "CrossAttention's gain is 1/sqrt(d_head), where MultiHeadAttention's is 1/sqrt(3).",
    )
    example = "shape=784,256&layer=Linear&tensor=weight&seed=42"


_KAIMING = {"fan_out_only": chosen("mode", {"true": "fan_out", "false": "fan_in"})}

BURN = Framework(
    name="burn",
    title="burn",
    without_bias="with_bias(false)",
    modules=("burn.module.Initializer", "burn.nn.Initializer"),
    parameter_names={"max": ("high",), "min": ("low",)},
    signatures={
        "Constant": "* value",
        "Uniform": "* min max",
        "Normal": "* mean std",
        "XavierUniform": "* gain",
        "XavierNormal": "* gain",
        "Orthogonal": "* gain",
        "KaimingUniform": "* gain fan_out_only",
        "KaimingNormal": "* gain fan_out_only",
    },
    source="tracel-ai/burn crates/burn-core/src/module/initializer.rs at 2c06be35",
    shapes="The layers give the fans there; a Linear's weight stands in × out: layout=in_out.",
    calls=(
        Call("Initializer::Zeros", Zeros()),
        Call("Initializer::Ones", Ones()),
        Call("Initializer::Constant { value: 0.3 }", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call(
            "Initializer::Uniform { min: -0.05, max: 0.05 }",
            UniformInitializer(low=-0.05, high=0.05),
            given={"min": -0.05, "max": 0.05},
        ),
        Call(
            "Initializer::Normal { mean: 0.0, std: 0.02 }",
            NormalInitializer(std=0.02),
            given={"mean": 0.0, "std": 0.02},
        ),
        Call("Initializer::XavierUniform { gain: 1.0 }", GlorotUniform(), given={"gain": 1.0}),
        Call("Initializer::XavierNormal { gain: 1.0 }", GlorotNormal(), given={"gain": 1.0}),
        Call(
            "Initializer::KaimingUniform { gain: 1.0, fan_out_only: false }",
            HeUniform(gain=1.0),
            given={"gain": 1.0, "fan_out_only": "false"},
            arguments=_KAIMING,
        ),
        Call(
            "Initializer::KaimingNormal { gain: 1.0, fan_out_only: false }",
            HeNormal(gain=1.0),
            given={"gain": 1.0, "fan_out_only": "false"},
            arguments=_KAIMING,
        ),
        Call("Initializer::Orthogonal { gain: 1.0 }", OrthogonalInitializer(), given={"gain": 1.0}),
    ),
    aliases={BurnDefault: ("burn_defaults",)},
    layers=_LAYERS,
    default=BurnDefault,
)
