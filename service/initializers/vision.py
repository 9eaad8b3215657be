"""Schemes of vision models: EfficientNet's convolutions, vision transformers."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.initializer import (
    LARGEST_NORMAL,
    Initialization,
    Target,
)
from service.initializers.random import normal_source
from service.initializers.variance_scaling import FanScaled, HeNormal
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode
from service.tensors.spec import Scalar


class EfficientNetNormal(HeNormal):
    """He's scheme with the group-aware fan-out of EfficientNet's convolutions."""

    name = "efficientnet_normal"

    mode: Annotated[Mode, Field(description="The fan to divide by.")] = "fan_out"


class Vit(FanScaled):
    """The weights of a vision transformer as timm's three presets have them."""

    name = "vit"
    ranks = (1, None)

    preset: Annotated[
        Literal["timm", "jax", "moco"], Field(description="timm: its own; jax: the paper's code; moco: MoCo v3.")
    ] = "timm"
    matrix: Annotated[
        Literal["linear", "qkv", "head", "convolution", "mlp_bias"], Field(description="What the tensor is.")
    ] = "linear"

    def effective_mode(self) -> Mode:
        return "fan_in" if self.matrix == "convolution" else "fan_avg"

    def std(self, fans: Fans) -> float:
        return 1.0 / math.sqrt(fans.of(self.effective_mode()))

    def described(self) -> dict[str, Scalar]:
        return {"preset": self.preset, "matrix": self.matrix}

    def initialize(self, target: Target) -> Initialization:
        if not target.shape:
            raise InvalidParameter("shape", "vit needs a shape of rank 1 or more")
        plain = self._plain_std()
        if plain is not None:
            source = normal_source(target, 0.0, plain)
            return Initialization(source, {**self.described(), "mean": 0.0, "std": plain}, LARGEST_NORMAL * plain)
        if self.matrix == "convolution":
            return self.draw(target, "truncated_normal")
        if self.matrix == "qkv" and self.preset == "moco":
            return self.model_copy(update={"gates": 3 * self.gates}).draw(target, "uniform")
        return self.draw(target, "uniform")

    def _plain_std(self) -> float | None:
        """Return the standard deviation of what does not depend on fans."""
        if self.preset == "timm":
            return 0.0 if self.matrix == "mlp_bias" else 0.02
        if self.matrix == "head":
            return 0.0
        if self.matrix == "mlp_bias":
            return 1e-6 if self.preset == "jax" else 0.0
        return None
