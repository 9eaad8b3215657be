"""Schemes of implicit neural representations."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.initializer import (
    Initialization,
    Target,
)
from service.initializers.random import uniform_source
from service.initializers.variance_scaling import FanScaled
from service.tensors.fans import Fans, Mode
from service.tensors.source import ConstantSource
from service.tensors.spec import Scalar


class Siren(FanScaled):
    """Sitzmann's scheme for networks of sines."""

    name = "siren"

    layer: Annotated[Literal["first", "hidden"], Field(description="The layer that takes coordinates, or another.")] = (
        "hidden"
    )
    omega: Annotated[
        float, Field(gt=0, le=1e6, allow_inf_nan=False, description="ω₀, the frequency inside the sine.")
    ] = 30.0

    def effective_mode(self) -> Mode:
        return "fan_in"

    def bound(self, fan_in: float) -> float:
        """Return the end of the interval."""
        return 1.0 / fan_in if self.layer == "first" else math.sqrt(6.0 / fan_in) / self.omega

    def std(self, fans: Fans) -> float:
        return self.bound(fans.of("fan_in")) / math.sqrt(3.0)

    def described(self) -> dict[str, Scalar]:
        return {"layer": self.layer, "omega": self.omega} if self.layer == "hidden" else {"layer": self.layer}

    def initialize(self, target: Target) -> Initialization:
        initialization = self.draw(target, "uniform")
        if isinstance(initialization.source, ConstantSource):
            return initialization
        # As it is written, not by way of the standard deviation, which would round once more.
        bound = self.bound(self.fans(target).of("fan_in"))
        return Initialization(uniform_source(target, -bound, bound), {**initialization.facts, "bound": bound}, bound)
