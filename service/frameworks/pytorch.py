"""PyTorch's defaults: `reset_parameters` in torch/nn/modules/{linear,conv,sparse,rnn,activation,transformer,batchnorm,
normalization,adaptive}.py, and fans as `_calculate_fan_in_and_fan_out` in torch/nn/init.py, which reads axes 0 and 1.

Read in torch 2.13.0 (pytorch/pytorch@cf30153c4c131c8164ee7798e5022d810682e2cb) and recorded from it in
tests/frameworks/recorded/pytorch_defaults.json.
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
    STANDARD_NORMAL,
    TensorDefault,
    constant,
    of_matrix,
    uniform_of_axis,
    uniform_of_fan_in,
    uniform_of_units,
)
from service.initializers.initializer import Fan
from service.initializers.random import UniformInitializer
from service.initializers.variance_scaling import Count, GlorotNormal, GlorotUniform

_WEIGHT = uniform_of_fan_in("out_in")
_GLOROT = of_matrix(GlorotUniform())
_LINEAR: Tensors = {"weight": _WEIGHT, "bias": BIAS_OF_FAN_IN}
_NORM: Tensors = {"weight": ALL_ONES, "bias": ALL_ZEROS}
_RUNNING_NORM: Tensors = {**_NORM, "running_mean": ALL_ZEROS, "running_var": ALL_ONES}


# Of an LSTM with proj_size: (proj_size, units).
_PROJECTION = TensorDefault("U(±1/sqrt(units))", lambda context: UniformInitializer(fan_in=context.size(1)))


def _recurrent(gates: int) -> Tensors:
    return dict.fromkeys(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), uniform_of_units(gates))


_ATTENTION: Tensors = {
    "in_proj_weight": _GLOROT, "in_proj_bias": ALL_ZEROS, "out_proj.weight": _WEIGHT, "out_proj.bias": ALL_ZEROS,
}  # fmt: skip
_TRANSFORMER_LAYER: Tensors = {
    **_ATTENTION,
    **of_parts(("linear1", "linear2"), _LINEAR),
    **of_parts(("norm", "norm1", "norm2", "norm3"), _NORM),
}  # fmt: skip

PYTORCH = Framework(
    name="pytorch",
    title="PyTorch",
    version="2.13.0",
    layers={
        "Linear": _LINEAR,
        # The fan_in of its bias is in1_features too.
        "Bilinear": {"weight": uniform_of_axis(1), "bias": BIAS_OF_FAN_IN},
        "Conv": _LINEAR,
        # Stored as (in, out / groups, *kernel), and read as if it were (out, in, *kernel).
        "ConvTranspose": _LINEAR,
        "Embedding": {"weight": STANDARD_NORMAL},
        "LSTM": {**_recurrent(4), "weight_hr": _PROJECTION},
        "GRU": _recurrent(3),
        "RNN": _recurrent(1),
        "MultiheadAttention": {
            **_ATTENTION,
            # Instead of in_proj_weight where kdim or vdim are given.
            "q_proj_weight": _GLOROT, "k_proj_weight": _GLOROT, "v_proj_weight": _GLOROT,
            # (1, 1, d), with fans d and d.
            "bias_k": of_matrix(GlorotNormal()), "bias_v": of_matrix(GlorotNormal()),
        },
        "TransformerEncoderLayer": _TRANSFORMER_LAYER,
        # nn.Transformer draws all its matrices again, and leaves the biases as they are.
        "Transformer": {
            **_TRANSFORMER_LAYER,
            "out_proj.weight": _GLOROT, "linear1.weight": _GLOROT, "linear2.weight": _GLOROT,
        },
        "PReLU": {"weight": constant(0.25)},
        "LayerNorm": _NORM,
        "RMSNorm": {"weight": ALL_ONES},
        "GroupNorm": _NORM,
        "BatchNorm": _RUNNING_NORM,
        "InstanceNorm": _RUNNING_NORM,
    },
    same={
        "LazyLinear": "Linear",
        "NonDynamicallyQuantizableLinear": "Linear",
        "AdaptiveLogSoftmaxWithLoss": "Linear",
        "LazyConv": "Conv",
        "LazyConvTranspose": "ConvTranspose",
        "EmbeddingBag": "Embedding",
        "LSTMCell": "LSTM",
        "GRUCell": "GRU",
        "RNNCell": "RNN",
        "TransformerDecoderLayer": "TransformerEncoderLayer",
        "TransformerEncoder": "TransformerEncoderLayer",
        "TransformerDecoder": "TransformerEncoderLayer",
        "LazyBatchNorm": "BatchNorm",
        "SyncBatchNorm": "BatchNorm",
        "LazyInstanceNorm": "InstanceNorm",
    },
    words={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "attention": "MultiheadAttention",
        "layer_norm": "LayerNorm", "rms_norm": "RMSNorm", "group_norm": "GroupNorm", "batch_norm": "BatchNorm",
        "instance_norm": "InstanceNorm", "prelu": "PReLU",
    },
    roles={
        "weight": ("weight", "weight_ih", "in_proj_weight"),
        "bias": ("bias", "bias_ih", "in_proj_bias"),
        "recurrent_weight": ("weight_hh",),
        "recurrent_bias": ("bias_hh",),
        "output_weight": ("out_proj.weight",),
        "output_bias": ("out_proj.bias",),
    },
)  # fmt: skip


class PyTorchDefault(DefaultInitializer):
    """PyTorch's defaults."""

    name = "pytorch_default"

    fan_in: Annotated[
        Fan | None, Field(description="That of the layer's weight; for its bias, or where the shape does not say it.")
    ] = None
    units: Annotated[
        Count | None,
        Field(description="The size of the hidden state, where the shape is not that of all gates together."),
    ] = None

    framework: ClassVar[Framework] = PYTORCH
    traps = (
        "Linear's and Conv's kaiming_uniform_(a=sqrt(5)) is U(±1/sqrt(fan_in)), sqrt(6) smaller than he_uniform.",
        "A ConvTranspose's fan_in is that of its stored shape (in, out / groups, kernel): out / groups · kernel.",
        "MultiheadAttention's fused in_proj_weight is Glorot's of the whole (3d, d), sqrt(2) smaller than of each "
        "third (pytorch/pytorch#166378).",
        "nn.Transformer draws its matrices by Glorot's scheme; the same layers outside of it have Linear's.",
        "TransformerEncoder and TransformerDecoder copy one layer there, so that their layers start equal.",
        "An Embedding's padding row is zero there.",
    )
    example = "shape=256,784&layer=Linear&tensor=weight&seed=42"
