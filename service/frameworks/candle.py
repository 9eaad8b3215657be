"""candle's defaults: candle-nn/src/{linear,conv,embedding,rnn,activation,layer_norm,group_norm,batch_norm}.rs, and fans
as `FanInOut::for_shape` in candle-nn/src/init.rs, which reads axes 0 and 1.

Read in huggingface/candle@2a13b0f3ff62f7e67013597f2996f764c5735e21 (0.11.0).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import (
    ALL_ZEROS,
    BIAS_OF_FAN_IN,
    STANDARD_NORMAL,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.initializer import LARGEST_FAN, Fan, Initializer, PositiveInteger
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import HeNormal, HeUniform
from service.tensors.errors import InvalidParameter


def _convolution_bias(context: TensorContext) -> Initializer:
    if context.in_channels is None:
        raise InvalidParameter(
            "in_channels", "candle draws a convolution's bias from ±1/sqrt(in_channels), whatever the kernel: give it"
        )
    return UniformInitializer(fan_in=context.in_channels)


def _transposed_weight(context: TensorContext) -> Initializer:
    fan = context.fan_in_or_zero() * (context.groups if context.fan_in is None else 1)
    if fan > LARGEST_FAN:
        raise InvalidParameter("groups", "no layer has so many outputs; check the shape and the groups")
    return UniformInitializer(fan_in=fan)


_BIAS_OF_FAN_IN = LayerTensor(BIAS_OF_FAN_IN)
_HE_NORMAL = TensorDefault("he_normal", lambda context: HeNormal(fan_in=context.fan_in), ("fan_in",))
_HE_UNIFORM = of_matrix(HeUniform)
_CONVOLUTION_BIAS = LayerTensor(TensorDefault("U(±1/sqrt(in_channels))", _convolution_bias, ("in_channels",)))
_TRANSPOSED_WEIGHT = LayerTensor(
    TensorDefault("U(±1/sqrt(out_channels · kernel))", _transposed_weight, ("fan_in", "groups")),
    "out_in",
    stored="iok+",
)
_NORM: Tensors = {"weight": ONE_VECTOR, "bias": ZERO_VECTOR}


def _recurrent(gates: str) -> Tensors:
    return {
        **dict.fromkeys(("weight_ih", "weight_hh"), LayerTensor(_HE_UNIFORM, "out_in", gates)),
        **dict.fromkeys(("bias_ih", "bias_hh"), LayerTensor(ALL_ZEROS, gates=gates)),
    }


_LAYERS = FrameworkLayers(
    title="candle",
    version="0.11.0",
    layers={
        "Linear": {"weight": LayerTensor(_HE_NORMAL, "out_in", stored="s*oi"), "bias": _BIAS_OF_FAN_IN},
        "Conv": {"weight": LayerTensor(_HE_NORMAL, "out_in", stored="oik+"), "bias": _CONVOLUTION_BIAS},
        # Stored as (in, out / groups, *kernel), with the bound of the outputs of all groups.
        "ConvTranspose": {
            "weight": _TRANSPOSED_WEIGHT,
            "bias": _BIAS_OF_FAN_IN,
        },
        "Embedding": {"weight": LayerTensor(STANDARD_NORMAL, stored="io")},
        "LSTM": _recurrent("ifgo"),
        "GRU": _recurrent("rzn"),
        "PReLU": {"weight": LayerTensor(constant(0.25))},
        "LayerNorm": _NORM,
        "RmsNorm": {"weight": ONE_VECTOR},
        "GroupNorm": _NORM,
        "BatchNorm": {**_NORM, "running_mean": ZERO_VECTOR, "running_var": ONE_VECTOR},
    },
    types={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "lstm": "LSTM", "gru": "GRU", "layer_norm": "LayerNorm", "rms_norm": "RmsNorm",
        "group_norm": "GroupNorm", "batch_norm": "BatchNorm", "prelu": "PReLU",
    },
    roles={
        "weight": ("weight", "weight_ih"),
        "bias": ("bias", "bias_ih"),
        "recurrent_weight": ("weight_hh",),
        "recurrent_bias": ("bias_hh",),
        "output_weight": (),
        "output_bias": (),
    },
)  # fmt: skip


class CandleDefault(DefaultInitializer):
    """candle's defaults."""

    name = "candle_default"

    fan_in: Annotated[
        Fan | None,
        Field(
            description="That of the layer's weight, for its bias; of a ConvTranspose the outputs of all groups times "
            "the kernel."
        ),
    ] = None
    in_channels: Annotated[
        PositiveInteger | None, Field(description="A convolution's input channels, of all groups; for its bias.")
    ] = None
    groups: Annotated[PositiveInteger, Field(description="Groups of a ConvTranspose; for its weight.")] = 1

    layers = _LAYERS
    traps = (
        "Its Linear and Conv are He's normal, sqrt(6) larger than PyTorch's.",
        "A convolution's bias has the bound 1/sqrt(in_channels), without the kernel.",
        "An LSTM's and a GRU's matrices are He's uniform, each of its own columns, and their biases are zero.",
    )
    example = "shape=256,784&layer=Linear&tensor=weight&seed=42"


CANDLE = Framework(
    name="candle",
    title="candle",
    without_bias="linear_no_bias or conv2d_no_bias",
    modules=("candle_nn.init", "candle_nn.init.Init", "candle_nn.Init"),
    parameter_names={"lo": ("low",), "stdev": ("std",), "up": ("high",)},
    signatures={
        "Const": "value",
        "Uniform": "* lo up",
        "Randn": "* mean stdev",
    },
    source="huggingface/candle candle-nn/src/init.rs at 2a13b0f3",
    calls=(
        Call("init::ZERO", Zeros()),
        Call("init::ONE", Ones()),
        Call("Init::Const(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call(
            "Init::Uniform { lo: -0.05, up: 0.05 }",
            UniformInitializer(low=-0.05, high=0.05),
            given={"lo": -0.05, "up": 0.05},
        ),
        Call("Init::Randn { mean: 0.0, stdev: 0.02 }", NormalInitializer(std=0.02), given={"mean": 0.0, "stdev": 0.02}),
        Call("init::DEFAULT_KAIMING_UNIFORM", HeUniform()),
        Call("init::DEFAULT_KAIMING_NORMAL", HeNormal()),
    ),
    aliases={CandleDefault: ("candle_defaults",)},
    layers=_LAYERS,
    default=CandleDefault,
)
