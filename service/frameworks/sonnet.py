"""Sonnet's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import VarianceScaling

SONNET = Framework(
    name="sonnet",
    title="Sonnet",
    modules=("sonnet.initializers", "snt.initializers"),
    parameter_names={"maxval": ("high",), "minval": ("low",), "stddev": ("std",)},
    signatures={
        "Constant": "value",
        "RandomUniform": "minval maxval seed",
        "RandomNormal": "mean stddev seed",
        "TruncatedNormal": "mean stddev seed",
        "VarianceScaling": "scale mode distribution seed",
        "Orthogonal": "gain seed",
        "Identity": "gain",
    },
    source="google-deepmind/sonnet sonnet/src/initializers.py at 26b0518",
    layout="in_out",
    calls=(
        Call("Zeros()", Zeros()),
        Call("Ones()", Ones()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("RandomUniform()", UniformInitializer(low=0.0, high=1.0)),
        Call("RandomNormal()", NormalInitializer()),
        Call("TruncatedNormal()", TruncatedNormalInitializer()),
        Call("VarianceScaling()", VarianceScaling(distribution="truncated_normal")),
        Call("Orthogonal()", OrthogonalInitializer()),
        Call("Identity()", Identity()),
    ),
)
