"""Moments of an activation's values and slopes, for normal pre-activations of any variance.

For z ~ N(0, q): V(q) = E[f(z)^2], D(q) = E[f'(z)^2] (Poole et al., arXiv:1606.05340), the fourth moments of both, and
E[f(z)^2 f'(z)^2].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from service.activations.pointwise import Float64Array, PointwiseFunction
from service.activations.quadrature import nodes, weighted_sum


@dataclass(frozen=True)
class ActivationMoments:
    """Moments at each of some variances q, as arrays; slopes are derivatives by ln q of the logarithm."""

    mean: Float64Array
    second: Float64Array
    fourth: Float64Array
    slope_second: Float64Array
    slope_fourth: Float64Array
    mixed: Float64Array
    """E[f^2 f'^2]."""
    elasticity: Float64Array
    """d ln V / d ln q."""
    slope_elasticity: Float64Array
    """d ln D / d ln q."""


class MomentFunction(Protocol):
    """The moments of what stands between two layers: a pointwise function, a gated product, the largest of several."""

    @property
    def degree(self) -> int | None:
        """The power of q with which V goes exactly; None where it is no power."""
        ...

    @property
    def pieces(self) -> int:
        """How many pre-activations make one value."""
        ...

    def at(self, q: Float64Array) -> ActivationMoments:
        """Return the moments at pre-activation variances `q` (1-D, above 0)."""
        ...


@dataclass(frozen=True)
class QuadratureMoments:
    """Moments of a function of each pre-activation by itself."""

    function: PointwiseFunction
    pieces: int = 1

    @property
    def degree(self) -> int | None:
        return self.function.degree

    def at(self, q: Float64Array) -> ActivationMoments:
        z, weight = nodes(self.function.kinks, q)
        x = z * np.sqrt(q)[:, None]
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            value, slope = self.function.function(x), self.function.derivative(x)
            square, slope_square = value * value, slope * slope
            # E[g(sqrt(q) z) (z^2 - 1)] / 2 is the derivative of E[g(sqrt(q) z)] by ln q.
            hermite = 0.5 * weight * (z * z - 1.0)
            second, slope_second = weighted_sum(weight, square), weighted_sum(weight, slope_square)
            return ActivationMoments(
                mean=weighted_sum(weight, value),
                second=second,
                fourth=weighted_sum(weight, square * square),
                slope_second=slope_second,
                slope_fourth=weighted_sum(weight, slope_square * slope_square),
                mixed=weighted_sum(weight, square * slope_square),
                elasticity=ratio(weighted_sum(hermite, square), second),
                slope_elasticity=ratio(weighted_sum(hermite, slope_square), slope_second),
            )


def ratio(above: Float64Array, below: Float64Array) -> Float64Array:
    """Return above / below, 0 where nothing is below."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0.0)


@dataclass(frozen=True)
class PowerLawMoments:
    """Moments that are powers of q: of c z^k, of the largest of several, of random slopes."""

    degree: int
    mean: float
    second: float
    fourth: float
    slope_second: float
    slope_fourth: float
    mixed: float
    pieces: int = 1

    def at(self, q: Float64Array) -> ActivationMoments:
        k, ones = self.degree, np.ones_like(q)
        return ActivationMoments(
            mean=self.mean * q ** (0.5 * k),
            second=self.second * q**k,
            fourth=self.fourth * q ** (2.0 * k),
            slope_second=self.slope_second * q ** (k - 1.0),
            slope_fourth=self.slope_fourth * q ** (2.0 * k - 2.0),
            mixed=self.mixed * q ** (2.0 * k - 1.0),
            elasticity=k * ones,
            slope_elasticity=(k - 1.0) * ones,
        )


def moments_of(function: PointwiseFunction) -> MomentFunction:
    """Return the moments of a function: powers of q where it has a degree, from those at q = 1."""
    by_quadrature = QuadratureMoments(function)
    if function.degree is None:
        return by_quadrature
    at_one = by_quadrature.at(np.ones(1))
    moments = (at_one.mean, at_one.second, at_one.fourth, at_one.slope_second, at_one.slope_fourth, at_one.mixed)
    mean, second, fourth, slope_second, slope_fourth, mixed = (float(moment[0]) for moment in moments)
    return PowerLawMoments(function.degree, mean, second, fourth, slope_second, slope_fourth, mixed)


@dataclass(frozen=True)
class GatedMoments:
    """Moments of f(g) * v with independent pre-activations g and v (Shazeer, arXiv:2002.05202).

    E[(f(g) v)^2] = q V(q). The gradient reaches the layer before through both: E[(f'(g) v)^2] + E[f(g)^2].
    """

    gate: PointwiseFunction
    """f."""
    degree: None = None
    pieces: int = 2

    def at(self, q: Float64Array) -> ActivationMoments:
        inner = moments_of(self.gate).at(q)
        through_gate = q * inner.slope_second
        slope_second = through_gate + inner.second
        slope_slope = through_gate * (1.0 + inner.slope_elasticity) + inner.second * inner.elasticity
        return ActivationMoments(
            mean=np.zeros_like(q),
            second=q * inner.second,
            fourth=3.0 * q * q * inner.fourth,
            slope_second=slope_second,
            slope_fourth=3.0 * q * q * inner.slope_fourth + inner.fourth + 2.0 * q * inner.mixed,
            mixed=3.0 * q * q * inner.mixed + q * inner.fourth,
            elasticity=1.0 + inner.elasticity,
            slope_elasticity=ratio(slope_slope, slope_second),
        )
