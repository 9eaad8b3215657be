"""DJL's initializers."""

from __future__ import annotations

from collections.abc import Mapping

from service.frameworks.arguments import half_width
from service.frameworks.framework import Call, Framework
from service.frameworks.xavier import xavier_calls
from service.initializers.constant import ConstantInitializer
from service.initializers.random import NormalInitializer, UniformInitializer


def _xavier(given: Mapping[str, str]) -> str:
    if not given:
        return "XavierInitializer()"
    law, fan = given.get("randomType", "uniform"), given.get("factorType", "avg")
    return f"XavierInitializer(RandomType.{law.upper()}, FactorType.{fan.upper()}, 3)"


DJL = Framework(
    name="djl",
    title="DJL",
    modules=("djl", "ai.djl.training.initializer"),
    parameter_names={"sigma": ("std",)},
    signatures={
        "XavierInitializer": "randomType factorType magnitude",
        "NormalInitializer": "sigma",
        "UniformInitializer": "scale",
    },
    source="deepjavalibrary/djl api/src/main/java/ai/djl/training/initializer at 13125539",
    calls=(
        *xavier_calls(_xavier, "randomType", "factorType"),
        Call("NormalInitializer()", NormalInitializer(std=0.01)),
        Call("UniformInitializer()", UniformInitializer(low=-0.07, high=0.07), arguments={"scale": half_width()}),
    ),
    aliases={ConstantInitializer: ("ConstantInitializer",)},
)
