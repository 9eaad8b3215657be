"""MLX's defaults: python/mlx/nn/layers/{linear,convolution,convolution_transpose,embedding,recurrent,transformer,
normalization,activations}.py, which draw without initializers.

Read in MLX 0.32.4 (PyPI; of ml-explore/mlx@846d176227a0ac13d2667e58d2bb68b322109ab0, 0.32.2, it differs in grouped
convolutions alone) and recorded from it in tests/frameworks/recorded/mlx_defaults.json.
"""

from __future__ import annotations

from service.frameworks.default_initializer import DefaultInitializer, LayerFanIn, StateUnits
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors, of_parts
from service.frameworks.rules import (
    BIAS_OF_FAN_IN,
    NORMAL_OF_FEATURES,
    UNIFORM_OF_FAN_IN,
    UNIFORM_OF_UNITS,
    constant,
    uniform_of_axis,
)
from service.initializers.constant import ConstantInitializer
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform

_WEIGHT = LayerTensor(UNIFORM_OF_FAN_IN, "out_kernel_in", stored="s*oi")
_BIAS_OF_FAN_IN = LayerTensor(BIAS_OF_FAN_IN)
_CONV: Tensors = {"weight": LayerTensor(UNIFORM_OF_FAN_IN, "out_kernel_in", stored="ok+i"), "bias": ZERO_VECTOR}
_NORM: Tensors = {"weight": ONE_VECTOR, "bias": ZERO_VECTOR}
_RUNNING_NORM: Tensors = {**_NORM, "running_mean": ZERO_VECTOR, "running_var": ONE_VECTOR}

_LINEAR: Tensors = {"weight": _WEIGHT, "bias": _BIAS_OF_FAN_IN}
_PROJECTIONS = ("query_proj", "key_proj", "value_proj", "out_proj")


def _recurrent(weights: tuple[str, ...], bias: str, gates: str) -> Tensors:
    return {
        **dict.fromkeys(weights, LayerTensor(UNIFORM_OF_UNITS, "out_kernel_in", gates)),
        bias: LayerTensor(UNIFORM_OF_UNITS, gates=gates),
    }


_LAYERS = FrameworkLayers(
    title="MLX",
    version="0.32.4",
    layers={
        "Linear": _LINEAR,
        # (out, in2, in1), of which in1 counts.
        "Bilinear": {
            "weight": LayerTensor(uniform_of_axis(-1), "out_kernel_in", stored="oii"), "bias": _BIAS_OF_FAN_IN,
        },
        "Conv": _CONV,
        # (out, *kernel, in), as a convolution's.
        "ConvTranspose": _CONV,
        "Embedding": {"weight": LayerTensor(NORMAL_OF_FEATURES, stored="io")},
        "RNN": _recurrent(("Wxh", "Whh"), "bias", ""),
        "GRU": {**_recurrent(("Wx", "Wh"), "b", "rzn"), "bhn": LayerTensor(UNIFORM_OF_UNITS)},
        "LSTM": _recurrent(("Wx", "Wh"), "bias", "ifgo"),
        "MultiHeadAttention": of_parts(_PROJECTIONS, _LINEAR),
        "TransformerEncoderLayer": {
            # Its attention has no biases.
            **of_parts(_PROJECTIONS, {"weight": _WEIGHT}),
            **of_parts(("linear1", "linear2"), _LINEAR),
            **of_parts(("ln", "ln1", "ln2", "ln3"), _NORM),
        },
        "PReLU": {"weight": LayerTensor(constant(0.25))},
        "LayerNorm": _NORM,
        "RMSNorm": {"weight": ONE_VECTOR},
        "GroupNorm": _NORM,
        "InstanceNorm": _NORM,
        "BatchNorm": _RUNNING_NORM,
    },
    other_names={
        "TransformerDecoderLayer": "TransformerEncoderLayer",
        "TransformerEncoder": "TransformerEncoderLayer",
        "TransformerDecoder": "TransformerEncoderLayer",
        "Transformer": "TransformerEncoderLayer",
    },
    types={
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
        "query_weight": ("query_proj.weight",),
        "key_weight": ("key_proj.weight",),
        "value_weight": ("value_proj.weight",),
        "up_weight": ("linear1.weight",),
        "down_weight": ("linear2.weight",),
        "output_weight": ("out_proj.weight",),
        "output_bias": ("out_proj.bias",),
    },
)  # fmt: skip


class MlxDefault(DefaultInitializer):
    """MLX's defaults."""

    name = "mlx_default"

    fan_in: LayerFanIn = None
    units: StateUnits = None

    layers = _LAYERS
    traps = (
        "Shapes are MLX's: out, kernel axes, in.",
        "Before 0.32.4 a grouped convolution counted the inputs of all groups (mlx#4536): give that fan_in.",
        "Linear's weight is sqrt(3) smaller than lecun_normal's; convolutions have zero biases, Linear has not.",
    )
    example = "shape=256,784&layer=Linear&tensor=weight&seed=42"


MLX = Framework(
    name="mlx",
    title="MLX",
    modules=("mlx.nn.init",),
    signatures={
        "constant": "value dtype",
        "uniform": "low high dtype",
        "normal": "mean std dtype",
        "glorot_uniform": "dtype * gain",
        "glorot_normal": "dtype * gain",
        "he_uniform": "dtype * mode gain",
        "he_normal": "dtype * mode gain",
        "orthogonal": "gain dtype",
        "identity": "dtype",
        "sparse": "sparsity mean std dtype",
    },
    source="ml-explore/mlx python/mlx/nn/init.py at 846d1762",
    layout="out_kernel_in",
    calls=(
        Call("constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("uniform()", UniformInitializer(low=0.0, high=1.0)),
        Call("normal()", NormalInitializer()),
        Call("glorot_uniform()", GlorotUniform()),
        Call("glorot_normal()", GlorotNormal()),
        Call("he_uniform()", HeUniform(gain=1.0)),
        Call("he_normal()", HeNormal(gain=1.0)),
        Call("orthogonal()", OrthogonalInitializer()),
        Call("identity()", Identity()),
        Call("sparse(0.9)", SparseInitializer(sparsity=0.9, std=1.0, per="row"), given={"sparsity": 0.9}),
    ),
    aliases={MlxDefault: ("mlx_defaults",)},
    layers=_LAYERS,
    default=MlxDefault,
)
