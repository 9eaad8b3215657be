"""Maximal update parametrisation: hyperparameters that hold at every width."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.fan_based import FanBased
from service.initializers.initializer import Fan, NonNegative
from service.tensors.fans import Fans
from service.tensors.laws import Distribution, Law, centred
from service.tensors.spec import Scalar


class MuP(FanBased):
    """Table 3 of the paper (yang2022): the variances, and the factors of the learning rate beside them."""

    name = "mup"
    fact_names = ("role", "optimizer", "gain")

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

    def law(self, fans: Fans) -> Law:
        fan_in = fans.of("fan_in")
        if self.role == "output":
            return centred(self.distribution, self.gain * math.sqrt(self.base_fan_in or fan_in) / fan_in)
        return centred(self.distribution, self.gain / math.sqrt(fan_in))

    def facts_of(self, fans: Fans) -> dict[str, Scalar]:
        return {"learning_rate_multiplier": self.learning_rate_multiplier(fans)}

    def learning_rate_multiplier(self, fans: Fans) -> float:
        """Return the factor of the learning rate over that of the base width."""
        fan_in, fan_out = fans.of("fan_in"), fans.fan_out or 1.0
        wider_in, wider_out = fan_in / (self.base_fan_in or fan_in), fan_out / (self.base_fan_out or fan_out)
        multipliers = {
            ("input", "adam"): 1.0, ("hidden", "adam"): 1.0 / wider_in, ("output", "adam"): 1.0 / wider_in,
            ("input", "sgd"): wider_out, ("hidden", "sgd"): 1.0, ("output", "sgd"): 1.0 / wider_in,
        }  # fmt: skip
        return multipliers[self.role, self.optimizer]
