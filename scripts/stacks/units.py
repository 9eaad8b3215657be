"""What stands between two layers' matrices: an activation, with its gradient, for many draws at once.

Pre-activations and their gradients are arrays (draws, units, ...), what the next matrix gets is (draws, inputs, ...).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

Pullback = Callable[[Numbers], Numbers]
"""From the gradient by what the next matrix gets to that by the pre-activations."""


class Unit(Protocol):
    """An activation between two layers."""

    @property
    def pieces(self) -> int:
        """How many pre-activations make one input of the next matrix."""
        ...

    def __call__(self, z: Numbers) -> tuple[Numbers, Pullback]:
        """Return what the next matrix gets, and how a gradient goes back."""
        ...


@dataclass(frozen=True)
class Pointwise:
    """A function of each pre-activation by itself."""

    function: Callable[[Numbers], Numbers]
    derivative: Callable[[Numbers], Numbers]
    pieces: int = 1

    def __call__(self, z: Numbers) -> tuple[Numbers, Pullback]:
        slope = self.derivative(z)
        return self.function(z), lambda gradient: slope * gradient


@dataclass(frozen=True)
class Gated:
    """f(g) v of two pre-activations, stacked one half on the other."""

    function: Callable[[Numbers], Numbers]
    derivative: Callable[[Numbers], Numbers]
    pieces: int = 2

    def __call__(self, z: Numbers) -> tuple[Numbers, Pullback]:
        gate, value = np.split(z, 2, axis=1)
        opened, slope = self.function(gate), self.derivative(gate)

        def pullback(gradient: Numbers) -> Numbers:
            return np.concatenate([slope * value * gradient, opened * gradient], axis=1)

        return opened * value, pullback


@dataclass(frozen=True)
class Maxout:
    """The largest of several pre-activations, stacked one part on the other."""

    pieces: int

    def __call__(self, z: Numbers) -> tuple[Numbers, Pullback]:
        parts = np.stack(np.split(z, self.pieces, axis=1), axis=1)
        largest = np.argmax(parts, axis=1, keepdims=True)

        def pullback(gradient: Numbers) -> Numbers:
            spread = np.zeros_like(parts)
            np.put_along_axis(spread, largest, gradient[:, None], axis=1)
            return spread.reshape(z.shape)

        return np.take_along_axis(parts, largest, axis=1)[:, 0], pullback


@dataclass(frozen=True)
class Dropped:
    """Another unit, of whose outputs a part is dropped and the rest scaled up (inverted dropout)."""

    unit: Unit
    dropout: float
    rng: np.random.Generator

    @property
    def pieces(self) -> int:
        return self.unit.pieces

    def __call__(self, z: Numbers) -> tuple[Numbers, Pullback]:
        value, pullback = self.unit(z)
        kept = (self.rng.random(value.shape) >= self.dropout) / (1.0 - self.dropout)
        return kept * value, lambda gradient: pullback(kept * gradient)


def layer_norm(z: Numbers) -> tuple[Numbers, Pullback]:
    """Return units brought to mean 0 and variance 1 in each draw."""
    return _normalised(z, (1,))


def batch_norm(z: Numbers) -> tuple[Numbers, Pullback]:
    """Return each unit brought to mean 0 and variance 1 over the batch, the last axis."""
    return _normalised(z, (2,))


def _normalised(z: Numbers, axes: tuple[int, ...]) -> tuple[Numbers, Pullback]:
    centred = z - z.mean(axis=axes, keepdims=True)
    scale = 1.0 / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True))
    value = centred * scale

    def pullback(gradient: Numbers) -> Numbers:
        along = np.mean(gradient * value, axis=axes, keepdims=True)
        return scale * (gradient - gradient.mean(axis=axes, keepdims=True) - along * value)

    return value, pullback
