"""PyTorch's defaults: `reset_parameters` in torch/nn/modules/{linear,conv,sparse,rnn,activation,transformer,batchnorm,
normalization,adaptive}.py, and fans as `_calculate_fan_in_and_fan_out` in torch/nn/init.py, which reads axes 0 and 1.

Read in torch 2.13.0 (pytorch/pytorch@cf30153c4c131c8164ee7798e5022d810682e2cb) and recorded from it in
tests/frameworks/recorded/pytorch_defaults.json.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from service.frameworks.arguments import KAIMING
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
from service.frameworks.rules import (
    BIAS_OF_FAN_IN,
    BIAS_OF_FAN_IN_OR_ZERO,
    UNIFORM_OF_FAN_IN,
    TensorDefault,
    constant,
    of_matrix,
    uniform_of_axis,
)
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Dirac, Identity
from service.initializers.initializer import FanOrZero
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.padding import PaddingIdx
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform

_WEIGHT = LayerTensor(UNIFORM_OF_FAN_IN, "out_in", stored="s*oi")
_BIAS_OF_FAN_IN = LayerTensor(BIAS_OF_FAN_IN)
_GLOROT = LayerTensor(of_matrix(GlorotUniform), "out_in")
_LINEAR: Tensors = {"weight": _WEIGHT, "bias": LayerTensor(BIAS_OF_FAN_IN_OR_ZERO)}


def _convolution(stored: str) -> Tensors:
    """Of a convolution, whose bias is left as it lies in memory where fan_in is 0."""
    return {"weight": LayerTensor(UNIFORM_OF_FAN_IN, "out_in", stored=stored), "bias": _BIAS_OF_FAN_IN}


_NORM: Tensors = {"weight": ONE_VECTOR, "bias": ZERO_VECTOR}
_RUNNING_NORM: Tensors = {**_NORM, "running_mean": ZERO_VECTOR, "running_var": ONE_VECTOR}

_EMBEDDING = TensorDefault(
    "N(0, 1), row padding_idx 0", lambda context: NormalInitializer(padding_idx=context.padding_idx), ("padding_idx",)
)

# Of an LSTM with proj_size: (proj_size, units).
_PROJECTION = LayerTensor(
    TensorDefault("U(±1/sqrt(units))", lambda context: UniformInitializer(fan_in=context.size(1))), "out_in"
)


# (1, 1, d), with fans d and d.
_ADDED_BIAS = LayerTensor(of_matrix(GlorotNormal), "out_in", stored="")
_ATTENTION: Tensors = {
    "in_proj_weight": LayerTensor(of_matrix(GlorotUniform), "out_in", "qkv"), "in_proj_bias": ZERO_VECTOR,
    "out_proj.weight": _WEIGHT, "out_proj.bias": ZERO_VECTOR,
}  # fmt: skip
_TRANSFORMER_LAYER: Tensors = {
    **_ATTENTION,
    **of_parts(("linear1", "linear2"), _LINEAR),
    **of_parts(("norm", "norm1", "norm2", "norm3"), _NORM),
}  # fmt: skip

_LAYERS = FrameworkLayers(
    title="PyTorch",
    version="2.13.0",
    layers={
        "Linear": _LINEAR,
        # The fan_in of its bias is in1_features too.
        "Bilinear": {"weight": LayerTensor(uniform_of_axis(1), "out_in", stored="oii"), "bias": _BIAS_OF_FAN_IN},
        "Conv": _convolution("oik+"),
        # (in, out / groups, *kernel), read as if it were (out, in, *kernel).
        "ConvTranspose": _convolution("iok+"),
        "Embedding": {"weight": LayerTensor(_EMBEDDING, stored="io")},
        "LSTM": {**recurrent_of_units("ifgo"), "weight_hr": _PROJECTION},
        "GRU": recurrent_of_units("rzn"),
        "RNN": recurrent_of_units(""),
        "MultiheadAttention": {
            **_ATTENTION,
            # Instead of in_proj_weight where kdim or vdim are given.
            "q_proj_weight": _GLOROT, "k_proj_weight": _GLOROT, "v_proj_weight": _GLOROT,
            "bias_k": _ADDED_BIAS, "bias_v": _ADDED_BIAS,
        },
        "TransformerEncoderLayer": _TRANSFORMER_LAYER,
        # nn.Transformer draws all its matrices again, and leaves the biases as they are.
        "Transformer": {
            **_TRANSFORMER_LAYER,
            "out_proj.weight": _GLOROT, "linear1.weight": _GLOROT, "linear2.weight": _GLOROT,
        },
        "PReLU": {"weight": LayerTensor(constant(0.25))},
        "LayerNorm": _NORM,
        "RMSNorm": {"weight": ONE_VECTOR},
        "GroupNorm": _NORM,
        "BatchNorm": _RUNNING_NORM,
        "InstanceNorm": _RUNNING_NORM,
    },
    other_names={
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
    types={
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
        "query_weight": ("q_proj_weight",),
        "key_weight": ("k_proj_weight",),
        "value_weight": ("v_proj_weight",),
        "up_weight": ("linear1.weight",),
        "down_weight": ("linear2.weight",),
        "output_weight": ("out_proj.weight",),
        "output_bias": ("out_proj.bias",),
    },
)  # fmt: skip


class PyTorchDefault(DefaultInitializer):
    """PyTorch's defaults."""

    name = "pytorch_default"

    fan_in: Annotated[
        FanOrZero | None,
        Field(
            description="That of the layer's weight; for its bias, or where the shape does not say it. For one of 0 "
            "Linear's bias is zeros."
        ),
    ] = None
    units: StateUnits = None
    padding_idx: PaddingIdx = None

    layers = _LAYERS
    traps = (
        "Linear's and Conv's kaiming_uniform_(a=sqrt(5)) is U(±1/sqrt(fan_in)), sqrt(6) smaller than he_uniform.",
        "A ConvTranspose's fan_in is that of its stored shape (in, out / groups, kernel): out / groups · kernel.",
        "MultiheadAttention's fused in_proj_weight is Glorot's of the whole (3d, d), sqrt(2) smaller than of each "
        "third (pytorch/pytorch#166378).",
        "nn.Transformer draws its matrices by Glorot's scheme; the same layers outside of it have Linear's.",
        "TransformerEncoder and TransformerDecoder copy one layer there, so that their layers start equal.",
        "An Embedding with a padding_idx has zeros in that row: give it.",
        "Where fan_in is 0, Linear's bias is zeros, and Conv's is left as it lies in memory: take zeros.",
    )
    example = "shape=256,784&layer=Linear&tensor=weight&seed=42"


PYTORCH = Framework(
    name="pytorch",
    title="PyTorch",
    modules=("torch.nn.init",),
    signatures={
        "constant_": "tensor val",
        "uniform_": "tensor a b",
        "normal_": "tensor mean std",
        "trunc_normal_": "tensor mean std a b",
        "xavier_uniform_": "tensor gain",
        "xavier_normal_": "tensor gain",
        "orthogonal_": "tensor gain",
        "kaiming_uniform_": "tensor a mode nonlinearity",
        "kaiming_normal_": "tensor a mode nonlinearity",
        "dirac_": "tensor groups",
        "sparse_": "tensor sparsity std",
        "zeros_": "tensor",
        "ones_": "tensor",
        "eye_": "tensor",
    },
    source="torch/nn/init.py, 2.13",
    calls=(
        Call("zeros_(w)", Zeros()),
        Call("ones_(w)", Ones()),
        Call("constant_(w, 0.3)", ConstantInitializer(value=0.3), given={"val": 0.3}, other_names=("constant",)),
        Call("uniform_(w)", UniformInitializer(low=0.0, high=1.0), other_names=("uniform",)),
        Call("normal_(w)", NormalInitializer(), other_names=("normal",)),
        Call("trunc_normal_(w)", TruncatedNormalInitializer(bounds="absolute")),
        Call(
            "trunc_normal_(w, std=0.02)", TruncatedNormalInitializer(std=0.02, bounds="absolute"), given={"std": 0.02}
        ),
        Call("xavier_uniform_(w)", GlorotUniform(), other_names=("xavier_uniform",)),
        Call("xavier_normal_(w)", GlorotNormal(), other_names=("xavier_normal",)),
        Call("kaiming_uniform_(w)", HeUniform(), arguments=KAIMING, other_names=("kaiming_uniform",)),
        Call(
            "kaiming_uniform_(w, a=math.sqrt(5))",
            HeUniform(nonlinearity="leaky_relu", negative_slope=math.sqrt(5.0)),
            given={"a": math.sqrt(5.0)},
        ),
        Call("kaiming_normal_(w)", HeNormal(), arguments=KAIMING, other_names=("kaiming_normal",)),
        Call(
            "kaiming_normal_(w, mode='fan_out', nonlinearity='relu')",
            HeNormal(mode="fan_out"),
            given={"mode": "fan_out", "nonlinearity": "relu"},
        ),
        Call("orthogonal_(w)", OrthogonalInitializer(), other_names=("orthogonal",)),
        Call("eye_(w)", Identity(), other_names=("eye",)),
        Call("dirac_(w)", Dirac(), other_names=("dirac",)),
        Call(
            "sparse_(w, sparsity=0.9)",
            SparseInitializer(sparsity=0.9),
            given={"sparsity": 0.9},
            other_names=("sparse",),
        ),
    ),
    aliases={PyTorchDefault: ("pytorch_defaults",)},
    parameter_names={
        "a": ("negative_slope", "low"),
        "b": ("high",),
        "fill_value": ("value",),
        "n": ("shape",),
        "num_groups": ("groups",),
        "param": ("negative_slope",),
        "size": ("shape",),
        "val": ("value",),
    },
    layers=_LAYERS,
    default=PyTorchDefault,
)
