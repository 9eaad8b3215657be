"""Functions of one pre-activation, with their derivatives, and the shapes that several activations share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.activations.error_function import erf

Float64Array = NDArray[np.float64]
"""Pre-activations, or a function's values there, of any shape."""

_SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)


@dataclass(frozen=True)
class PointwiseFunction:
    """A function of each pre-activation by itself.

    `kinks` are the points where the function or its derivative is not smooth; between them, on the scale of 1, both
    are. `degree` is k where f(c z) = c^k f(z) for all c > 0, None where there is no such k.
    """

    function: Callable[[Float64Array], Float64Array]
    derivative: Callable[[Float64Array], Float64Array]
    kinks: tuple[float, ...] = ()
    degree: int | None = None


def sigmoid(z: Float64Array) -> Float64Array:
    value: Float64Array = 0.5 * (1.0 + np.tanh(0.5 * z))
    return value


def softplus(z: Float64Array) -> Float64Array:
    return np.logaddexp(0.0, z)


def sech2(z: Float64Array) -> Float64Array:
    """Return the derivative of tanh."""
    value: Float64Array = 1.0 - np.tanh(z) ** 2
    return value


def normal_cdf(z: Float64Array) -> Float64Array:
    value: Float64Array = 0.5 * (1.0 + erf(z / math.sqrt(2.0)))
    return value


def normal_pdf(z: Float64Array) -> Float64Array:
    value: Float64Array = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return value


def sloped(slope: float) -> PointwiseFunction:
    """Return z above 0 and slope * z below."""
    return PointwiseFunction(lambda z: np.where(z > 0, z, slope * z), lambda z: np.where(z > 0, 1.0, slope), (0.0,), 1)


def exponential_linear(alpha: float, scale: float = 1.0, width: float = 1.0) -> PointwiseFunction:
    """Return scale * z above 0 and scale * alpha * (exp(z / width) - 1) below."""
    return PointwiseFunction(
        lambda z: scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0) / width)),
        lambda z: scale * np.where(z > 0, 1.0, alpha / width * np.exp(np.minimum(z, 0.0) / width)),
        (0.0,),
    )


def clipped_line(slope: float, offset: float, low: float, high: float) -> PointwiseFunction:
    """Return slope * z + offset, clipped to the range from `low` to `high`."""
    ends = ((low - offset) / slope, (high - offset) / slope)
    return PointwiseFunction(
        lambda z: np.clip(slope * z + offset, low, high),
        lambda z: np.where((z > ends[0]) & (z < ends[1]), slope, 0.0),
        ends,
    )


def swish(beta: float) -> PointwiseFunction:
    """Return z sigmoid(beta z)."""
    return PointwiseFunction(
        lambda z: z * sigmoid(beta * z),
        lambda z: sigmoid(beta * z) * (1.0 + beta * z * sigmoid(-beta * z)),
    )


def gelu() -> PointwiseFunction:
    """Return z Phi(z) (Hendrycks and Gimpel, arXiv:1606.08415)."""
    return PointwiseFunction(lambda z: z * normal_cdf(z), lambda z: normal_cdf(z) + z * normal_pdf(z))


def gelu_tanh() -> PointwiseFunction:
    """Return GELU with tanh(sqrt(2 / pi) (z + 0.044715 z^3)) in place of the error function."""

    def inner(z: Float64Array) -> Float64Array:
        return _SQRT_2_OVER_PI * (z + 0.044715 * z**3)

    def derivative(z: Float64Array) -> Float64Array:
        at = inner(z)
        return 0.5 * (1.0 + np.tanh(at)) + 0.5 * z * sech2(at) * _SQRT_2_OVER_PI * (1.0 + 3 * 0.044715 * z * z)

    return PointwiseFunction(lambda z: 0.5 * z * (1.0 + np.tanh(inner(z))), derivative)


def scaled_tanh(scale: float, inner: float) -> PointwiseFunction:
    """Return scale * tanh(inner * z)."""
    return PointwiseFunction(lambda z: scale * np.tanh(inner * z), lambda z: scale * inner * sech2(inner * z))


def sine(omega: float) -> PointwiseFunction:
    """Return sin(omega z)."""
    return PointwiseFunction(lambda z: np.sin(omega * z), lambda z: omega * np.cos(omega * z))


def snake(frequency: float) -> PointwiseFunction:
    """Return z + sin(a z)^2 / a, a being the frequency (Ziyin et al., arXiv:2006.08195)."""
    return PointwiseFunction(
        lambda z: z + np.sin(frequency * z) ** 2 / frequency,
        lambda z: 1.0 + np.sin(2.0 * frequency * z),
    )


def hard_shrink(width: float) -> PointwiseFunction:
    """Return z where |z| > width, 0 between."""
    return _shrink(width, lambda z: z)


def soft_shrink(width: float) -> PointwiseFunction:
    """Return z moved towards 0 by `width`, 0 where that would pass it."""
    return _shrink(width, lambda z: z - width * np.sign(z))


def _shrink(width: float, outside: Callable[[Float64Array], Float64Array]) -> PointwiseFunction:
    return PointwiseFunction(
        lambda z: np.where(np.abs(z) > width, outside(z), 0.0),
        lambda z: np.where(np.abs(z) > width, 1.0, 0.0),
        (-width, width),
    )


def piecewise_linear(x: tuple[float, ...], y: tuple[float, ...]) -> PointwiseFunction:
    """Return the function through the points (x, y), straight between them and beyond the first and the last."""
    places, values = np.array(x), np.array(y)
    slopes = np.diff(values) / np.diff(places)

    def segment(z: Float64Array) -> NDArray[np.intp]:
        return np.clip(np.searchsorted(places, z) - 1, 0, slopes.size - 1)

    def function(z: Float64Array) -> Float64Array:
        at = segment(z)
        value: Float64Array = values[at] + slopes[at] * (z - places[at])
        return value

    def derivative(z: Float64Array) -> Float64Array:
        value: Float64Array = slopes[segment(z)]
        return value

    return PointwiseFunction(function, derivative, x)
