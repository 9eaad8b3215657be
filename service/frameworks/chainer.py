"""Chainer's initializers."""

from __future__ import annotations

import math

from service.frameworks.arguments import Argument, computed, half_width
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.resampling import Bilinear
from service.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
)

# Its He's multiply sqrt(2 / fan).
_OF_HE = computed("gain", lambda scale: math.sqrt(2.0) * scale)

CHAINER = Framework(
    name="chainer",
    title="Chainer",
    modules=("chainer.initializers",),
    parameter_names={"fill_value": ("value",), "scale": ("std", "gain")},
    signatures={
        "Constant": "fill_value dtype",
        "Uniform": "scale dtype",
        "Normal": "scale dtype",
        "GlorotUniform": "scale dtype",
        "GlorotNormal": "scale dtype",
        "HeUniform": "scale dtype",
        "LeCunUniform": "scale dtype",
        "LeCunNormal": "scale dtype",
        "Orthogonal": "scale dtype",
        "Identity": "scale dtype",
        "HeNormal": "scale dtype fan_option",
    },
    source="chainer/chainer chainer/initializers at a8e15cbe",
    calls=(
        Call("Zero()", Zeros()),
        Call("One()", Ones()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"fill_value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-0.05, high=0.05), arguments={"scale": half_width()}),
        Call("Normal()", NormalInitializer(std=0.05)),
        Call("GlorotUniform()", GlorotUniform()),
        Call("GlorotNormal()", GlorotNormal()),
        Call("HeUniform()", HeUniform(), arguments={"scale": _OF_HE}),
        Call("HeNormal()", HeNormal(), arguments={"scale": _OF_HE, "fan_option": Argument("mode")}),
        Call("LeCunUniform()", LecunUniform()),
        Call("LeCunNormal()", LecunNormal()),
        Call("Orthogonal()", OrthogonalInitializer(gain=1.1)),
        Call("Identity()", Identity()),
        Call("UpsamplingDeconvFilter()", Bilinear(centre="kernel")),
        Call("DownsamplingConvFilter()", Bilinear(centre="kernel", purpose="downsampling")),
    ),
)
