"""Schemes for the matrices of transformers that add to a residual stream."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from service.initializers.fan_based import FanBased
from service.initializers.initializer import (
    Fan,
    Initialization,
    Initializer,
    LayerCount,
    LayerIndex,
    NonNegative,
    Target,
)
from service.tensors.complex_laws import of_dtype
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans
from service.tensors.laws import Distribution, Law, Normal, TruncatedNormal, centred
from service.tensors.spec import Scalar

Sigmas = Annotated[float, Field(ge=0.01, le=100)]


class ResidualScaledNormal(Initializer):
    """GPT-2's and Megatron's normal for the matrices that end a residual branch; GPT-2's other matrices have 0.02."""

    name = "residual_scaled_normal"

    layers: Annotated[
        LayerCount | None, Field(description="Layers of the network; each adds to the residual stream.")
    ] = None
    layer: Annotated[
        LayerIndex | None,
        Field(description="Instead of layers, which layer it is, from 0: layer + 1 counts for layers."),
    ] = None
    std: Annotated[NonNegative, Field(description="The standard deviation of the network's other matrices.")] = 0.02
    multiplier: Annotated[
        float, Field(ge=1e-6, le=1e6, description="Branches that each layer adds: 2, attention and feed-forward.")
    ] = 2.0
    width_multiplier: Annotated[
        float, Field(ge=1e-6, le=1e6, description="The width over that at which std was chosen (Megatron's muP).")
    ] = 1.0
    cutoff: Annotated[
        Sigmas | None, Field(description="Where the normal is cut, in standard deviations; nowhere without it.")
    ] = None

    def initialize(self, target: Target) -> Initialization:
        depth = self._depth()
        std = self.std / math.sqrt(self.multiplier * depth * self.width_multiplier)
        real = Normal(0.0, std) if self.cutoff is None else TruncatedNormal.symmetric(std, self.cutoff)
        law = of_dtype(real, target.dtype)
        counted: dict[str, Scalar] = {"layers": depth} if self.layer is None else {"layer": self.layer}
        facts: dict[str, Scalar] = {
            **counted, "multiplier": self.multiplier, "width_multiplier": self.width_multiplier,
            **({} if self.cutoff is None else {"cutoff": self.cutoff}), "mean": 0.0, **law.facts,
        }  # fmt: skip
        return Initialization.of(law, target, facts)

    def _depth(self) -> int:
        """Return how many layers count. Raises InvalidParameter."""
        if self.layers is not None and self.layer is not None:
            raise InvalidParameter("layer", "give either layers or layer")
        if self.layer is not None:
            return self.layer + 1
        if self.layers is None:
            raise InvalidParameter("layers", "give layers, how many the network has, or layer, which of them it is")
        return self.layers


class SmallInit(FanBased):
    """Nguyen's and Salazar's SmallInit."""

    name = "small_init"
    fact_names = ("width",)

    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"
    width: Annotated[
        Fan | None, Field(description="The model's width d; without it fan_in + 4 fan_out stands for 5 d.")
    ] = None

    def law(self, fans: Fans) -> Law:
        fan_in = fans.of("fan_in")
        five_widths = fan_in + 4.0 * fans.of("fan_out") if self.width is None else self.width * 5.0
        return centred(self.distribution, math.sqrt(2.0 / five_widths))


class WangInit(FanBased):
    """GPT-NeoX's and GPT-J's scheme for the matrices that end a residual branch."""

    name = "wang_init"
    fact_names = ("layers", "width")

    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"
    layers: Annotated[LayerCount, Field(description="Layers of the network.")]
    width: Annotated[Fan | None, Field(description="The model's width; fan_in without it.")] = None

    def law(self, fans: Fans) -> Law:
        fan_in = fans.of("fan_in")
        return centred(self.distribution, 2.0 / (self.layers * math.sqrt(self.width or fan_in)))


class Mitchell(FanBased):
    """OLMo's scheme "mitchell", which its code cuts at 3 sigmas."""

    name = "mitchell"
    fact_names = ("layer", "cutoff")

    layer: Annotated[
        LayerIndex | None, Field(description="Which layer, from 0, for a matrix that ends a branch; none for others.")
    ] = None
    cutoff: Annotated[Sigmas, Field(description="Where the normal is cut, in standard deviations.")] = 3.0

    def law(self, fans: Fans) -> Law:
        depth = 1.0 if self.layer is None else 2.0 * (self.layer + 1)
        return TruncatedNormal.symmetric(1.0 / math.sqrt(depth * fans.of("fan_in")), self.cutoff)
