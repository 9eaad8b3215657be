"""Parametrisations whose hyperparameters hold at every width, and in CompleteP at every depth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from service.arithmetic.transforms import power
from service.initializers.fan_based import FanBased
from service.initializers.initializer import (
    Fan,
    Initialization,
    Initializer,
    LayerCount,
    NonNegative,
    Target,
)
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans
from service.tensors.laws import Distribution, Law, Normal, centred
from service.tensors.layout import Layout
from service.tensors.spec import Scalar


class MuP(FanBased):
    """Table 3 of the paper (yang2022): the variances, and the factors of the learning rate beside them."""

    name = "mup"
    fact_names = ("role", "optimizer", "gain")

    role: Annotated[
        Literal["input", "embedding", "hidden", "output"],
        Field(
            description="input: only fan_out grows with the width; embedding: likewise, stored vocabulary × width "
            "unless layout says otherwise; hidden: both; output: only fan_in."
        ),
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

    def defaults(self) -> dict[str, Any]:
        is_told = "layout" in self.model_fields_set
        return {**super().defaults(), **({"layout": "in_out"} if self.role == "embedding" and is_told else {})}

    @property
    def effective_layout(self) -> Layout:
        is_told = "layout" in self.model_fields_set
        return "in_out" if self.role == "embedding" and not is_told else self.layout

    def law(self, fans: Fans) -> Law:
        fan_in = fans.of("fan_in")
        if self.role == "output":
            return centred(self.distribution, self.gain * math.sqrt(self.base_fan_in or fan_in) / fan_in)
        return centred(self.distribution, self.gain / math.sqrt(fan_in))

    def facts_of(self, fans: Fans, target: Target) -> dict[str, Scalar]:
        return {"learning_rate_multiplier": self.learning_rate_multiplier(fans)}

    def learning_rate_multiplier(self, fans: Fans) -> float:
        """Return the factor of the learning rate over that of the base width."""
        fan_in, fan_out = fans.of("fan_in"), fans.fan_out or 1.0
        wider_in, wider_out = fan_in / (self.base_fan_in or fan_in), fan_out / (self.base_fan_out or fan_out)
        multipliers = {
            ("input", "adam"): 1.0, ("hidden", "adam"): 1.0 / wider_in, ("output", "adam"): 1.0 / wider_in,
            ("input", "sgd"): wider_out, ("hidden", "sgd"): 1.0, ("output", "sgd"): 1.0 / wider_in,
        }  # fmt: skip
        return multipliers["input" if self.role == "embedding" else self.role, self.optimizer]


TransformerRole = Literal["embedding", "hidden", "output"]


class UnitMuP(FanBased):
    """u-µP (blake2024): unit variance for every weight, with the scales in the network and the optimizer.

    The multipliers are those of the unit-scaling library's functional.py (linear, linear_readout) and optim.py (Adam).
    """

    name = "u_mup"
    fact_names = ("role", "layers")

    role: Annotated[
        TransformerRole, Field(description="What the matrix is: decides the multipliers, which the reply tells.")
    ]
    layers: Annotated[
        LayerCount | None, Field(description="Layers of the stack that the matrix is in; none outside of it.")
    ] = None

    def law(self, fans: Fans) -> Law:
        return Normal(0.0, 1.0)

    def facts_of(self, fans: Fans, target: Target) -> dict[str, Scalar]:
        """Return the factors of the layer's output and of Adam's learning rate."""
        in_the_stack = 1.0 / math.sqrt(self.layers or 1)
        if self.role == "embedding":
            if target.rank < 2:
                raise InvalidParameter("shape", "an embedding has a shape of rank 2: rows and width")
            # The library takes the width for an embedding's fan-in.
            return {
                "output_multiplier": 1.0,
                "learning_rate_multiplier": in_the_stack / math.sqrt(target.shape[-1]),
            }
        fan_in = fans.of("fan_in")
        if self.role == "output":
            return {"output_multiplier": 1.0 / fan_in, "learning_rate_multiplier": in_the_stack}
        unit = 1.0 / math.sqrt(fan_in)
        return {"output_multiplier": unit, "learning_rate_multiplier": in_the_stack * unit}


Multiplier = Annotated[float, Field(ge=1e-6, le=1e6)]


class CompleteP(Initializer):
    """CompleteP (dey2025, table 1), as nanoGPT-mup's branch of that name has it, for AdamW."""

    name = "completep"

    role: Annotated[
        TransformerRole, Field(description="What the matrix is: hidden ones shrink with the width; output: the head.")
    ]
    std: Annotated[NonNegative, Field(description="The standard deviation at the base width.")] = 0.02
    width_multiplier: Annotated[Multiplier, Field(description="The width over that of the base model.")] = 1.0
    depth_multiplier: Annotated[Multiplier, Field(description="The layers over those of the base model.")] = 1.0
    alpha: Annotated[
        float, Field(ge=0.5, le=1, description="How residual branches shrink with the depth: 1 is CompleteP.")
    ] = 1.0

    def initialize(self, target: Target) -> Initialization:
        is_hidden = self.role == "hidden"
        std = self.std / math.sqrt(self.width_multiplier) if is_hidden else self.std
        facts: dict[str, Scalar] = {
            "role": self.role, "width_multiplier": self.width_multiplier, "depth_multiplier": self.depth_multiplier,
            "alpha": self.alpha, "mean": 0.0, "std": std, **self._multipliers(is_hidden),
        }  # fmt: skip
        return Initialization.of(Normal(0.0, std), target, facts)

    def _multipliers(self, is_hidden: bool) -> Mapping[str, Scalar]:
        """Return the factors of the branch's or the logits' values, and of AdamW's hyperparameters."""
        wider = self.width_multiplier
        if not is_hidden:
            logits = {"output_multiplier": 1.0 / wider} if self.role == "output" else {}
            return {
                **logits, "learning_rate_multiplier": 1.0, "weight_decay_multiplier": 1.0,
                "epsilon_multiplier": 1.0 / wider,
            }  # fmt: skip
        shrunk = power(self.depth_multiplier, -self.alpha)
        return {
            "residual_multiplier": shrunk,
            "learning_rate_multiplier": power(self.depth_multiplier, self.alpha - 1.0) / wider,
            "weight_decay_multiplier": wider,
            "epsilon_multiplier": shrunk / wider,
        }
