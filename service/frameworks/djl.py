"""DJL's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotUniform

DJL = Framework(
    name="djl",
    title="DJL",
    source="deepjavalibrary/djl api/src/main/java/ai/djl/training/initializer at 13125539",
    calls=(
        Call("XavierInitializer()", GlorotUniform()),
        Call("NormalInitializer()", NormalInitializer(std=0.01)),
        Call("UniformInitializer()", UniformInitializer(low=-0.07, high=0.07)),
    ),
    aliases={ConstantInitializer: ("ConstantInitializer",)},
)
