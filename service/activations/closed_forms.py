"""Moments by formulas: of oscillations, of exp, of maxout, of random slopes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from service.activations.moments import ActivationMoments, PowerLawMoments, ratio
from service.activations.pointwise import Float64Array
from service.activations.quadrature import nodes, weighted_sum


@dataclass(frozen=True)
class ClosedFormMoments:
    """Moments by formulas, for functions that quadrature would need too many nodes for.

    `second` and `slope_second` return the moment and its derivative by ln q.
    """

    mean: Callable[[Float64Array], Float64Array]
    second: Callable[[Float64Array], tuple[Float64Array, Float64Array]]
    fourth: Callable[[Float64Array], Float64Array]
    slope_second: Callable[[Float64Array], tuple[Float64Array, Float64Array]]
    slope_fourth: Callable[[Float64Array], Float64Array]
    mixed: Callable[[Float64Array], Float64Array]
    degree: None = None
    pieces: int = 1

    def at(self, q: Float64Array) -> ActivationMoments:
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            (second, second_slope), (slope_second, slope_slope) = self.second(q), self.slope_second(q)
            return ActivationMoments(
                mean=self.mean(q),
                second=second,
                fourth=self.fourth(q),
                slope_second=slope_second,
                slope_fourth=self.slope_fourth(q),
                mixed=self.mixed(q),
                elasticity=ratio(second_slope, second),
                slope_elasticity=ratio(slope_slope, slope_second),
            )


def _oscillation(sign: float) -> Callable[[Float64Array], tuple[Float64Array, Float64Array]]:
    """Return E[sin(z)^2] (sign -1) or E[cos(z)^2] (sign 1) of z ~ N(0, q): (1 + sign exp(-2 q)) / 2."""

    def moment(q: Float64Array) -> tuple[Float64Array, Float64Array]:
        value = -0.5 * np.expm1(-2.0 * q) if sign < 0 else 0.5 + 0.5 * np.exp(-2.0 * q)
        return value, -sign * q * np.exp(-2.0 * q)

    return moment


def _oscillation_fourth(sign: float) -> Callable[[Float64Array], Float64Array]:
    """Return E[sin(z)^4] or E[cos(z)^4]: (3 + sign 4 exp(-2 q) + exp(-8 q)) / 8."""

    def moment(q: Float64Array) -> Float64Array:
        exact = (3.0 + sign * 4.0 * np.exp(-2.0 * q) + np.exp(-8.0 * q)) / 8.0
        # sin(z)^4 = z^4 - (2/3) z^6 + ... where the terms above would cancel.
        return np.where((sign < 0) & (q < 1e-4), 3.0 * q * q * (1.0 - 10.0 / 3.0 * q), exact)

    return moment


def _oscillation_mixed(q: Float64Array) -> Float64Array:
    """Return E[sin(z)^2 cos(z)^2] = E[sin(2 z)^2] / 4."""
    return -0.125 * np.expm1(-8.0 * q)


def sine_moments(omega: float) -> ClosedFormMoments:
    """Return the moments of sin(omega z)."""
    square = omega * omega

    def slope(q: Float64Array) -> tuple[Float64Array, Float64Array]:
        value, derivative = _oscillation(1.0)(square * q)
        return square * value, square * derivative

    return ClosedFormMoments(
        mean=np.zeros_like,
        second=lambda q: _oscillation(-1.0)(square * q),
        fourth=lambda q: _oscillation_fourth(-1.0)(square * q),
        slope_second=slope,
        slope_fourth=lambda q: square * square * _oscillation_fourth(1.0)(square * q),
        mixed=lambda q: square * _oscillation_mixed(square * q),
    )


def cosine_moments() -> ClosedFormMoments:
    """Return the moments of cos(z)."""
    return ClosedFormMoments(
        mean=lambda q: np.exp(-0.5 * q),
        second=_oscillation(1.0),
        fourth=_oscillation_fourth(1.0),
        slope_second=_oscillation(-1.0),
        slope_fourth=_oscillation_fourth(-1.0),
        mixed=_oscillation_mixed,
    )


def exponential_moments() -> ClosedFormMoments:
    """Return the moments of exp(z): E[exp(k z)] = exp(k^2 q / 2)."""

    def square(q: Float64Array) -> tuple[Float64Array, Float64Array]:
        value = np.exp(2.0 * q)
        return value, 2.0 * q * value

    return ClosedFormMoments(
        mean=lambda q: np.exp(0.5 * q),
        second=square,
        fourth=lambda q: np.exp(8.0 * q),
        slope_second=square,
        slope_fourth=lambda q: np.exp(8.0 * q),
        mixed=lambda q: np.exp(8.0 * q),
    )


def snake_moments(frequency: float) -> ClosedFormMoments:
    """Return the moments of z + sin(a z)^2 / a, from E[cos(k z)] = exp(-k^2 q / 2)."""
    a = frequency

    def cosine(multiple: float, q: Float64Array) -> Float64Array:
        """Return E[cos(2 a m z)]."""
        value: Float64Array = np.exp(-2.0 * (a * multiple) ** 2 * q)
        return value

    def second(q: Float64Array) -> tuple[Float64Array, Float64Array]:
        one, two = cosine(1.0, q), cosine(2.0, q)
        value = q + (1.5 - 2.0 * one + 0.5 * two) / (4.0 * a * a)
        return value, q + (one - two) * q

    def fourth(q: Float64Array) -> Float64Array:
        one, two = cosine(1.0, q), cosine(2.0, q)
        # E[z^2 cos(k z)] = (q - k^2 q^2) exp(-k^2 q / 2)
        turned = 1.5 * q - 2.0 * (q - 4.0 * (a * q) ** 2) * one + 0.5 * (q - 16.0 * (a * q) ** 2) * two
        rest = 4.375 - 7.0 * one + 3.5 * two - cosine(3.0, q) + 0.125 * cosine(4.0, q)
        return 3.0 * q * q + 6.0 * turned / (4.0 * a * a) + rest / (16.0 * a**4)

    def slope_second(q: Float64Array) -> tuple[Float64Array, Float64Array]:
        two = cosine(2.0, q)
        return 1.5 - 0.5 * two, 4.0 * a * a * q * two

    def mixed(q: Float64Array) -> Float64Array:
        one, two, three, four = (cosine(multiple, q) for multiple in (1.0, 2.0, 3.0, 4.0))
        # E[z sin(k z)] = k q exp(-k^2 q / 2)
        squares = 1.5 * q - 0.5 * (q - 16.0 * (a * q) ** 2) * two
        crossed = 4.0 * q * (one - two)
        return squares + crossed + (2.125 - 2.5 * one + 0.5 * three - 0.125 * four) / (4.0 * a * a)

    return ClosedFormMoments(
        mean=lambda q: -np.expm1(-2.0 * a * a * q) / (2.0 * a),
        second=second,
        fourth=fourth,
        slope_second=slope_second,
        slope_fourth=lambda q: 4.375 - 3.5 * cosine(2.0, q) + 0.125 * cosine(4.0, q),
        mixed=mixed,
    )


def maxout_moments(pieces: int) -> PowerLawMoments:
    """Return the moments of the largest of `pieces` independent pre-activations (Goodfellow et al., arXiv:1302.4389).

    One piece at a time has the gradient. The density of the largest is k Phi(z)^(k-1) phi(z).
    """
    z, weight = nodes((), np.ones(1))
    below = np.array([[0.5 * math.erfc(-x / math.sqrt(2.0)) for x in z[0]]])
    density = weight * pieces * below ** (pieces - 1)
    mean, second, fourth = (float(weighted_sum(density, z**k)[0]) for k in (1, 2, 4))
    return PowerLawMoments(1, mean, second, fourth, 1.0, 1.0, second, pieces)


def random_slope_moments(low: float, high: float) -> PowerLawMoments:
    """Return the moments of RReLU, whose negative slope is uniform on [low, high] (arXiv:1505.00853)."""
    slope, square, fourth = ((high ** (k + 1) - low ** (k + 1)) / ((k + 1) * (high - low)) for k in (1, 2, 4))
    half = 0.5 * (1.0 + square)
    return PowerLawMoments(
        1,
        (1.0 - slope) / math.sqrt(2.0 * math.pi),
        half,
        1.5 * (1.0 + fourth),
        half,
        0.5 * (1.0 + fourth),
        0.5 * (1.0 + fourth),
    )
