"""Schemes of vision models: EfficientNet's convolutions, vision transformers."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.fan_based import FanBased
from service.initializers.initializer import Initialization, Target
from service.initializers.variance_scaling import HeNormal
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode
from service.tensors.laws import Law, Normal, centred


class EfficientNetNormal(HeNormal):
    """He's scheme with the group-aware fan-out of EfficientNet's convolutions."""

    name = "efficientnet_normal"

    mode: Annotated[Mode, Field(description="The fan to divide by.")] = "fan_out"


class Vit(FanBased):
    """The weights of a vision transformer as timm's three presets have them."""

    name = "vit"
    ranks = (1, None)
    fact_names = ("preset", "matrix")

    preset: Annotated[
        Literal["timm", "jax", "moco"], Field(description="timm: its own; jax: the paper's code; moco: MoCo v3.")
    ] = "timm"
    matrix: Annotated[
        Literal["linear", "qkv", "head", "convolution", "mlp_bias"], Field(description="What the tensor is.")
    ] = "linear"

    def law(self, fans: Fans) -> Law:
        if self.matrix == "convolution":
            return centred("truncated_normal", 1.0 / math.sqrt(fans.of("fan_in")))
        return centred("uniform", 1.0 / math.sqrt(fans.of("fan_avg")))

    def fans(self, target: Target) -> tuple[Fans, ...]:
        if self.preset == "moco" and self.matrix == "qkv" and isinstance(self.gates, int):
            return FanBased.fans(self.model_copy(update={"gates": 3 * self.gates}), target)
        return super().fans(target)

    def initialize(self, target: Target) -> Initialization:
        if not target.shape:
            raise InvalidParameter("shape", "vit needs a shape of rank 1 or more")
        std = self._fixed_std()
        if std is None:
            return super().initialize(target)
        return Initialization.of(Normal(0.0, std), target, {**self.facts(), "mean": 0.0, "std": std})

    def _fixed_std(self) -> float | None:
        """Return the standard deviation of what does not depend on fans, as timm's `init_weights_vit_*` has it."""
        if self.preset == "timm":
            return 0.0 if self.matrix == "mlp_bias" else 0.02
        if self.matrix == "head":
            return 0.0
        if self.matrix == "mlp_bias":
            return 1e-6 if self.preset == "jax" else 0.0
        return None
