"""Gorgonia's initializers."""

from __future__ import annotations

import math

from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform

GORGONIA = Framework(
    name="gorgonia",
    title="Gorgonia",
    modules=("gorgonia",),
    parameter_names={"stdev": ("std",), "val": ("value",)},
    signatures={
        "ValuesOf": "val",
        "Uniform": "low high",
        "Gaussian": "mean stdev",
        "GlorotN": "gain",
        "GlorotU": "gain",
        "HeN": "gain",
        "HeU": "gain",
    },
    source="gorgonia/gorgonia weights.go at 006bb4a2",
    layout="in_out",
    shapes="A convolution's kernel stands out, in, kernel axes: layout=out_in.",
    calls=(
        Call("Zeroes()", Zeros()),
        Call("Ones()", Ones()),
        Call("ValuesOf(0.3)", ConstantInitializer(value=0.3), given={"val": 0.3}),
        Call("Uniform(-0.05, 0.05)", UniformInitializer(low=-0.05, high=0.05), given={"low": -0.05, "high": 0.05}),
        Call("Gaussian(0, 0.02)", NormalInitializer(std=0.02), given={"mean": 0, "stdev": 0.02}),
        Call("GlorotN(1.0)", GlorotNormal(), given={"gain": 1.0}),
        Call(
            "GlorotU(1.0)",
            GlorotUniform(),
            "In float64; its float32 form draws the normal: glorot_normal.",
            given={"gain": 1.0},
        ),
        Call("HeN(math.Sqrt(2))", HeNormal(), given={"gain": math.sqrt(2.0)}),
        Call("HeU(math.Sqrt(2))", HeUniform(), given={"gain": math.sqrt(2.0)}),
    ),
)
