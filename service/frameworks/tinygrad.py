"""tinygrad's initializers and defaults: tinygrad/nn/__init__.py.

Read in tinygrad 0.14.0 (PyPI) and recorded from it in tests/frameworks/recorded/tinygrad_defaults.json.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from service.frameworks.default_initializer import DefaultInitializer, StateUnits
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import (
    ALL_ZEROS,
    BIAS_OF_FAN_IN,
    UNIFORM_OF_FAN_IN,
    UNIFORM_OF_UNITS,
    TensorContext,
    TensorDefault,
    of_matrix,
)
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.initializer import Fan, Initializer, PositiveInteger
from service.initializers.random import NormalInitializer, ScaledUniform, UniformInitializer
from service.initializers.variance_scaling import GlorotUniform, HeNormal, HeUniform


def _weight_of_transposed(context: TensorContext) -> Initializer:
    """Of a stored shape (in, out / groups, *kernel), whose first axis has the inputs of all groups."""
    context.require_matrix()
    inputs = context.shape[0] * math.prod(context.shape[2:])
    return UniformInitializer(fan_in=inputs or 1)


_BOUND = "U(±1/sqrt(in_channels · kernel))"
_CONVOLUTION = TensorDefault(
    _BOUND, lambda context: UniformInitializer(fan_in=context.fan_in_of_groups()), ("fan_in", "groups")
)
_BIAS = LayerTensor(BIAS_OF_FAN_IN)
_NORM: Tensors = {"weight": ONE_VECTOR, "bias": ZERO_VECTOR}
_GATES = "ifgo"

_LAYERS = FrameworkLayers(
    title="tinygrad",
    version="0.14.0",
    layers={
        "Linear": {"weight": LayerTensor(UNIFORM_OF_FAN_IN, "out_in", stored="s*oi"), "bias": _BIAS},
        "Conv": {"weight": LayerTensor(_CONVOLUTION, "out_in", stored="oik+"), "bias": _BIAS},
        "ConvTranspose": {
            "weight": LayerTensor(TensorDefault(_BOUND, _weight_of_transposed), "out_in", stored="iok+"),
            "bias": _BIAS,
        },
        "Embedding": {"weight": LayerTensor(of_matrix(GlorotUniform), "in_out")},
        "LSTMCell": {
            **dict.fromkeys(("weight_ih", "weight_hh"), LayerTensor(UNIFORM_OF_UNITS, "out_in", _GATES)),
            **dict.fromkeys(("bias_ih", "bias_hh"), LayerTensor(ALL_ZEROS, gates=_GATES)),
        },
        "LayerNorm": _NORM,
        "RMSNorm": {"weight": ONE_VECTOR},
        "GroupNorm": _NORM,
        "InstanceNorm": _NORM,
        "BatchNorm": {**_NORM, "running_mean": ZERO_VECTOR, "running_var": ONE_VECTOR},
    },
    other_names={"LSTM": "LSTMCell"},
    types={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "lstm": "LSTMCell", "layer_norm": "LayerNorm", "rms_norm": "RMSNorm",
        "group_norm": "GroupNorm", "instance_norm": "InstanceNorm", "batch_norm": "BatchNorm",
    },
    roles={
        "weight": ("weight", "weight_ih"),
        "bias": ("bias", "bias_ih"),
        "recurrent_weight": ("weight_hh",),
        "recurrent_bias": ("bias_hh",),
    },
)  # fmt: skip


class TinygradDefault(DefaultInitializer):
    """tinygrad's defaults."""

    name = "tinygrad_default"

    fan_in: Annotated[
        Fan | None,
        Field(description="That of the layer's weight, of all groups; for its bias, or in place of the shape's."),
    ] = None
    groups: Annotated[PositiveInteger, Field(description="Groups of a grouped convolution.")] = 1
    units: StateUnits = None

    layers = _LAYERS
    traps = (
        "Linear and Conv are U(±1/sqrt(fan_in)) there, sqrt(6) smaller than he_uniform; their biases too.",
        "A grouped convolution counts the inputs of all groups there: give groups, and the fan_in of its bias so.",
        "A ConvTranspose is stored in, out / groups, kernel there, and its fan_in is in · kernel.",
        "An Embedding is glorot_uniform there, and so depends on the size of the vocabulary.",
        "An LSTMCell's biases are 0 there, where PyTorch draws them.",
    )
    example = "shape=256,784&layer=Linear&tensor=weight&seed=42"


_MATRICES = "For matrices; of a kernel it counts fan_out without the receptive field: give fan_out."

TINYGRAD = Framework(
    name="tinygrad",
    title="tinygrad",
    modules=("tinygrad.Tensor", "tinygrad.tensor.Tensor"),
    parameter_names={"a": ("negative_slope",)},
    signatures={
        **dict.fromkeys(("rand", "randn", "scaled_uniform", "glorot_uniform"), "sizes *"),
        "uniform": "sizes * low high",
        "normal": "sizes * mean std",
        "kaiming_uniform": "sizes * a",
        "kaiming_normal": "sizes * a",
    },
    source="tinygrad/tinygrad tinygrad/mixin/rand.py at a9069c17",
    calls=(
        Call("Tensor.rand(*shape)", UniformInitializer()),
        Call("Tensor.randn(*shape)", NormalInitializer()),
        Call("Tensor.uniform(*shape)", UniformInitializer()),
        Call("Tensor.normal(*shape)", NormalInitializer()),
        Call("Tensor.scaled_uniform(*shape)", ScaledUniform()),
        Call("Tensor.glorot_uniform(*shape)", GlorotUniform(), _MATRICES),
        Call("Tensor.kaiming_uniform(*shape)", HeUniform(nonlinearity="leaky_relu")),
        Call("Tensor.kaiming_normal(*shape)", HeNormal(nonlinearity="leaky_relu")),
    ),
    aliases={
        Zeros: ("zeros",),
        Ones: ("ones",),
        ConstantInitializer: ("full",),
        UniformInitializer: ("rand",),
        NormalInitializer: ("randn",),
        Identity: ("eye",),
        TinygradDefault: ("tinygrad_defaults",),
    },
    layers=_LAYERS,
    default=TinygradDefault,
)
