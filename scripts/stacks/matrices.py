"""Random matrices for many draws at once.

What a Gaussian or an orthogonal matrix makes of one vector is a random vector of known length, and what its transpose
makes of another, given that, is a random one too but for one direction. So neither is ever made, and draws are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scripts.stacks.units import Numbers, Pullback

Matrix = Callable[[np.random.Generator, Numbers, int], tuple[Numbers, Pullback]]
"""From vectors (draws, inputs, ...) to (draws, units, ...), and how a gradient goes back through the transpose."""


def _dot(a: Numbers, b: Numbers) -> Numbers:
    return np.sum(a * b, axis=1, keepdims=True)


@dataclass(frozen=True)
class Gaussian:
    """Independent normal elements of a variance."""

    variance: float

    def __call__(self, rng: np.random.Generator, h: Numbers, units: int) -> tuple[Numbers, Pullback]:
        square = _dot(h, h)
        z = np.sqrt(self.variance * square) * rng.standard_normal((len(h), units))

        def transposed(u: Numbers) -> Numbers:
            fresh = np.sqrt(self.variance * _dot(u, u)) * rng.standard_normal(h.shape)
            return fresh + h * (_dot(z, u) - _dot(fresh, h)) / square

        return z, transposed


@dataclass(frozen=True)
class Orthogonal:
    """A gain times a square orthogonal matrix, uniform over all."""

    gain: float

    def __call__(self, rng: np.random.Generator, h: Numbers, units: int) -> tuple[Numbers, Pullback]:
        assert units == h.shape[1]
        square = _dot(h, h)
        z = self.gain * np.sqrt(square) * _unit(rng.standard_normal(h.shape))

        def transposed(u: Numbers) -> Numbers:
            along = _dot(u, z) / (self.gain * self.gain * square)
            fresh = rng.standard_normal(h.shape)
            fresh = _unit(fresh - h * _dot(fresh, h) / square)
            rest = u - along * z
            return self.gain * (self.gain * along * h + np.sqrt(_dot(rest, rest)) * fresh)

        return z, transposed


def _unit(vectors: Numbers) -> Numbers:
    return vectors / np.sqrt(_dot(vectors, vectors))


@dataclass(frozen=True)
class Explicit:
    """Elements that are drawn one by one: uniform or normal ones, the same matrix for all of a batch."""

    variance: float
    is_uniform: bool = False

    def __call__(self, rng: np.random.Generator, h: Numbers, units: int) -> tuple[Numbers, Pullback]:
        shape = (len(h), units, h.shape[1])
        vectors = h if h.ndim == 3 else h[:, :, None]
        if self.is_uniform:
            bound = np.sqrt(3.0 * self.variance)
            weights = rng.uniform(-bound, bound, shape)
        else:
            weights = rng.standard_normal(shape) * np.sqrt(self.variance)
        z = weights @ vectors

        def transposed(u: Numbers) -> Numbers:
            return (np.swapaxes(weights, 1, 2) @ u.reshape(z.shape)).reshape(h.shape)

        return z.reshape(len(h), units, *h.shape[2:]), transposed


@dataclass(frozen=True)
class Convolution:
    """A normal kernel, 3 x 3 or 1 x 1, over images whose edges meet: (draws, channels, height, width)."""

    variance: float
    size: int = 3

    def __call__(self, rng: np.random.Generator, h: Numbers, units: int) -> tuple[Numbers, Pullback]:
        draws, channels, height, width = h.shape
        reach = range(-(self.size // 2), self.size // 2 + 1)
        shifts = [(i, j) for i in reach for j in reach]
        patches = np.stack([np.roll(h, shift, (2, 3)) for shift in shifts], axis=1)
        flat = patches.reshape(draws, -1, height * width)
        weights = rng.standard_normal((draws, units, flat.shape[1])) * np.sqrt(self.variance)

        def transposed(u: Numbers) -> Numbers:
            back = np.swapaxes(weights, 1, 2) @ u.reshape(draws, units, -1)
            parts = back.reshape(draws, len(shifts), channels, height, width)
            total: Numbers = np.sum([np.roll(parts[:, k], (-i, -j), (2, 3)) for k, (i, j) in enumerate(shifts)], axis=0)
            return total

        return (weights @ flat).reshape(draws, units, height, width), transposed
