"""DJL's initializers."""

from __future__ import annotations

from service.frameworks.arguments import half_width
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotUniform

DJL = Framework(
    name="djl",
    title="DJL",
    modules=("djl", "ai.djl.training.initializer"),
    parameter_names={"sigma": ("std",)},
    source="deepjavalibrary/djl api/src/main/java/ai/djl/training/initializer at 13125539",
    calls=(
        Call("XavierInitializer()", GlorotUniform()),
        Call("NormalInitializer()", NormalInitializer(std=0.01)),
        Call("UniformInitializer()", UniformInitializer(low=-0.07, high=0.07), arguments={"scale": half_width()}),
    ),
    aliases={ConstantInitializer: ("ConstantInitializer",)},
)
