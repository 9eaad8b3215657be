"""Paddle's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer
from service.initializers.identity import Dirac
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.resampling import Bilinear
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform

_LATER = "PaddlePaddle/Paddle python/paddle/nn/initializer at 0ab6998c and 026e2ecb"

PADDLE = Framework(
    name="paddle",
    title="Paddle",
    modules=("paddle.nn.initializer",),
    parameter_names={"a": ("low",), "b": ("high",), "negative_slope": ("negative_slope",)},
    source="PaddlePaddle/Paddle python/paddle/nn/initializer at 0ab6998c",
    layout="in_out",
    shapes="A convolution's kernel stands out, in, kernel axes: layout=out_in.",
    calls=(
        Call("Constant()", ConstantInitializer()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-1.0, high=1.0)),
        Call("Normal()", NormalInitializer()),
        Call("TruncatedNormal()", TruncatedNormalInitializer(bounds="absolute")),
        Call("XavierUniform()", GlorotUniform()),
        Call("XavierNormal()", GlorotNormal()),
        Call("KaimingUniform()", HeUniform()),
        Call("KaimingNormal()", HeNormal()),
        Call(
            "Orthogonal()",
            OrthogonalInitializer(),
            source=_LATER,
            layout="out_in",
        ),
        Call(
            "Bilinear()",
            Bilinear(channels="all"),
            source=_LATER,
            layout="out_in",
        ),
    ),
    aliases={Dirac: ("Dirac",)},
)
