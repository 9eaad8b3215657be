"""Low-rank adapters."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.fan_based import FanBased
from service.tensors.fans import Fans
from service.tensors.laws import Law, Normal, centred


class LoraA(FanBased):
    """The down-projection of a low-rank adapter."""

    name = "lora_a"
    fact_names = ("method",)

    method: Annotated[
        Literal["kaiming", "gaussian"],
        Field(description="kaiming: uniform on ±1/sqrt(fan_in); gaussian: normal with std 1/rank."),
    ] = "kaiming"

    def law(self, fans: Fans) -> Law:
        fan_in = fans.of("fan_in")
        if self.method == "kaiming":
            return centred("uniform", 1.0 / math.sqrt(3.0 * fan_in))
        return Normal(0.0, 1.0 / fans.of("fan_out"))
