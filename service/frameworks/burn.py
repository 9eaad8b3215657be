"""burn's defaults: crates/burn-nn/src/modules/**/*.rs and crates/burn-nn/src/activation/{prelu,swiglu}.rs, whose layers
give the fans to crates/burn-core/src/module/initializer.rs themselves.

Read in tracel-ai/burn@2c06be351006851d42fdb6df16b976f4a82d9747 (0.22.0-pre.2).
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.layers import Framework, Tensors, of_parts
from service.frameworks.rules import (
    ALL_ONES,
    ALL_ZEROS,
    BIAS_OF_FAN_IN,
    STANDARD_NORMAL,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
    uniform_of_fan_in,
)
from service.initializers.initializer import Fan, Initializer
from service.initializers.variance_scaling import Count, GlorotNormal, HeUniform
from service.tensors.errors import InvalidParameter


def _gain_of_head(context: TensorContext) -> float:
    if context.head_size is None:
        raise InvalidParameter(
            "head_size", "burn's CrossAttention draws its Linears with the gain 1/sqrt(d_head): give it"
        )
    return 1.0 / math.sqrt(context.head_size)


def _cross_attention_weight(context: TensorContext) -> Initializer:
    return HeUniform(layout="in_out", gain=_gain_of_head(context), fan_in=context.fan_in_of_shape("in_out"))


def _cross_attention_bias(context: TensorContext) -> Initializer:
    return HeUniform(layout="in_out", gain=_gain_of_head(context), fan_in=context.fan_in_of_layer())


def _input_bias(context: TensorContext) -> Initializer:
    return GlorotNormal(fan_in=context.fan_in_of_layer(), fan_out=context.size(0))


def _hidden_bias(context: TensorContext) -> Initializer:
    return GlorotNormal(fan_in=context.size(0), fan_out=context.size(0))


_GLOROT = of_matrix(GlorotNormal(layout="in_out"))
_LINEAR: Tensors = {"weight": uniform_of_fan_in("in_out"), "bias": BIAS_OF_FAN_IN}
_CONV: Tensors = {"weight": uniform_of_fan_in("out_in"), "bias": BIAS_OF_FAN_IN}
# A gate (input_gate, update_gate, …) is two Linears, whose biases are drawn with the fans of their weights.
_GATES: Tensors = {
    "input_transform.weight": _GLOROT,
    "input_transform.bias": TensorDefault("glorot_normal", _input_bias, ("fan_in",)),
    "hidden_transform.weight": _GLOROT,
    "hidden_transform.bias": TensorDefault("glorot_normal", _hidden_bias),
}
_OF_CROSS_ATTENTION: Tensors = {
    tensor: TensorDefault("U(±sqrt(3 / (head_size · fan_in)))", scheme, ("fan_in", "head_size"))
    for tensor, scheme in (("weight", _cross_attention_weight), ("bias", _cross_attention_bias))
}
_NORM: Tensors = {"gamma": ALL_ONES, "beta": ALL_ZEROS}
_PROJECTIONS = ("query", "key", "value", "output")
_ATTENTION = of_parts(_PROJECTIONS, _LINEAR)
_FEED_FORWARD = of_parts(("linear_inner", "linear_outer"), _LINEAR)

BURN = Framework(
    name="burn",
    title="burn",
    version="0.22.0-pre.2",
    layers={
        # LinearLayout::Row, the default: (in, out).
        "Linear": _LINEAR,
        "Conv": _CONV,
        # (in, out / groups, *kernel), with the fan_in of PyTorch's.
        "ConvTranspose": _CONV,
        "DeformConv": _CONV,
        "Embedding": {"weight": STANDARD_NORMAL},
        "Lstm": _GATES,
        "Gru": _GATES,
        "Rnn": _GATES,
        "MultiHeadAttention": _ATTENTION,
        "CrossAttention": of_parts(_PROJECTIONS, _OF_CROSS_ATTENTION),
        "PositionWiseFeedForward": _FEED_FORWARD,
        "TransformerEncoder": {**_ATTENTION, **_FEED_FORWARD, **_NORM},
        "PRelu": {"alpha": constant(0.25)},
        "LayerNorm": _NORM,
        "RmsNorm": {"gamma": ALL_ONES},
        "GroupNorm": _NORM,
        "InstanceNorm": _NORM,
        "BatchNorm": {**_NORM, "running_mean": ALL_ZEROS, "running_var": ALL_ONES},
    },
    same={
        "BiLstm": "Lstm",
        "BiGru": "Gru",
        "BiRnn": "Rnn",
        "SwiGlu": "PositionWiseFeedForward",
        "TransformerEncoderLayer": "TransformerEncoder",
        "TransformerDecoder": "TransformerEncoder",
        "TransformerDecoderLayer": "TransformerEncoder",
    },
    words={
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
        "output_weight": ("output.weight",),
        "output_bias": ("output.bias",),
    },
)  # fmt: skip


class BurnDefault(DefaultInitializer):
    """burn's defaults."""

    name = "burn_default"

    fan_in: Annotated[
        Fan | None, Field(description="That of the layer's weight; for its bias, or where the shape does not say it.")
    ] = None
    head_size: Annotated[Count | None, Field(description="The size of a head (d_head); for CrossAttention.")] = None

    framework: ClassVar[Framework] = BURN
    traps = (
        "burn stores a Linear's weight as (in, out), a convolution's as (out, in / groups, kernel).",
        "LinearLayout::Col draws with the fan-in of the other side there: give the outputs as fan_in.",
        "Lstm, Gru and Rnn draw each gate by Glorot's normal, biases too; each gate has a name of its own here.",
        "CrossAttention's gain is 1/sqrt(d_head), where MultiHeadAttention's is 1/sqrt(3).",
    )
    example = "shape=784,256&layer=Linear&tensor=weight&seed=42"
