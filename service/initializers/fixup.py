"""Fixup: residual networks without normalisation."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.arithmetic.transforms import power
from service.initializers.fan_based import FanBased
from service.initializers.initializer import LayerCount
from service.tensors.fans import Fans, Mode
from service.tensors.laws import Distribution, Law, centred
from service.tensors.spec import Scalar


class Fixup(FanBased):
    """He's scheme times L^(-1/(2m-2)) inside the branches, zeros where one ends."""

    name = "fixup"

    branches: Annotated[LayerCount, Field(description="Residual branches of the network (L).")]
    layers_per_branch: Annotated[int, Field(ge=2, le=100, description="Weight layers in a branch (m).")] = 2
    position: Annotated[
        Literal["inner", "last"],
        Field(description="inner: scaled; last: zeros, for a branch's last layer and for the classifier."),
    ] = "inner"
    mode: Annotated[Mode, Field(description="The fan of He's scheme underneath.")] = "fan_out"
    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"

    def effective_gain(self) -> float:
        """Return what multiplies 1/sqrt(n)."""
        if self.position == "last":
            return 0.0
        return math.sqrt(2.0) * power(float(self.branches), -1.0 / (2 * self.layers_per_branch - 2))

    def law(self, fans: Fans) -> Law:
        return centred(self.distribution, self.effective_gain() / math.sqrt(fans.of(self.mode)))

    def facts(self) -> dict[str, Scalar]:
        return {
            "mode": self.mode, "branches": self.branches, "layers_per_branch": self.layers_per_branch,
            "position": self.position, "gain": self.effective_gain(),
        }  # fmt: skip
