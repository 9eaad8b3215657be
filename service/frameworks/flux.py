"""Flux's initializers and layers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import STANDARD_NORMAL, of_matrix
from service.initializers.constant import Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform, LecunNormal
from service.tensors.layout import Layout


def _layer(layout: Layout, stored: str) -> Tensors:
    return {"weight": LayerTensor(of_matrix(GlorotUniform), layout, stored=stored), "bias": ZERO_VECTOR}


_LAYERS = FrameworkLayers(
    title="Flux",
    layers={
        "Dense": _layer("out_in", "s*oi"),
        "Conv": _layer("in_out", "k+io"),
        # (*kernel, out / groups, in), read as if it were (*kernel, in, out): all the same to Glorot's.
        "ConvTranspose": _layer("in_out", "k+oi"),
        # (width, vocabulary).
        "Embedding": {"weight": LayerTensor(STANDARD_NORMAL, stored="oi")},
    },
    other_names={"CrossCor": "Conv", "DepthwiseConv": "Conv"},
    types={"linear": "Dense", "conv": "Conv", "conv_transpose": "ConvTranspose", "embedding": "Embedding"},
    roles={"weight": ("weight",), "bias": ("bias",)},
)

FLUX = Framework(
    name="flux",
    title="Flux",
    modules=("Flux",),
    parameter_names={"hi": ("high",), "lo": ("low",)},
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
    layers=_LAYERS,
)
