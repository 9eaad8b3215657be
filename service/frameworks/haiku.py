"""Haiku's initializers and layers.

Its weights are a normal cut at two sigmas, whose variance is not corrected: dm-haiku's linear.py and conv.py.
"""

from __future__ import annotations

import math

from service.frameworks.arguments import without_effect
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import TensorDefault
from service.initializers.constant import ConstantInitializer
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import LecunUniform, VarianceScaling

_CUT = TensorDefault(
    "N(0, 1/fan_in) cut at 2 sigmas",
    lambda context: TruncatedNormalInitializer(std=1.0 / math.sqrt(context.fan_in_of_shape())),
    ("fan_in",),
)


_TRANSPOSED_CUT = TensorDefault(
    "N(0, 1/fan_in) cut at 2 sigmas",
    lambda context: TruncatedNormalInitializer(std=1.0 / math.sqrt(context.size(-1) * math.prod(context.shape[:-2]))),
)


def _layer(stored: str, default: TensorDefault = _CUT) -> Tensors:
    return {"w": LayerTensor(default, "in_out", stored=stored), "b": ZERO_VECTOR}


_LAYERS = FrameworkLayers(
    title="Haiku",
    layers={
        "Linear": _layer("s*io"),
        "Conv": _layer("k+io"),
        # (*kernel, out, in), and read so.
        "ConvTranspose": _layer("k+oi", _TRANSPOSED_CUT),
    },
    types={"linear": "Linear", "conv": "Conv", "conv_transpose": "ConvTranspose"},
    roles={"weight": ("w",), "bias": ("b",)},
)

HAIKU = Framework(
    name="haiku",
    title="Haiku",
    modules=("haiku.initializers", "hk.initializers"),
    parameter_names={
        "constant": ("value",),
        "lower": ("low",),
        "maxval": ("high",),
        "minval": ("low",),
        "scale": ("gain",),
        "stddev": ("std",),
        "upper": ("high",),
    },
    signatures={
        "Constant": "constant",
        "RandomUniform": "minval maxval",
        "RandomNormal": "stddev mean",
        "TruncatedNormal": "stddev mean lower upper",
        "VarianceScaling": "scale mode distribution",
        "UniformScaling": "scale",
        "Orthogonal": "scale axis",
        "Identity": "gain",
    },
    source="google-deepmind/dm-haiku haiku/_src/initializers.py at f4d858a",
    layout="in_out",
    calls=(
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"constant": 0.3}),
        Call("RandomUniform()", UniformInitializer(low=0.0, high=1.0)),
        Call("RandomNormal()", NormalInitializer()),
        Call("TruncatedNormal()", TruncatedNormalInitializer()),
        Call("VarianceScaling()", VarianceScaling(distribution="truncated_normal")),
        Call("UniformScaling()", LecunUniform()),
        Call("Orthogonal()", OrthogonalInitializer(), arguments={"axis": without_effect(-1)}),
        Call("Identity()", Identity()),
    ),
    layers=_LAYERS,
)
