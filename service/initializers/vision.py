"""Schemes of vision models: EfficientNet's convolutions, vision transformers."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.initializers.entry import (
    LARGEST_NORMAL,
    Built,
    Entry,
    Reference,
    Target,
)
from service.initializers.random import normal_source
from service.initializers.variance_scaling import HE, FanScaled, HeNormal
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode
from service.tensors.spec import Scalar

TAN = Reference(
    "Mingxing Tan, Quoc V. Le",
    "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
    2019,
    "https://arxiv.org/abs/1905.11946",
)
DOSOVITSKIY = Reference(
    "Alexey Dosovitskiy, Lucas Beyer, Alexander Kolesnikov, et al.",
    "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
    2020,
    "https://arxiv.org/abs/2010.11929",
)
CHEN = Reference(
    "Xinlei Chen, Saining Xie, Kaiming He",
    "An Empirical Study of Training Self-Supervised Vision Transformers",
    2021,
    "https://arxiv.org/abs/2104.02057",
)


class EfficientNetNormal(HeNormal):
    """He's scheme with the group-aware fan-out of EfficientNet's convolutions."""

    mode: Annotated[Mode, Field(description="The fan to divide by.")] = "fan_out"

    entry: ClassVar[Entry] = Entry(
        name="efficientnet_normal",
        summary="He's scheme with a fan-out that counts one group only, for depthwise and grouped convolutions.",
        formula="σ = sqrt(2 / (k² · out / groups))",
        when="EfficientNets and other networks of depthwise convolutions.",
        references=(TAN, HE),
        aliases={"timm": ("init_weight_goog",), "TensorFlow TPU": ("conv_kernel_initializer",)},
        traps=("Without groups the standard deviation of a depthwise convolution would be sqrt(groups) too small.",),
        example="shape=96,1,3,3&groups=96&seed=42",
    )


class Vit(FanScaled):
    """The weights of a vision transformer as timm's three presets have them."""

    preset: Annotated[
        Literal["timm", "jax", "moco"], Field(description="timm: its own; jax: the paper's code; moco: MoCo v3.")
    ] = "timm"
    matrix: Annotated[
        Literal["linear", "qkv", "head", "convolution", "mlp_bias"], Field(description="What the tensor is.")
    ] = "linear"

    entry: ClassVar[Entry] = Entry(
        name="vit",
        summary="A vision transformer's weights, as timm's presets timm, jax and moco draw them.",
        formula="timm: N(0, 0.02²) everywhere; jax: Glorot uniform, LeCun normal for convolutions, N(0, 1e-12) for the "
        "feed-forward's biases, zeros for the head; moco: Glorot uniform, with a fused q, k, v as three matrices",
        when="Vision transformers trained from scratch.",
        references=(DOSOVITSKIY, CHEN),
        aliases={"timm": ("init_weights_vit_timm", "init_weights_vit_jax", "init_weights_vit_moco")},
        traps=(
            "timm's trunc_normal_(std=0.02) cuts at ±2, which is 100 sigmas: nothing is cut, there or here.",
            "The three aliases name one entry: say which preset.",
        ),
        ranks=(1, None),
        example="shape=576,192&preset=moco&matrix=qkv&seed=42",
    )

    def effective_mode(self) -> Mode:
        return "fan_in" if self.matrix == "convolution" else "fan_avg"

    def std(self, fans: Fans) -> float:
        return 1.0 / math.sqrt(fans.of(self.effective_mode()))

    def described(self) -> dict[str, Scalar]:
        return {"preset": self.preset, "matrix": self.matrix}

    def build(self, target: Target) -> Built:
        if not target.shape:
            raise InvalidParameter("shape", "vit needs a shape of rank 1 or more")
        plain = self._plain_std()
        if plain is not None:
            source = normal_source(target, 0.0, plain)
            return Built(source, {**self.described(), "mean": 0.0, "std": plain}, LARGEST_NORMAL * plain)
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
