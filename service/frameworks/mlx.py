"""MLX's defaults: python/mlx/nn/layers/{linear,convolution,convolution_transpose,embedding,recurrent,transformer,
normalization,activations}.py, which draw without initializers.

Read in MLX 0.32.4 (PyPI; of ml-explore/mlx@846d176227a0ac13d2667e58d2bb68b322109ab0, 0.32.2, it differs in grouped
convolutions alone) and recorded from it in tests/frameworks/recorded/mlx_defaults.json.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.layers import Framework, Tensors, of_parts
from service.frameworks.rules import (
    ALL_ONES,
    ALL_ZEROS,
    BIAS_OF_FAN_IN,
    NORMAL_OF_FEATURES,
    constant,
    uniform_of_axis,
    uniform_of_fan_in,
    uniform_of_units,
)
from service.initializers.initializer import Fan
from service.initializers.variance_scaling import Count

_WEIGHT = uniform_of_fan_in("out_kernel_in")
_CONV: Tensors = {"weight": _WEIGHT, "bias": ALL_ZEROS}
_NORM: Tensors = {"weight": ALL_ONES, "bias": ALL_ZEROS}
_RUNNING_NORM: Tensors = {**_NORM, "running_mean": ALL_ZEROS, "running_var": ALL_ONES}


_LINEAR: Tensors = {"weight": _WEIGHT, "bias": BIAS_OF_FAN_IN}
_PROJECTIONS = ("query_proj", "key_proj", "value_proj", "out_proj")

MLX = Framework(
    name="mlx",
    title="MLX",
    version="0.32.4",
    layers={
        "Linear": _LINEAR,
        # (out, in2, in1), of which in1 counts.
        "Bilinear": {"weight": uniform_of_axis(-1), "bias": BIAS_OF_FAN_IN},
        "Conv": _CONV,
        # (out, *kernel, in), as a convolution's.
        "ConvTranspose": _CONV,
        "Embedding": {"weight": NORMAL_OF_FEATURES},
        "RNN": dict.fromkeys(("Wxh", "Whh", "bias"), uniform_of_units(1)),
        "GRU": {**dict.fromkeys(("Wx", "Wh", "b"), uniform_of_units(3)), "bhn": uniform_of_units(1)},
        "LSTM": dict.fromkeys(("Wx", "Wh", "bias"), uniform_of_units(4)),
        "MultiHeadAttention": of_parts(_PROJECTIONS, _LINEAR),
        "TransformerEncoderLayer": {
            # Its attention has no biases.
            **of_parts(_PROJECTIONS, {"weight": _WEIGHT}),
            **of_parts(("linear1", "linear2"), _LINEAR),
            **of_parts(("ln", "ln1", "ln2", "ln3"), _NORM),
        },
        "PReLU": {"weight": constant(0.25)},
        "LayerNorm": _NORM,
        "RMSNorm": {"weight": ALL_ONES},
        "GroupNorm": _NORM,
        "InstanceNorm": _NORM,
        "BatchNorm": _RUNNING_NORM,
    },
    same={
        "TransformerDecoderLayer": "TransformerEncoderLayer",
        "TransformerEncoder": "TransformerEncoderLayer",
        "TransformerDecoder": "TransformerEncoderLayer",
        "Transformer": "TransformerEncoderLayer",
    },
    words={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "attention": "MultiHeadAttention",
        "layer_norm": "LayerNorm", "rms_norm": "RMSNorm", "group_norm": "GroupNorm", "batch_norm": "BatchNorm",
        "instance_norm": "InstanceNorm", "prelu": "PReLU",
    },
    roles={
        "weight": ("weight", "Wx", "Wxh", "query_proj.weight"),
        "bias": ("bias", "b", "query_proj.bias"),
        "recurrent_weight": ("Wh", "Whh"),
        "recurrent_bias": ("bhn",),
        "output_weight": ("out_proj.weight",),
        "output_bias": ("out_proj.bias",),
    },
)  # fmt: skip


class MlxDefault(DefaultInitializer):
    """MLX's defaults."""

    name = "mlx_default"

    fan_in: Annotated[
        Fan | None, Field(description="That of the layer's weight; for its bias, or where the shape does not say it.")
    ] = None
    units: Annotated[
        Count | None,
        Field(description="The size of the hidden state, where the shape is not that of all gates together."),
    ] = None

    framework: ClassVar[Framework] = MLX
    traps = (
        "Shapes are MLX's: out, kernel axes, in.",
        "Before 0.32.4 a grouped convolution counted the inputs of all groups (mlx#4536): give that fan_in.",
        "Linear's weight is sqrt(3) smaller than lecun_normal's; convolutions have zero biases, Linear has not.",
    )
    example = "shape=256,784&layer=Linear&tensor=weight&seed=42"
