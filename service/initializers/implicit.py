"""Schemes of implicit neural representations."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.initializers.entry import (
    Built,
    Entry,
    Reference,
    Target,
)
from service.initializers.random import uniform_source
from service.initializers.variance_scaling import FanScaled
from service.tensors.fans import Fans, Mode
from service.tensors.source import ConstantSource
from service.tensors.spec import Scalar


class Siren(FanScaled):
    """Sitzmann's scheme for networks of sines."""

    layer: Annotated[Literal["first", "hidden"], Field(description="The layer that takes coordinates, or another.")] = (
        "hidden"
    )
    omega: Annotated[
        float, Field(gt=0, le=1e6, allow_inf_nan=False, description="ω₀, the frequency inside the sine.")
    ] = 30.0

    entry: ClassVar[Entry] = Entry(
        name="siren",
        summary="Weights that keep a network of sines' activations distributed alike in every layer.",
        formula="first: W ~ U[-1/fan_in, 1/fan_in); hidden: W ~ U[-b, b), b = sqrt(6 / fan_in) / ω₀",
        when="Implicit neural representations, whose activation is sin(ω₀ (W x + b)).",
        references=(
            Reference(
                "Vincent Sitzmann, Julien N. P. Martel, Alexander W. Bergman, David B. Lindell, Gordon Wetzstein",
                "Implicit Neural Representations with Periodic Activation Functions",
                2020,
                "https://arxiv.org/abs/2006.09661",
            ),
        ),
        aliases={"SIREN": ("sine_init", "first_layer_sine_init")},
        traps=("Both aliases name one entry: the first layer needs layer=first.",),
        example="shape=256,2&layer=first&seed=42",
    )

    def effective_mode(self) -> Mode:
        return "fan_in"

    def bound(self, fan_in: float) -> float:
        """Return the end of the interval."""
        return 1.0 / fan_in if self.layer == "first" else math.sqrt(6.0 / fan_in) / self.omega

    def std(self, fans: Fans) -> float:
        return self.bound(fans.of("fan_in")) / math.sqrt(3.0)

    def described(self) -> dict[str, Scalar]:
        return {"layer": self.layer, "omega": self.omega} if self.layer == "hidden" else {"layer": self.layer}

    def build(self, target: Target) -> Built:
        built = self.draw(target, "uniform")
        if isinstance(built.source, ConstantSource):
            return built
        # As it is written, not by way of the standard deviation, which would round once more.
        bound = self.bound(self.fans(target).of("fan_in"))
        return Built(uniform_source(target, -bound, bound), {**built.facts, "bound": bound}, bound)
