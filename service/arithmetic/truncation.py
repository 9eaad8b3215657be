"""The truncated standard normal distribution: its masses and moments, without libm.

Integrals of exp(-x^2/2) are taken by Gauss-Legendre quadrature on a fixed number of panels, so the
numbers that shape a tensor are the same bits on every machine (see "Truncation" in stream 1's `SPECIFICATION.md`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from service.arithmetic.bisection import sigma_before
from service.arithmetic.elementary import exp64
from service.arithmetic.gauss_legendre import LEGENDRE_NODES, LEGENDRE_WEIGHTS
from service.compilation import inlined, kernel

_PANELS = 16
_NEGLIGIBLE_EXPONENT = 160.0
"""exp(-160/2) = 2e-35: what lies beyond adds nothing to a sum near 1."""

_INVERSE_SQRT_2_PI = 0.3989422804014327

_DEEP = 30.0
"""In sigmas. Nearer than this, tail probabilities are far from underflow and need no scaling."""

_BEYOND = 1e5
"""In sigmas. Past it a tail is zero, even multiplied as an interval within `LARGEST_NEAR_BOUND` has it."""

_FLAT = 1e8
"""With a sigma so many times the interval, a normal is uniform between the bounds, to binary64."""

LARGEST_NEAR_BOUND = 1e4
"""In sigmas. Past it, binary64 no longer resolves the distribution between the bounds."""


@inlined
def _integrate(low: float, high: float, anchor: float, centre: float, power: int) -> float:
    """Return the integral of (x - centre)**power exp(-(x^2 - anchor^2)/2)/sqrt(2 pi) over [low, high]."""
    width = (high - low) / _PANELS
    half = 0.5 * width
    total = 0.0
    for panel in range(_PANELS):
        middle = low + (panel + 0.5) * width
        for i in range(8):
            for side in range(2):
                offset = half * LEGENDRE_NODES[i]
                x = middle - offset if side == 0 else middle + offset
                term = LEGENDRE_WEIGHTS[i] * exp64(-0.5 * (x - anchor) * (x + anchor))
                for _ in range(power):
                    term = term * (x - centre)
                total += term
    return total * half * _INVERSE_SQRT_2_PI


@kernel("UniTuple(float64, 3)(float64, float64, float64)")
def _measure(low: float, high: float, anchor: float) -> tuple[float, float, float]:
    """Return mass (times exp(anchor^2/2)), mean and variance of the standard normal on [low, high]."""
    nearest = min(max(low, 0.0), high)
    reach = np.sqrt(nearest * nearest + _NEGLIGIBLE_EXPONENT)
    low = max(low, -reach)
    high = min(high, reach)
    mass = _integrate(low, high, anchor, 0.0, 0)
    middle = 0.5 * (low + high)
    mean = middle + _integrate(low, high, anchor, middle, 1) / mass
    variance = _integrate(low, high, anchor, mean, 2) / mass
    return mass, mean, variance


TruncationNumbers = tuple[float, float, float, float, float, float]
"""What the kernels take of a truncation; see `Truncation.numbers`."""


@dataclass(frozen=True)
class Truncation:
    """The standard normal between `low` and `high` (in sigmas), as the kernels need it.

    `middle` = (Phi(low) + Phi(high) - 1)/2, for anchor 0 only. `below` = s Phi(low), `above` = s Q(high) and
    `mass` = s (Phi(high) - Phi(low)), where
    s = exp(anchor^2/2). The anchor is 0 unless the whole interval lies deep in one tail; then it is
    the nearer bound, and the mass on the other side, which is not used, is 0.
    `mean` and `std` are those of the truncated distribution, in sigmas.
    """

    low: float
    high: float
    anchor: float
    middle: float
    below: float
    above: float
    mass: float
    mean: float
    std: float

    @property
    def probability(self) -> tuple[float, float]:
        """The middle, minus 1/2, and the width of [Phi(low), Phi(high)]; for anchor 0."""
        return self.middle, self.mass

    @property
    def numbers(self) -> TruncationNumbers:
        """`probability`, `below`, `above`, the exponent -ln s, and the side of a deep tail, else 0."""
        return self.middle, self.mass, self.below, self.above, 0.5 * self.anchor * self.anchor, self.anchor

    @property
    def suits_binary32(self) -> bool:
        """Whether binary32 holds what a 32-bit word can ask for: tails from 2**-34 on, no interval too narrow."""
        tail = min(self.below, self.above) + self.mass * 2.0**-33
        return self.anchor == 0.0 and tail >= 2.0**-34 and self.mass >= 2.0**-90


@lru_cache(maxsize=4096)
def truncate(low: float = -math.inf, high: float = math.inf) -> Truncation:
    """Return the standard normal between `low` and `high`, both in sigmas.

    Raises ValueError when the interval is empty, too narrow for its variance to be a number, or starts
    further than `LARGEST_NEAR_BOUND` sigmas out.
    """
    if not low < high:
        raise ValueError("the lower bound must be below the upper one")
    nearest = min(max(low, 0.0), high)
    if abs(nearest) > LARGEST_NEAR_BOUND:
        raise ValueError(f"the nearer bound must lie within {LARGEST_NEAR_BOUND:g} standard deviations")
    if math.isinf(low) and math.isinf(high):
        return Truncation(low, high, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0)
    anchor = nearest if abs(nearest) > _DEEP else 0.0
    mass, mean, variance = _measure(low, high, anchor)
    if low == -high:
        # The quadrature's sum is 0 but for its rounding.
        mean = 0.0
    if not variance > 0.0:
        raise ValueError("the bounds are too close together, in standard deviations")
    middle = 0.0 if anchor else 0.5 * (_half(low) + _half(high))
    below = 0.0 if anchor > 0 else _tail(-low, anchor)
    above = 0.0 if anchor < 0 else _tail(high, anchor)
    return Truncation(low, high, anchor, middle, below, above, mass, mean, math.sqrt(variance))


def _half(bound: float) -> float:
    """Return Phi(bound) - 1/2, to full precision near zero too."""
    if math.isinf(bound):
        return math.copysign(0.5, bound)
    if bound == 0.0:
        return 0.0
    mass, _, _ = _measure(0.0, abs(bound), 0.0)
    return math.copysign(mass, bound)


def _tail(bound: float, anchor: float) -> float:
    """Return exp(anchor^2/2) Q(bound)."""
    if bound >= _BEYOND:
        return 0.0
    if bound < 0:
        return 1.0 - _tail(-bound, anchor)
    mass, _, _ = _measure(bound, math.inf, abs(anchor))
    return float(mass)


def std_before(low: float, high: float, mean: float, std: float) -> float:
    """Return the sigma with which N(mean, sigma) cut at `low` and `high` has standard deviation `std`.

    Raises ValueError when no sigma has: `std` must be below that of the uniform distribution,
    (high - low)/sqrt(12).
    """
    if not std < (high - low) / math.sqrt(12.0):
        raise ValueError("std must be below (high - low)/sqrt(12), that of the uniform distribution")

    def after(sigma: float) -> float:
        return sigma * truncate((low - mean) / sigma, (high - mean) / sigma).std

    distance = abs(min(max(low, mean), high) - mean)
    small = max(std, distance / LARGEST_NEAR_BOUND * 1.001)
    if after(small) > std:
        raise ValueError("std is too small for bounds so far from the mean")
    sigma = sigma_before(after, std, small, _FLAT * (high - low))
    if sigma is None:
        raise ValueError("std is too close to (high - low)/sqrt(12), that of the uniform distribution")
    return sigma
