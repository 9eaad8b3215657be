"""GoMLX's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import Ones, Zeros
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotUniform

GOMLX = Framework(
    name="gomlx",
    title="GoMLX",
    modules=("gomlx.initializers",),
    parameter_names={"max": ("high",), "min": ("low",), "stddev": ("std",)},
    signatures={
        "RandomUniformFn": "tensor min max",
        "RandomNormalFn": "tensor stddev",
        "GlorotUniformFn": "tensor",
    },
    source="gomlx/gomlx ml/context/initializers/initializers.go at 0240f438",
    layout="in_out",
    calls=(
        Call("initializers.Zero", Zeros()),
        Call("initializers.One", Ones()),
        Call(
            "initializers.RandomUniformFn(0, -0.05, 0.05)",
            UniformInitializer(low=-0.05, high=0.05),
            given={"min": -0.05, "max": 0.05},
        ),
        Call("initializers.RandomNormalFn(0, 0.02)", NormalInitializer(std=0.02), given={"stddev": 0.02}),
        Call(
            "initializers.GlorotUniformFn(0)",
            GlorotUniform(),
            "For matrices; of a kernel it takes the product of the axes' numbers for the receptive field.",
        ),
    ),
    aliases={GlorotUniform: ("XavierFn",)},
)
