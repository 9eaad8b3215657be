"""A signal through layers that feed each unit from one unit: identities, Dirac kernels and permutations.

No sum makes the pre-activations normal again: after a layer they are g f(z), after two g f(g f(z)), and so on, of
normal z in the first. The moments are those of the repeated function, by quadrature over z.
"""

from __future__ import annotations

import math

import numpy as np

from service.activations.pointwise import Float64Array, PointwiseFunction
from service.activations.quadrature import nodes, weighted_sum
from service.advice.theory.extrapolation import extrapolated, followed
from service.advice.theory.path import Path

_LARGEST = 1e150
"""Of pre-activations and slopes that are followed: their squares are numbers still."""

_LEAST = 1e-300
"""Moments below it are taken for it, for their logarithms' sake."""


def follow(function: PointwiseFunction, gain: float, layers: int, layers_per_branch: int | None = None) -> Path:
    """Return what becomes of a unit signal through layers, each after the function and with one weight a unit, `gain`.

    With `layers_per_branch`, through as many blocks x + f(x), f of so many layers each.
    """
    z, weight = nodes(function.kinks, np.ones(1))
    value, slope = z, np.ones_like(z)
    forward, backward = [0.0], [0.0]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for _ in range(followed(layers, layers_per_branch)):
            after, inner_slope = _step(function, gain, value, layers_per_branch)
            before, value, slope = (value, slope), after, _bounded(slope * inner_slope)
            forward.append(_log(weighted_sum(weight, value * value)))
            backward.append(_log(weighted_sum(weight, slope * slope)))
            if all(map(np.array_equal, before, (value, slope))):
                return Path(forward[-1], backward[-1])
    return Path(extrapolated(forward, layers), extrapolated(backward, layers))


def courses(
    function: PointwiseFunction, gain: float, layers: int, layers_per_branch: int | None = None
) -> tuple[list[float], list[float]]:
    """Return the logarithms of the signal's second moment, and of its gradient's squared norm, at each layer."""
    z, weight = nodes(function.kinks, np.ones(1))
    value, slopes, signal = z, list[Float64Array](), [0.0]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for _ in range(layers):
            value, slope = _step(function, gain, value, layers_per_branch)
            slopes.append(slope)
            signal.append(_log(weighted_sum(weight, value * value)))
        through, gradient = np.ones_like(z), [0.0]
        for slope in reversed(slopes):
            through = _bounded(through * slope)
            gradient.append(_log(weighted_sum(weight, through * through)))
    return signal, gradient[::-1]


def _step(
    function: PointwiseFunction, gain: float, value: Float64Array, layers_per_branch: int | None
) -> tuple[Float64Array, Float64Array]:
    """Return what a layer, or a block, makes of pre-activations, and the slope of that."""
    inner, slope = value, np.ones_like(value)
    for _ in range(layers_per_branch or 1):
        slope = _bounded(gain * function.derivative(inner) * slope)
        inner = _bounded(gain * function.function(inner))
    return (inner, slope) if layers_per_branch is None else (_bounded(value + inner), 1.0 + slope)


def _log(moment: Float64Array) -> float:
    return math.log(max(float(moment[0]), _LEAST))


def _bounded(numbers: Float64Array) -> Float64Array:
    return np.clip(np.nan_to_num(numbers, nan=_LARGEST), -_LARGEST, _LARGEST)
