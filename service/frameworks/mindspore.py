"""MindSpore's initializers and defaults: mindspore/nn/layer/{basic,conv,embedding,rnns,rnn_cells,transformer,
activation,normalization}.py.

Read in mindspore 2.10.0 (PyPI) and recorded from it in tests/frameworks/recorded/mindspore_defaults.json.
"""

from __future__ import annotations

from service.frameworks.arguments import PYTORCH_SLOPE, chosen, half_width
from service.frameworks.default_initializer import DefaultInitializer, LayerFanIn, StateUnits
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
    STANDARD_NORMAL,
    UNIFORM_OF_FAN_IN,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Dirac, Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.padding import PaddingIdx
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform, VarianceScaling

_GLOROT = LayerTensor(of_matrix(GlorotUniform), "out_in")
_EMBEDDING = TensorDefault(
    "N(0, 0.01²), row padding_idx 0",
    lambda context: NormalInitializer(std=0.01, padding_idx=context.padding_idx),
    ("padding_idx",),
)


def _layer(stored: str) -> Tensors:
    """HeUniform(sqrt(5)), and a bias that is drawn with the weight's fan-in."""
    weight = LayerTensor(UNIFORM_OF_FAN_IN, "out_in", stored=stored, has_flat_kernel=True)
    return {"weight": weight, "bias": LayerTensor(BIAS_OF_FAN_IN)}


_DENSE = _layer("s*oi")
_NORM: Tensors = {"gamma": ONE_VECTOR, "beta": ZERO_VECTOR}
_RUNNING_NORM: Tensors = {**_NORM, "moving_mean": ZERO_VECTOR, "moving_variance": ONE_VECTOR}
# (1, 1, d), with fans d and d.
_ADDED_BIAS = LayerTensor(of_matrix(GlorotNormal), "out_in", stored="")
_ATTENTION: Tensors = {
    "in_proj_weight": LayerTensor(of_matrix(GlorotUniform), "out_in", "qkv"), "in_proj_bias": ZERO_VECTOR,
    **of_parts(("out_proj",), _DENSE),
}  # fmt: skip
_TRANSFORMER_LAYER: Tensors = {
    **_ATTENTION,
    **of_parts(("dense1", "dense2"), _DENSE),
    **of_parts(("norm", "norm1", "norm2", "norm3"), _NORM),
}

_LAYERS = FrameworkLayers(
    title="MindSpore",
    version="2.10.0",
    layers={
        "Dense": _DENSE,
        "Conv": _layer("oik+"),
        # (in, out / groups, *kernel), read as if it were (out, in, *kernel).
        "ConvTranspose": _layer("iok+"),
        "Embedding": {"embedding_table": LayerTensor(_EMBEDDING, stored="io")},
        "EmbeddingExt": {"weight": LayerTensor(STANDARD_NORMAL, stored="io")},
        "LSTM": recurrent_of_units("ifgo"),
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
            "out_proj.weight": _GLOROT, "dense1.weight": _GLOROT, "dense2.weight": _GLOROT,
        },
        "PReLU": {"w": LayerTensor(constant(0.25))},
        "LayerNorm": _NORM,
        "LayerNormExt": {"weight": ONE_VECTOR, "bias": ZERO_VECTOR},
        "GroupNorm": _NORM,
        "InstanceNorm": _RUNNING_NORM,
        "BatchNorm": _RUNNING_NORM,
    },
    other_names={
        "Linear": "Dense",
        "EmbeddingLookup": "Embedding",
        "LSTMCell": "LSTM",
        "GRUCell": "GRU",
        "RNNCell": "RNN",
        "TransformerDecoderLayer": "TransformerEncoderLayer",
        "TransformerEncoder": "TransformerEncoderLayer",
        "TransformerDecoder": "TransformerEncoderLayer",
        "SyncBatchNorm": "BatchNorm",
    },
    # Of a layer that is in no other.
    other_tensors={"mean": "moving_mean", "variance": "moving_variance", "a": "w"},
    types={
        "linear": "Dense", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "attention": "MultiheadAttention",
        "layer_norm": "LayerNorm", "group_norm": "GroupNorm", "batch_norm": "BatchNorm",
        "instance_norm": "InstanceNorm", "prelu": "PReLU",
    },
    roles={
        "weight": ("weight", "embedding_table", "weight_ih", "in_proj_weight", "gamma", "w"),
        "bias": ("bias", "bias_ih", "in_proj_bias", "beta"),
        "recurrent_weight": ("weight_hh",),
        "recurrent_bias": ("bias_hh",),
        "query_weight": ("q_proj_weight",),
        "key_weight": ("k_proj_weight",),
        "value_weight": ("v_proj_weight",),
        "up_weight": ("dense1.weight",),
        "down_weight": ("dense2.weight",),
        "output_weight": ("out_proj.weight",),
        "output_bias": ("out_proj.bias",),
    },
)  # fmt: skip


class MindSporeDefault(DefaultInitializer):
    """MindSpore's defaults."""

    name = "mindspore_default"

    fan_in: LayerFanIn = None
    units: StateUnits = None
    padding_idx: PaddingIdx = None

    layers = _LAYERS
    traps = (
        "Dense's and Conv's HeUniform(sqrt(5)) is U(±1/sqrt(fan_in)), sqrt(6) smaller than he_uniform.",
        "A Conv1d's weight is out, in, 1, kernel there, with an axis of 1.",
        "A convolution has no bias there unless has_bias says so.",
        "A ConvTranspose's fan_in is that of its stored shape (in, out / groups, kernel): out / groups · kernel.",
        "An Embedding is N(0, 0.01²) there, mint.nn.Embedding, which is EmbeddingExt, N(0, 1).",
        "nn.Transformer draws its matrices by Glorot's scheme; the same layers outside of it have Dense's.",
    )
    example = "shape=256,784&layer=Dense&tensor=weight&seed=42"


_DISTRIBUTION = chosen("distribution", {"untruncated_normal": "normal", "truncated_normal": "uniform"})

MINDSPORE = Framework(
    name="mindspore",
    title="MindSpore",
    without_bias="has_bias=False",
    modules=("mindspore.common.initializer", "ms.common.initializer"),
    parameter_names={"sigma": ("std",)},
    signatures={
        "Constant": "value",
        "Uniform": "scale",
        "Normal": "sigma mean",
        "TruncatedNormal": "sigma",
        "VarianceScaling": "scale mode distribution",
        "XavierUniform": "gain",
        "XavierNormal": "gain",
        "Orthogonal": "gain",
        "HeUniform": "negative_slope mode nonlinearity",
        "HeNormal": "negative_slope mode nonlinearity",
        "Dirac": "groups",
        "Sparse": "sparsity sigma",
    },
    source="mindspore/python/mindspore/common/initializer.py at 4347b7b3 (2022)",
    calls=(
        Call("Zero()", Zeros()),
        Call("One()", Ones()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-0.07, high=0.07), arguments={"scale": half_width()}),
        Call("Normal()", NormalInitializer(std=0.01)),
        Call("TruncatedNormal()", TruncatedNormalInitializer(std=0.01)),
        Call(
            "VarianceScaling()",
            VarianceScaling(distribution="uniform"),
            "Its default says truncated_normal and compares with truncated_norm: uniform is what comes out.",
            arguments={"distribution": _DISTRIBUTION},
        ),
        Call("XavierUniform()", GlorotUniform()),
        Call("XavierNormal()", GlorotNormal()),
        Call("HeUniform()", HeUniform(), arguments=PYTORCH_SLOPE),
        Call("HeNormal()", HeNormal(), arguments=PYTORCH_SLOPE),
        Call("Orthogonal()", OrthogonalInitializer()),
        Call("Identity()", Identity()),
        Call("Dirac()", Dirac()),
        Call("Sparse(0.9)", SparseInitializer(sparsity=0.9), given={"sparsity": 0.9}),
    ),
    aliases={MindSporeDefault: ("mindspore_defaults",)},
    layers=_LAYERS,
    default=MindSporeDefault,
)
