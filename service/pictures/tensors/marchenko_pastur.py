"""The singular values of a large matrix of independent elements."""

from __future__ import annotations

import numpy as np

from service.pictures.picture import Doubles

_STEPS = 4096
"""Into which the law is cut to add it up."""


def marchenko_pastur(sides: tuple[int, int], std: float) -> Doubles:
    """Return the singular values in falling order that a matrix is expected to have.

    Its elements are independent, with mean 0 and the standard deviation `std`. With n the shorter side, m the longer
    and c = n/m, the squares of the singular values over m std² have the density sqrt((b - x)(x - a)) / (2 π c x)
    between a = (1 - √c)² and b = (1 + √c)² (Marchenko and Pastur, Mathematics of the USSR-Sbornik 1(4), 1967). The
    k-th of n is the quantile of 1 - (k - ½)/n.
    """
    n, m = min(sides), max(sides)
    c = n / m
    # x = 1 + c + 2 √c cos t, by which the roots at both ends are no more.
    t = (np.arange(_STEPS) + 0.5) * np.pi / _STEPS
    x = 1.0 + c + 2.0 * np.sqrt(c) * np.cos(t)
    mass = np.sin(t) ** 2 / x
    # From the largest on.
    above = np.concatenate(([0.0], np.cumsum(mass) / mass.sum()))
    ends = np.arange(_STEPS + 1) * np.pi / _STEPS
    places = np.interp((np.arange(n) + 0.5) / n, above, ends)
    squares = np.maximum(1.0 + c + 2.0 * np.sqrt(c) * np.cos(places), 0.0)
    return np.asarray(std * np.sqrt(m * squares), np.float64)
