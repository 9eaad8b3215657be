"""Schemes that scale with a network's width: maximal update parametrisation, low-rank adapters."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.initializer import (
    Fan,
    Initialization,
    NonNegative,
    Target,
)
from service.initializers.variance_scaling import Distribution, FanScaled
from service.tensors.fans import Fans, Mode
from service.tensors.spec import Scalar


class MuP(FanScaled):
    """Maximal update parametrisation: hyperparameters that hold at every width."""

    name = "mup"

    role: Annotated[
        Literal["input", "hidden", "output"],
        Field(description="input: only fan_out grows with the width (embeddings); hidden: both; output: only fan_in."),
    ]
    optimizer: Annotated[
        Literal["adam", "sgd"], Field(description="Decides the learning rate's multiplier, which the reply tells.")
    ] = "adam"
    base_fan_in: Annotated[
        Fan | None, Field(description="fan_in at the width at which hyperparameters were tuned; the own without it.")
    ] = None
    base_fan_out: Annotated[Fan | None, Field(description="fan_out likewise.")] = None
    gain: Annotated[NonNegative, Field(description="Multiplies the standard deviation at every width.")] = 1.0
    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"

    def effective_mode(self) -> Mode:
        return "fan_in"

    def std(self, fans: Fans) -> float:
        fan_in = fans.of("fan_in")
        if self.role == "output":
            return self.gain * math.sqrt(self.base_fan_in or fan_in) / fan_in
        return self.gain / math.sqrt(fan_in)

    def described(self) -> dict[str, Scalar]:
        return {"role": self.role, "optimizer": self.optimizer, "gain": self.gain}

    def initialize(self, target: Target) -> Initialization:
        initialization = self.draw(target, self.distribution)
        if 0 in target.shape:
            return initialization
        return Initialization(
            initialization.source,
            {**initialization.facts, **self._multiplier(self.fans(target))},
            initialization.largest,
        )

    def _multiplier(self, fans: Fans) -> dict[str, Scalar]:
        """Return the factor of the learning rate over that of the base width: the paper's Table 3."""
        fan_in, fan_out = fans.of("fan_in"), fans.fan_out or 1.0
        wider_in, wider_out = fan_in / (self.base_fan_in or fan_in), fan_out / (self.base_fan_out or fan_out)
        multipliers = {
            ("input", "adam"): 1.0, ("hidden", "adam"): 1.0 / wider_in, ("output", "adam"): 1.0 / wider_in,
            ("input", "sgd"): wider_out, ("hidden", "sgd"): 1.0, ("output", "sgd"): 1.0 / wider_in,
        }  # fmt: skip
        return {"learning_rate_multiplier": multipliers[self.role, self.optimizer]}


class LoraA(FanScaled):
    """The down-projection of a low-rank adapter."""

    name = "lora_a"

    method: Annotated[
        Literal["kaiming", "gaussian"],
        Field(description="kaiming: uniform on ±1/sqrt(fan_in); gaussian: normal with std 1/rank."),
    ] = "kaiming"

    def effective_mode(self) -> Mode:
        return "fan_in"

    def std(self, fans: Fans) -> float:
        return 1.0 / math.sqrt(3.0 * fans.of("fan_in")) if self.method == "kaiming" else 1.0 / fans.of("fan_out")

    def described(self) -> dict[str, Scalar]:
        return {"method": self.method}

    def initialize(self, target: Target) -> Initialization:
        return self.draw(target, "uniform" if self.method == "kaiming" else "normal")
