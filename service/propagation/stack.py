"""The stack of layers through which signals go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from service.activations.pointwise import PointwiseFunction

Norm = Literal["none", "batch", "layer", "rms"]

Sides = tuple[int, int]
"""The inputs of a matrix and its units."""


@dataclass(frozen=True)
class Place:
    """Where a matrix stands: in which step from layer to layer, or in which residual block, and where in that."""

    step: int
    """From 1."""
    number: int = 1
    """In the block, from 1."""


@dataclass(frozen=True)
class Stack:
    """Layers W f(z) + b, one after another, or residual blocks of such layers.

    The pre-activations of the first layer, or the stream before the first block, are the inputs: standard normal ones.
    """

    widths: tuple[int, ...]
    """Units of each layer, the inputs' among them; of the stream before the first block and after each."""
    function: PointwiseFunction
    frequency: float = 1.0
    """What pre-activations are multiplied with before the function, as ω in sin(ω (W x + b))."""
    normalization: Norm = "none"
    is_residual: bool = False
    is_post_norm: bool = False
    layers_per_branch: int = 1
    residual_scale: float = 1.0
    """What a branch's output is multiplied with before it is added."""

    @property
    def steps(self) -> int:
        """Steps from layer to layer, or blocks."""
        return len(self.widths) - 1

    @property
    def first(self) -> int:
        """The number of the first place that is measured: layer 1, or block 0, the stream before the first."""
        return 0 if self.is_residual else 1

    @property
    def unit(self) -> Literal["layer", "block"]:
        """What is counted."""
        return "block" if self.is_residual else "layer"

    @property
    def matrices_per_step(self) -> int:
        """How many matrices stand in a step."""
        return self.layers_per_branch if self.is_residual else 1

    def sides(self, step: int) -> Sides:
        """Return the sides of the matrices in a step."""
        return self.widths[step - 1], self.widths[step]

    def places(self) -> Iterator[Place]:
        """Yield where matrices stand, in the order in which a signal meets them."""
        for step in range(1, self.steps + 1):
            for number in range(1, self.matrices_per_step + 1):
                yield Place(step, number)

    def name(self, place: Place, tensor: str) -> str:
        """Return the name of a tensor within its seed."""
        return self.name_pattern(tensor, place.number).replace(f"{{{self.unit}}}", str(place.step + self.first))

    def name_pattern(self, tensor: str, number: int = 1) -> str:
        """Return the names of the tensors that stand alike in all steps, {layer} or {block} in place of its number."""
        if not self.is_residual:
            return f"layers.{{layer}}.{tensor}"
        return f"blocks.{{block}}.layers.{number}.{tensor}"

    @property
    def weights(self) -> int:
        """The elements of all matrices."""
        return sum(self.matrices_per_step * inputs * units for inputs, units in map(self.sides, self._steps))

    @property
    def activations(self) -> int:
        """The pre-activations of all layers, for one input."""
        return sum(self.matrices_per_step * max(self.sides(step)) for step in self._steps) + self.widths[0]

    @property
    def _steps(self) -> range:
        return range(1, self.steps + 1)
