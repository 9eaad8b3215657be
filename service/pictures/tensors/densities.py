"""The density of the law of a tensor's elements, as a picture has it."""

from __future__ import annotations

import math

import numpy as np

from service.pictures.picture import Density
from service.tensors.complex_laws import UniformDisk
from service.tensors.laws import SQRT_2, ElementMoments, Normal, TruncatedNormal, Uniform

_POINTS = 257
"""Of a curve."""

_SIGMAS = 7.0
"""Beyond which a normal law has no elements: 2^35 draws have one beyond 6.8 (`docs/randomness.md`)."""


def density_of(law: ElementMoments | None) -> Density | None:
    """Return the density of an element, or of its real part; None where all are one number, or nothing is known."""
    if law is None or law.constant is not None:
        return None
    if isinstance(law, Uniform):
        return _uniform(law.low, law.high)
    if isinstance(law, TruncatedNormal):
        label = f"normal, std {law.std_before:.3g}, cut to [{law.low:.3g}, {law.high:.3g}]"
        return _normal(label, (law.mean_before, law.std_before), (law.low, law.high), law.truncation.mass)
    if isinstance(law, Normal):
        return _whole_normal(law.mean, law.std)
    return None


def density_of_parts(law: ElementMoments | None) -> Density | None:
    """Return the density of the real part of a complex element; None where it is not worked out."""
    if law is None or law.constant is not None or not law.std:
        return None
    if isinstance(law, Normal):
        return _whole_normal(law.mean, law.std / SQRT_2)
    if isinstance(law, UniformDisk) and law.bound:
        return _semicircle(law.bound)
    return None


def density_of_orthogonal(sides: tuple[int, int], gain: float) -> Density | None:
    """Return the density of an element of a Haar-distributed orthogonal matrix times `gain`.

    It is a coordinate of a point on the unit sphere of R^n, n being the longer side: (1 - x²)^((n - 3)/2) /
    B(1/2, (n - 1)/2). None where the sphere is a circle or less, and the density not finite.
    """
    n = max(sides)
    if n < 3 or not gain:
        return None
    # Beyond that many standard deviations, 1/√n, there is nothing to see.
    x = np.linspace(-1.0, 1.0, 2 * _POINTS) * min(_SIGMAS / math.sqrt(n), 1.0)
    log_beta = math.lgamma(0.5) + math.lgamma((n - 1) / 2) - math.lgamma(n / 2)
    with np.errstate(divide="ignore"):
        logarithms = (n - 3) / 2 * np.log1p(-np.minimum(x * x, 1.0)) if n > 3 else np.zeros_like(x)
    return Density(f"a coordinate on a sphere in {n} dimensions", gain * x, np.exp(logarithms - log_beta) / gain)


def _uniform(low: float, high: float) -> Density:
    height = 1.0 / (high - low)
    return Density(
        f"uniform on [{low:.3g}, {high:.3g})", np.array([low, low, high, high]), np.array([0.0, height, height, 0.0])
    )


def _whole_normal(mean: float, std: float) -> Density:
    label = f"normal, std {std:.3g}" + (f", mean {mean:.3g}" if mean else "")
    return _normal(label, (mean, std), (mean - _SIGMAS * std, mean + _SIGMAS * std), 1.0)


def _normal(label: str, normal: tuple[float, float], bounds: tuple[float, float], mass: float) -> Density:
    """Return the density of a normal law between bounds that have so much of its mass, zero beyond them."""
    mean, std = normal
    low, high = max(bounds[0], mean - _SIGMAS * std), min(bounds[1], mean + _SIGMAS * std)
    values = np.linspace(low, high, _POINTS)
    heights = np.exp(-0.5 * ((values - mean) / std) ** 2) / (std * math.sqrt(2 * math.pi) * mass)
    return Density(label, np.concatenate(([low], values, [high])), np.concatenate(([0.0], heights, [0.0])))


def _semicircle(radius: float) -> Density:
    """Return the density of a coordinate of a point that is uniform on a disk: 2 sqrt(r² - x²) / (π r²)."""
    x = radius * np.sin(np.linspace(-math.pi / 2, math.pi / 2, _POINTS))
    heights = 2 * np.sqrt(np.maximum(radius * radius - x * x, 0.0)) / (math.pi * radius * radius)
    return Density(f"a part of a number on the disk of radius {radius:.3g}", x, heights)
