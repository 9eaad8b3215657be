"""tch's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import HeNormal, HeUniform

TCH = Framework(
    name="tch",
    title="tch",
    modules=("tch.nn.init", "tch.nn.Init", "tch.nn.init.Init"),
    parameter_names={"lo": ("low",), "stdev": ("std",), "up": ("high",)},
    signatures={
        "Const": "value",
        "Uniform": "* lo up",
        "Randn": "* mean stdev",
        "Orthogonal": "* gain",
    },
    source="LaurentMazare/tch-rs src/nn/init.rs at a1dc7ec",
    calls=(
        Call("Init::Const(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call(
            "Init::Uniform { lo: -0.05, up: 0.05 }",
            UniformInitializer(low=-0.05, high=0.05),
            given={"lo": -0.05, "up": 0.05},
        ),
        Call("Init::Randn { mean: 0.0, stdev: 0.02 }", NormalInitializer(std=0.02), given={"mean": 0.0, "stdev": 0.02}),
        Call("init::DEFAULT_KAIMING_UNIFORM", HeUniform()),
        Call("init::DEFAULT_KAIMING_NORMAL", HeNormal()),
        Call("Init::Orthogonal { gain: 1.0 }", OrthogonalInitializer(), given={"gain": 1.0}),
    ),
)
