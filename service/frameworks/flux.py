"""Flux's initializers and defaults: src/layers/{basic,conv,recurrent,attention,normalise}.jl, and fans as `nfan` in
src/utils.jl, which reads the last two axes but for a matrix, which is (out, in).

Read in FluxML/Flux.jl@3f2f828b (0.16.11).
"""

from __future__ import annotations

from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors, of_parts
from service.frameworks.rules import ALL_ZEROS, STANDARD_NORMAL, of_matrix
from service.initializers.constant import Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform, LecunNormal
from service.tensors.layout import Layout


def _glorot(layout: Layout, stored: str) -> LayerTensor:
    return LayerTensor(of_matrix(GlorotUniform), layout, stored=stored)


def _layer(layout: Layout, stored: str) -> Tensors:
    return {"weight": _glorot(layout, stored), "bias": ZERO_VECTOR}


def _cell(gates: str, bias: str) -> Tensors:
    """Of a recurrent layer: all its gates are one matrix, and are drawn as one."""
    return {
        **dict.fromkeys(("Wi", "Wh"), LayerTensor(of_matrix(GlorotUniform), "out_in", gates)),
        bias: LayerTensor(ALL_ZEROS, gates=gates),
    }


_DENSE = _layer("out_in", "s*oi")
_SCALE: Tensors = {"scale": ONE_VECTOR, "bias": ZERO_VECTOR}
_NORM: Tensors = {"gamma": ONE_VECTOR, "beta": ZERO_VECTOR}
_RUNNING_NORM: Tensors = {**_NORM, "mu": ZERO_VECTOR, "sigma2": ONE_VECTOR}
_PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")

_LAYERS = FrameworkLayers(
    title="Flux",
    version="0.16.11",
    layers={
        "Dense": _DENSE,
        # (out, in1, in2), read as (kernel, in, out).
        "Bilinear": _layer("in_out", "oii"),
        "Scale": _SCALE,
        "Conv": _layer("in_out", "k+io"),
        # (*kernel, out / groups, in), read as if it were (*kernel, in, out): all the same to Glorot's.
        "ConvTranspose": _layer("in_out", "k+oi"),
        # (width, vocabulary).
        "Embedding": {"weight": LayerTensor(STANDARD_NORMAL, stored="oi")},
        "RNN": _cell("", "bias"),
        "LSTM": _cell("ifgo", "bias"),
        "GRU": _cell("rzn", "b"),
        "GRUv3": {**_cell("rzn", "b"), "Wh_h": _glorot("out_in", "oi")},
        "MultiHeadAttention": of_parts(_PROJECTIONS, _DENSE),
        "LayerNorm": of_parts(("diag",), _SCALE),
        "BatchNorm": _RUNNING_NORM,
        "InstanceNorm": _RUNNING_NORM,
        "GroupNorm": _NORM,
    },
    other_names={
        "CrossCor": "Conv",
        "DepthwiseConv": "Conv",
        "EmbeddingBag": "Embedding",
        "RNNCell": "RNN",
        "LSTMCell": "LSTM",
        "GRUCell": "GRU",
        "GRUv3Cell": "GRUv3",
    },
    # U+00B5 is the micro sign, U+03BC the letter, U+0303 the tilde above the h.
    other_tensors={
        "γ": "gamma", "β": "beta", "\u03bc": "mu", "\u00b5": "mu", "σ²": "sigma2", "Wh_h\u0303": "Wh_h",
    },
    types={
        "linear": "Dense", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "attention": "MultiHeadAttention",
        "layer_norm": "LayerNorm", "batch_norm": "BatchNorm", "instance_norm": "InstanceNorm",
        "group_norm": "GroupNorm",
    },
    roles={
        "weight": ("weight", "Wi", "q_proj.weight", "scale", "diag.scale", "gamma"),
        "bias": ("bias", "b", "q_proj.bias", "diag.bias", "beta"),
        "recurrent_weight": ("Wh",),
        "query_weight": ("q_proj.weight",),
        "key_weight": ("k_proj.weight",),
        "value_weight": ("v_proj.weight",),
        "output_weight": ("out_proj.weight",),
        "output_bias": ("out_proj.bias",),
    },
)  # fmt: skip


class FluxDefault(DefaultInitializer):
    """Flux's defaults."""

    name = "flux_default"

    layers = _LAYERS
    traps = (
        "Shapes are those of Julia's size: a Dense's weight out, in, a convolution's kernel axes, in, out, an "
        "Embedding's width, vocabulary. Julia has the first axis fastest in memory, format=raw the last.",
        "A Bilinear's weight (out, in1, in2) has the fans out · in1 and out · in2 there.",
        "An LSTM's or GRU's matrices are drawn with the outputs of all gates together.",
        "An LSTM's bias is 0, that of the forget gate too, which was 1 before Flux 0.15.",
        "gamma, beta, mu and sigma2 are what Flux writes with Greek letters, which are understood too.",
        "An Embedding with a padding_idx has a column of zeros there.",
    )
    example = "shape=256,784&layer=Dense&tensor=weight&seed=42"


FLUX = Framework(
    name="flux",
    title="Flux",
    without_bias="bias=false",
    modules=("Flux",),
    parameter_names={"hi": ("high",), "lo": ("low",)},
    signatures={
        **dict.fromkeys(("zeros32", "ones32", "rand32", "randn32"), "sizes *"),
        **dict.fromkeys(("glorot_uniform", "glorot_normal", "lecun_normal"), "sizes *"),
        "truncated_normal": "sizes * mean std lo hi",
        "kaiming_uniform": "sizes * gain",
        "kaiming_normal": "sizes * gain",
        "orthogonal": "sizes * gain",
        "sparse_init": "sizes * sparsity std",
        "identity_init": "sizes * gain shift",
    },
    source="FluxML/Flux.jl src/utils.jl at 3f2f828b",
    shapes="A convolution's kernel stands kernel axes, in, out: layout=in_out.",
    calls=(
        Call("zeros32", Zeros()),
        Call("ones32", Ones()),
        Call("rand32", UniformInitializer()),
        Call("randn32", NormalInitializer()),
        Call("truncated_normal()", TruncatedNormalInitializer(bounds="absolute")),
        Call("glorot_uniform()", GlorotUniform()),
        Call("glorot_normal()", GlorotNormal()),
        Call("kaiming_uniform()", HeUniform()),
        Call("kaiming_normal()", HeNormal()),
        Call(
            "lecun_normal()",
            LecunNormal(),
            "Cut at ±2 there, not at ±2 sigmas: with a fan_in above 17 no draw comes near it.",
        ),
        Call("orthogonal()", OrthogonalInitializer()),
        Call("sparse_init(sparsity=0.9)", SparseInitializer(sparsity=0.9), given={"sparsity": 0.9}),
        Call("identity_init()", Identity()),
    ),
    aliases={FluxDefault: ("flux_defaults",)},
    layers=_LAYERS,
    default=FluxDefault,
)
