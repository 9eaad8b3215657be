"""Chainer's initializers."""

from __future__ import annotations

from service.frameworks.arguments import half_width
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

CHAINER = Framework(
    name="chainer",
    title="Chainer",
    modules=("chainer.initializers",),
    parameter_names={"fill_value": ("value",), "scale": ("std", "gain")},
    source="chainer/chainer chainer/initializers at a8e15cbe",
    calls=(
        Call("Zero()", Zeros()),
        Call("One()", Ones()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"fill_value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-0.05, high=0.05), arguments={"scale": half_width()}),
        Call("Normal()", NormalInitializer(std=0.05)),
        Call("GlorotUniform()", GlorotUniform()),
        Call("GlorotNormal()", GlorotNormal()),
        Call("HeUniform()", HeUniform()),
        Call("HeNormal()", HeNormal()),
        Call("LeCunUniform()", LecunUniform()),
        Call("LeCunNormal()", LecunNormal()),
        Call("Orthogonal()", OrthogonalInitializer(gain=1.1)),
        Call("Identity()", Identity()),
        Call("UpsamplingDeconvFilter()", Bilinear(centre="kernel")),
        Call("DownsamplingConvFilter()", Bilinear(centre="kernel", purpose="downsampling")),
    ),
)
