"""Schemes of implicit neural representations."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.fan_based import FanBased
from service.tensors.fans import Fans
from service.tensors.laws import Law, Uniform
from service.tensors.spec import Scalar


class Siren(FanBased):
    """Sitzmann's scheme for networks of sines, whose ω₀ is 30 by default (sitzmann2020, section 3.2)."""

    name = "siren"

    layer: Annotated[Literal["first", "hidden"], Field(description="The layer that takes coordinates, or another.")] = (
        "hidden"
    )
    omega: Annotated[
        float, Field(gt=0, le=1e6, allow_inf_nan=False, description="ω₀, the frequency inside the sine.")
    ] = 30.0

    def law(self, fans: Fans) -> Law:
        fan_in = fans.of("fan_in")
        bound = 1.0 / fan_in if self.layer == "first" else math.sqrt(6.0 / fan_in) / self.omega
        return Uniform.between(-bound, bound)

    def facts(self) -> dict[str, Scalar]:
        return {"layer": self.layer, "omega": self.omega} if self.layer == "hidden" else {"layer": self.layer}
