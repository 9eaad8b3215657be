"""Stacks of layers and of residual blocks: the signal and the gradient's squared norm, last over first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scripts.stacks.matrices import Matrix
from scripts.stacks.units import Numbers, Pullback, Unit, batch_norm, layer_norm

Normalization = Callable[[Numbers], tuple[Numbers, Pullback]]
NORMALIZATIONS: dict[str, Normalization] = {"layer": layer_norm, "batch": batch_norm}


@dataclass(frozen=True)
class Layer:
    """A matrix of so many units, with biases, after an activation."""

    matrix: Matrix
    units: int
    bias_variance: float = 0.0

    def __call__(self, rng: np.random.Generator, unit: Unit | None, z: Numbers) -> tuple[Numbers, Pullback]:
        h, before = (z, lambda gradient: gradient) if unit is None else unit(z)
        after, transposed = self.matrix(rng, h, self.units)
        if self.bias_variance:
            biases = rng.standard_normal((*after.shape[:2], *(1,) * (after.ndim - 2)))
            after = after + np.sqrt(self.bias_variance) * biases
        return after, lambda gradient: before(transposed(gradient))


Step = Callable[[np.random.Generator, Numbers], tuple[Numbers, Pullback]]


def plain(unit: Unit, layer: Layer, normalize: Normalization | None = None) -> Step:
    """Return the step from one layer's pre-activations to the next's, normalised ones where they are."""

    def step(rng: np.random.Generator, z: Numbers) -> tuple[Numbers, Pullback]:
        after, back = layer(rng, unit, z)
        if normalize is None:
            return after, back
        value, before = normalize(after)
        return value, lambda gradient: back(before(gradient))

    return step


def block(
    unit: Unit, layers: tuple[Layer, ...], normalize: Normalization | None = None, *, is_post_norm: bool = False
) -> Step:
    """Return a residual block: x + f(x), x + f(norm(x)), or norm(x + f(x)).

    After a normalisation the first layer of the branch gets no activation.
    """

    def step(rng: np.random.Generator, x: Numbers) -> tuple[Numbers, Pullback]:
        pullbacks: list[Pullback] = []
        z = x
        if normalize is not None and not is_post_norm:
            z, before = normalize(x)
            pullbacks.append(before)
        for number, layer in enumerate(layers):
            z, back = layer(rng, unit if number or normalize is None else None, z)
            pullbacks.append(back)
        total, after = x + z, None
        if normalize is not None and is_post_norm:
            total, after = normalize(total)

        def pullback(gradient: Numbers) -> Numbers:
            through = gradient = gradient if after is None else after(gradient)
            for back in reversed(pullbacks):
                through = back(through)
            return gradient + through

        return total, pullback

    return step


def normalized_block(unit: Unit, layers: tuple[Layer, ...], normalize: Normalization) -> Step:
    """Return a residual block x + f(x), each layer of f after an activation and before a normalisation."""
    steps = [plain(unit, layer, normalize) for layer in layers]

    def step(rng: np.random.Generator, x: Numbers) -> tuple[Numbers, Pullback]:
        z, pullbacks = x, []
        for each in steps:
            z, back = each(rng, z)
            pullbacks.append(back)

        def pullback(gradient: Numbers) -> Numbers:
            through = gradient
            for back in reversed(pullbacks):
                through = back(through)
            return gradient + through

        return x + z, pullback

    return step


def ratios(rng: np.random.Generator, first: Numbers, steps: list[Step]) -> Numbers:
    """Return each draw's second moment at the end over that at the start, and the gradient's squared norm likewise."""
    z, pullbacks = first, []
    for step in steps:
        z, back = step(rng, z)
        pullbacks.append(back)
    axes = tuple(range(1, z.ndim))
    last = gradient = rng.standard_normal(z.shape)
    for back in reversed(pullbacks):
        gradient = back(gradient)
    forward = np.mean(z * z, axis=axes) / np.mean(first * first, axis=tuple(range(1, first.ndim)))
    backward = np.sum(gradient * gradient, axis=tuple(range(1, gradient.ndim))) / np.sum(last * last, axis=axes)
    return np.stack([forward, backward], axis=1)
