"""The modulus of a circular complex normal that is cut, without libm.

Of the complex normal with variance 1, |z|^2 is distributed exponentially: P(|z| <= r) = 1 - exp(-r^2), and within a
radius r its variance is E|z|^2 = 1 - r^2 / (exp(r^2) - 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from service.arithmetic.bisection import sigma_before
from service.arithmetic.transforms import exp

_LEAST_SQUARE = 2.0**-100
"""Of a radius in standard deviations; within a smaller one the normal is uniform."""

_NARROW_SQUARE = 0.1
"""Up to it the series are taken, which lose no digits."""

_FLAT = 1e4
"""With a standard deviation so many times the radius, a normal is uniform within it, to eight digits."""

_MASS_SERIES = tuple((-1.0) ** k / math.factorial(k + 1) for k in range(11))


@dataclass(frozen=True)
class ModulusCut:
    """The circular complex normal of variance 1 within a radius: the mass there, and the standard deviation."""

    radius: float
    mass: float
    std: float


@lru_cache(maxsize=4096)
def cut_modulus(radius: float) -> ModulusCut:
    """Return the circular complex normal of variance 1 within a radius. Raises ValueError where that is too small."""
    square = radius * radius
    if not square >= _LEAST_SQUARE:
        raise ValueError("the bounds are too close together, in standard deviations")
    if math.isinf(square):
        return ModulusCut(radius, 1.0, 1.0)
    if square < _NARROW_SQUARE:
        return ModulusCut(radius, _narrow_mass(square), math.sqrt(_narrow_variance(square)))
    beyond = exp(-square)
    mass = 1.0 - beyond
    return ModulusCut(radius, mass, math.sqrt(1.0 - square * (beyond / mass)))


def _narrow_mass(square: float) -> float:
    total = 0.0
    for coefficient in reversed(_MASS_SERIES):
        total = total * square + coefficient
    return square * total


def _narrow_variance(x: float) -> float:
    """Return 1 - x/(exp(x) - 1) by the Bernoulli numbers."""
    square = x * x
    return x * (0.5 - x * (1 / 12 - square * (1 / 720 - square * (1 / 30240 - square / 1209600))))


def std_before_cut(radius: float, std: float) -> float:
    """Return the standard deviation of the complex normal that has `std` within a radius.

    Raises ValueError when none has: `std` must be below that of the uniform disk, radius/sqrt(2).
    """
    message = "std must be below {}, that of the uniform disk between the bounds"
    if not std < radius / math.sqrt(2.0):
        raise ValueError(message.format("high/sqrt(2)"))

    def after(sigma: float) -> float:
        return sigma * cut_modulus(radius / sigma).std

    sigma = sigma_before(after, std, std, _FLAT * radius)
    if sigma is None:
        raise ValueError(message.format("and not too close to high/sqrt(2)"))
    return sigma
