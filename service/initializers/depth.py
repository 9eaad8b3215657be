"""Schemes that scale with a network's depth: transformers' residual branches, and networks without normalisation."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.arithmetic.transforms import log, power
from service.arithmetic.truncation import truncate
from service.initializers.initializer import (
    LARGEST_NORMAL,
    Fan,
    Initialization,
    Initializer,
    NonNegative,
    Target,
)
from service.initializers.random import normal_source
from service.initializers.variance_scaling import Distribution, FanScaled
from service.streams.stream import Cut
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode
from service.tensors.source import ConstantSource
from service.tensors.spec import Scalar

Layers = Annotated[int, Field(ge=1, le=10**6)]


class ResidualScaledNormal(Initializer):
    """GPT-2's and Megatron's normal for the matrices that end a residual branch."""

    name = "residual_scaled_normal"

    layers: Annotated[Layers, Field(description="Layers of the network; each adds to the residual stream.")]
    std: Annotated[NonNegative, Field(description="The standard deviation of the network's other matrices.")] = 0.02
    multiplier: Annotated[
        float, Field(ge=1e-6, le=1e6, description="Branches that each layer adds: 2, attention and feed-forward.")
    ] = 2.0
    width_multiplier: Annotated[
        float, Field(ge=1e-6, le=1e6, description="The width over that at which std was chosen (Megatron's muP).")
    ] = 1.0

    def initialize(self, target: Target) -> Initialization:
        std = self.std / math.sqrt(self.multiplier * self.layers * self.width_multiplier)
        facts: dict[str, Scalar] = {
            "layers": self.layers, "multiplier": self.multiplier, "width_multiplier": self.width_multiplier,
            "mean": 0.0, "std": std,
        }  # fmt: skip
        return Initialization(normal_source(target, 0.0, std), facts, LARGEST_NORMAL * std)


class _OfFans(FanScaled):
    """A scheme of one distribution whose standard deviation is a formula of the fans."""

    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"

    def effective_mode(self) -> Mode:
        return "fan_in"

    def initialize(self, target: Target) -> Initialization:
        return self.draw(target, self.distribution)


class SmallInit(_OfFans):
    """Nguyen's and Salazar's SmallInit."""

    name = "small_init"

    width: Annotated[
        Fan | None, Field(description="The model's width d; without it fan_in + 4 fan_out stands for 5 d.")
    ] = None

    def std(self, fans: Fans) -> float:
        fifth = self.width * 5.0 if self.width is not None else fans.of("fan_in") + 4.0 * fans.of("fan_out")
        return math.sqrt(2.0 / fifth)

    def described(self) -> dict[str, Scalar]:
        return {} if self.width is None else {"width": self.width}


class WangInit(_OfFans):
    """GPT-NeoX's and GPT-J's scheme for the matrices that end a residual branch."""

    name = "wang_init"

    layers: Annotated[Layers, Field(description="Layers of the network.")]
    width: Annotated[Fan | None, Field(description="The model's width; fan_in without it.")] = None

    def std(self, fans: Fans) -> float:
        return 2.0 / (self.layers * math.sqrt(fans.of("fan_in") if self.width is None else self.width))

    def described(self) -> dict[str, Scalar]:
        width: dict[str, Scalar] = {} if self.width is None else {"width": self.width}
        return {"layers": self.layers, **width}


class Mitchell(FanScaled):
    """OLMo's scheme "mitchell"."""

    name = "mitchell"

    layer: Annotated[
        int | None,
        Field(ge=0, le=10**6, description="Which layer, from 0, for a matrix that ends a branch; none for others."),
    ] = None
    cutoff: Annotated[float, Field(ge=0.01, le=100, description="Where the normal is cut, in standard deviations.")] = (
        3.0
    )

    def effective_mode(self) -> Mode:
        return "fan_in"

    def std(self, fans: Fans) -> float:
        depth = 1.0 if self.layer is None else 2.0 * (self.layer + 1)
        return 1.0 / math.sqrt(depth * fans.of("fan_in"))

    def described(self) -> dict[str, Scalar]:
        layer: dict[str, Scalar] = {} if self.layer is None else {"layer": self.layer}
        return {**layer, "cutoff": self.cutoff}

    def initialize(self, target: Target) -> Initialization:
        initialization = self.draw(target, "normal")
        if isinstance(initialization.source, ConstantSource):
            return initialization
        before = self.std(self.fans(target))
        truncation = truncate(-self.cutoff, self.cutoff)
        bound = self.cutoff * before
        source = normal_source(target, 0.0, before, Cut(truncation, -bound, bound))
        facts = {
            **initialization.facts, "distribution": "truncated_normal", "std": before * truncation.std,
            "std_before": before,
            "bound": bound,
        }  # fmt: skip
        return Initialization(source, facts, bound)


Architecture = Literal["encoder", "decoder", "encoder_decoder"]
Stack = Literal["encoder", "decoder"]
Matrix = Literal["query", "key", "value", "output", "feed_forward"]


class _OfArchitecture(FanScaled):
    """Glorot's scheme times a gain that follows from the depth of a transformer's stacks."""

    matrix: Annotated[Matrix, Field(description="Which of a transformer layer's matrices this is.")]
    encoder_layers: Annotated[Layers | None, Field(description="Layers of the encoder; none without one.")] = None
    decoder_layers: Annotated[Layers | None, Field(description="Layers of the decoder; none without one.")] = None
    stack: Annotated[Stack | None, Field(description="Which stack the matrix is in, when there are both.")] = None
    distribution: Annotated[Distribution, Field(description="Glorot's uniform or normal.")] = "normal"

    scaled: ClassVar[tuple[str, ...]] = ("value", "output", "feed_forward")
    """The matrices that the gain multiplies; the others have 1."""

    @abstractmethod
    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        """Return the gain of the matrices of a stack; a number of layers is None where there is no such stack."""

    def effective_mode(self) -> Mode:
        return "fan_avg"

    def effective_gain(self) -> float:
        gain = self.stack_gain(self.encoder_layers, self.decoder_layers, self.effective_stack())
        return gain if self.matrix in self.scaled else 1.0

    def effective_stack(self) -> Stack:
        """Return the stack that was given, or the only one. Raises InvalidParameter."""
        stacks: list[Stack] = []
        if self.encoder_layers is not None:
            stacks.append("encoder")
        if self.decoder_layers is not None:
            stacks.append("decoder")
        if not stacks:
            raise InvalidParameter("encoder_layers", "give encoder_layers, decoder_layers, or both")
        if self.stack is None and len(stacks) > 1:
            raise InvalidParameter("stack", "say in which of the two stacks the matrix is: encoder or decoder")
        if self.stack is not None and self.stack not in stacks:
            raise InvalidParameter("stack", f"the network has no {self.stack}: {self.stack}_layers is not given")
        return self.stack or stacks[0]

    def std(self, fans: Fans) -> float:
        return self.effective_gain() / math.sqrt(fans.of("fan_avg"))

    def described(self) -> dict[str, Scalar]:
        depths: dict[str, Scalar] = {}
        if self.encoder_layers is not None:
            depths["encoder_layers"] = self.encoder_layers
        if self.decoder_layers is not None:
            depths["decoder_layers"] = self.decoder_layers
        return {"matrix": self.matrix, "stack": self.effective_stack(), **depths, "gain": self.effective_gain()}

    def initialize(self, target: Target) -> Initialization:
        return self.draw(target, self.distribution)


class DeepNorm(_OfArchitecture):
    """DeepNet's initialization, which goes with residual connections scaled by alpha."""

    name = "deepnorm"

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        if encoder is None or decoder is None:
            return power(8.0 * (encoder or decoder or 1), -0.25)
        if stack == "encoder":
            return 0.87 * power(float(encoder) ** 4 * decoder, -0.0625)
        return power(12.0 * decoder, -0.25)

    def residual_alpha(self) -> float:
        """Return the factor of the residual connection that goes with it."""
        encoder, decoder = self.encoder_layers, self.decoder_layers
        if encoder is None or decoder is None:
            return power(2.0 * (encoder or decoder or 1), 0.25)
        if self.effective_stack() == "encoder":
            return 0.81 * power(float(encoder) ** 4 * decoder, 0.0625)
        return power(3.0 * decoder, 0.25)

    def described(self) -> dict[str, Scalar]:
        return {**super().described(), "residual_alpha": self.residual_alpha()}


class SubLN(_OfArchitecture):
    """The initialization of Magneto, which goes with its sub-LayerNorm."""

    name = "sub_ln"

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        if encoder is None or decoder is None:
            return math.sqrt(log(2.0 * (encoder or decoder or 1)))
        if stack == "encoder":
            return math.sqrt(log(3.0 * decoder) * log(2.0 * encoder) / 3.0)
        return math.sqrt(log(3.0 * decoder))


class TFixup(_OfArchitecture):
    """Huang's initialization of transformers that train without warm-up and LayerNorm."""

    name = "t_fixup"

    distribution: Annotated[Distribution, Field(description="Glorot's uniform or normal.")] = "uniform"

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        return 0.67 * power(float(encoder or 1), -0.25) if stack == "encoder" else power(9.0 * (decoder or 1), -0.25)


class Fixup(FanScaled):
    """Fixup: residual networks without normalisation."""

    name = "fixup"

    branches: Annotated[Layers, Field(description="Residual branches of the network (L).")]
    layers_per_branch: Annotated[int, Field(ge=2, le=100, description="Weight layers in a branch (m).")] = 2
    position: Annotated[
        Literal["inner", "last"],
        Field(description="inner: scaled; last: zeros, for a branch's last layer and for the classifier."),
    ] = "inner"
    mode: Annotated[Mode, Field(description="The fan of He's scheme underneath.")] = "fan_out"
    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"

    def effective_mode(self) -> Mode:
        return self.mode

    def effective_gain(self) -> float:
        """Return what multiplies 1/sqrt(n)."""
        if self.position == "last":
            return 0.0
        return math.sqrt(2.0) * power(float(self.branches), -1.0 / (2 * self.layers_per_branch - 2))

    def std(self, fans: Fans) -> float:
        return self.effective_gain() / math.sqrt(fans.of(self.mode))

    def described(self) -> dict[str, Scalar]:
        return {
            "mode": self.mode, "branches": self.branches, "layers_per_branch": self.layers_per_branch,
            "position": self.position, "gain": self.effective_gain(),
        }  # fmt: skip

    def initialize(self, target: Target) -> Initialization:
        return self.draw(target, self.distribution)
