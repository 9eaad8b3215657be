"""Schemes of transformers whose gain follows from the depths of the encoder's and the decoder's stacks."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.arithmetic.transforms import log, power
from service.initializers.fan_based import FanBased
from service.initializers.initializer import LayerCount
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans
from service.tensors.laws import Distribution, Law, centred
from service.tensors.spec import Scalar

Stack = Literal["encoder", "decoder"]
TransformerMatrix = Literal["query", "key", "value", "output", "feed_forward"]


class _StackScaled(FanBased):
    """Glorot's scheme times a gain that follows from the depth of a transformer's stacks."""

    matrix: Annotated[TransformerMatrix, Field(description="Which of a transformer layer's matrices this is.")]
    encoder_layers: Annotated[LayerCount | None, Field(description="Layers of the encoder; none without one.")] = None
    decoder_layers: Annotated[LayerCount | None, Field(description="Layers of the decoder; none without one.")] = None
    stack: Annotated[Stack | None, Field(description="Which stack the matrix is in, when there are both.")] = None
    distribution: Annotated[Distribution, Field(description="Glorot's uniform or normal.")] = "normal"

    scaled: ClassVar[tuple[str, ...]] = ("value", "output", "feed_forward")
    """The matrices that the gain multiplies; the others have 1."""

    @abstractmethod
    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        """Return the gain of the matrices of a stack; a number of layers is None where there is no such stack."""

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

    def law(self, fans: Fans) -> Law:
        fan = fans.of("fan_avg")
        return centred(self.distribution, self.effective_gain() / math.sqrt(fan))

    def facts(self) -> dict[str, Scalar]:
        depths = {"encoder_layers": self.encoder_layers, "decoder_layers": self.decoder_layers}
        return {
            "matrix": self.matrix, "stack": self.effective_stack(),
            **{name: depth for name, depth in depths.items() if depth is not None},
            "gain": self.effective_gain(),
        }  # fmt: skip


class DeepNorm(_StackScaled):
    """DeepNet's initialization, which goes with residual connections scaled by alpha (wang2022, figure 2)."""

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

    def facts(self) -> dict[str, Scalar]:
        return {**super().facts(), "residual_alpha": self.residual_alpha()}


class SubLN(_StackScaled):
    """The initialization of Magneto, which goes with its sub-LayerNorm (wang2022b, figure 2)."""

    name = "sub_ln"

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        if encoder is None or decoder is None:
            return math.sqrt(log(2.0 * (encoder or decoder or 1)))
        if stack == "encoder":
            return math.sqrt(log(3.0 * decoder) * log(2.0 * encoder) / 3.0)
        return math.sqrt(log(3.0 * decoder))


class TFixup(_StackScaled):
    """Huang's initialization of transformers that train without warm-up and LayerNorm (huang2020, section 3.2)."""

    name = "t_fixup"

    distribution: Annotated[Distribution, Field(description="Glorot's uniform or normal.")] = "uniform"

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        return 0.67 * power(float(encoder or 1), -0.25) if stack == "encoder" else power(9.0 * (decoder or 1), -0.25)
