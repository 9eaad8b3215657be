"""Moments of an activation's values and slopes, for normal pre-activations of any variance.

For z ~ N(0, q): V(q) = E[f(z)^2], D(q) = E[f'(z)^2], and the fourth moments of both (Poole et al., arXiv:1606.05340).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from service.activations.interpolation import FIRST, STEP
from service.activations.table import Activation

Double = NDArray[np.float64]

_REACH = 12.0
"""Sigmas: beyond lies less than 1e-32."""

_PANELS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, _REACH)
"""Where the line is cut for the sake of the normal density, on both sides."""

_FEATURES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Where it is cut for the sake of a function that varies on the scale of 1, in units of z."""

_NODES = 16
"""Of Gauss and Legendre in a panel; with many panels fewer do."""

_FEW_NODES, _MANY_PANELS = 4, 200


@dataclass(frozen=True)
class Moments:
    """Moments at each of some variances q, as arrays; slopes are derivatives by ln q of the logarithm."""

    mean: Double
    second: Double
    fourth: Double
    slope_second: Double
    slope_fourth: Double
    elasticity: Double
    """d ln V / d ln q."""
    slope_elasticity: Double
    """d ln D / d ln q."""


class Nonlinearity(Protocol):
    """Whatever stands between two layers: a pointwise function, a gated product, the largest of several."""

    @property
    def degree(self) -> int | None:
        """The power of q with which V goes exactly; None where it is no power."""
        ...

    def moments(self, q: Double) -> Moments:
        """Return the moments at pre-activation variances `q` (1-D, above 0)."""
        ...


@dataclass(frozen=True)
class Pointwise:
    """A function of each pre-activation by itself."""

    activation: Activation

    @property
    def degree(self) -> int | None:
        return self.activation.degree

    def moments(self, q: Double) -> Moments:
        z, weight = _nodes(self.activation.kinks, q)
        x = z * np.sqrt(q)[:, None]
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            value, slope = self.activation.function(x), self.activation.derivative(x)
            square, slope_square = value * value, slope * slope
            # E[g(sqrt(q) z) (z^2 - 1)] / 2 is the derivative of E[g(sqrt(q) z)] by ln q.
            hermite = 0.5 * weight * (z * z - 1.0)
            second, slope_second = _sum(weight, square), _sum(weight, slope_square)
            return Moments(
                mean=_sum(weight, value),
                second=second,
                fourth=_sum(weight, square * square),
                slope_second=slope_second,
                slope_fourth=_sum(weight, slope_square * slope_square),
                elasticity=_ratio(_sum(hermite, square), second),
                slope_elasticity=_ratio(_sum(hermite, slope_square), slope_second),
            )


def _nodes(kinks: tuple[float, ...], q: Double) -> tuple[Double, Double]:
    """Return the nodes and weights of E[g(z)], z ~ N(0, 1), for g with kinks at `kinks` / sqrt(q): (q.size, nodes)."""
    panels = np.array([*(-p for p in reversed(_PANELS[1:])), *_PANELS])
    features = np.array([*(-f for f in _FEATURES), *_FEATURES, *kinks])
    scaled = np.clip(features[None, :] / np.sqrt(q)[:, None], -_REACH, _REACH)
    breaks = np.sort(np.concatenate([np.broadcast_to(panels, (q.size, panels.size)), scaled], axis=1), axis=1)
    node, weight = np.polynomial.legendre.leggauss(_NODES if breaks.shape[1] < _MANY_PANELS else _FEW_NODES)
    middle, half = 0.5 * (breaks[:, 1:] + breaks[:, :-1]), 0.5 * (breaks[:, 1:] - breaks[:, :-1])
    z = (middle[:, :, None] + half[:, :, None] * node).reshape(q.size, -1)
    weights = (half[:, :, None] * weight).reshape(q.size, -1) * np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return z, weights


def _sum(weights: Double, values: Double) -> Double:
    found: Double = np.einsum("qz,qz->q", weights, values)
    return found


def _ratio(above: Double, below: Double) -> Double:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0.0)


@dataclass(frozen=True)
class Powers:
    """Moments that are powers of q: of c z^k, of the largest of several, of random slopes."""

    degree: int
    mean: float
    second: float
    fourth: float
    slope_second: float
    slope_fourth: float

    def moments(self, q: Double) -> Moments:
        k, ones = self.degree, np.ones_like(q)
        return Moments(
            mean=self.mean * q ** (0.5 * k),
            second=self.second * q**k,
            fourth=self.fourth * q ** (2.0 * k),
            slope_second=self.slope_second * q ** (k - 1.0),
            slope_fourth=self.slope_fourth * q ** (2.0 * k - 2.0),
            elasticity=k * ones,
            slope_elasticity=(k - 1.0) * ones,
        )


def powers(activation: Activation, degree: int) -> Powers:
    """Return the moments of a function with f(c z) = c^degree f(z), from those at q = 1."""
    at_one = Pointwise(activation).moments(np.ones(1))
    found = (at_one.mean, at_one.second, at_one.fourth, at_one.slope_second, at_one.slope_fourth)
    return Powers(degree, *(float(moment[0]) for moment in found))


@dataclass(frozen=True)
class Closed:
    """Moments by formulas, for functions that quadrature would need too many nodes for.

    `second` and `slope_second` return the moment and its derivative by ln q.
    """

    mean: Callable[[Double], Double]
    second: Callable[[Double], tuple[Double, Double]]
    fourth: Callable[[Double], Double]
    slope_second: Callable[[Double], tuple[Double, Double]]
    slope_fourth: Callable[[Double], Double]
    degree: None = None

    def moments(self, q: Double) -> Moments:
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            (second, second_slope), (slope_second, slope_slope) = self.second(q), self.slope_second(q)
            return Moments(
                mean=self.mean(q),
                second=second,
                fourth=self.fourth(q),
                slope_second=slope_second,
                slope_fourth=self.slope_fourth(q),
                elasticity=_ratio(second_slope, second),
                slope_elasticity=_ratio(slope_slope, slope_second),
            )


def _oscillation(sign: float) -> Callable[[Double], tuple[Double, Double]]:
    """Return E[sin(z)^2] (sign -1) or E[cos(z)^2] (sign 1) of z ~ N(0, q): (1 + sign exp(-2 q)) / 2."""

    def moment(q: Double) -> tuple[Double, Double]:
        value = -0.5 * np.expm1(-2.0 * q) if sign < 0 else 0.5 + 0.5 * np.exp(-2.0 * q)
        return value, -sign * q * np.exp(-2.0 * q)

    return moment


def _oscillation_fourth(sign: float) -> Callable[[Double], Double]:
    """Return E[sin(z)^4] or E[cos(z)^4]: (3 + sign 4 exp(-2 q) + exp(-8 q)) / 8."""

    def moment(q: Double) -> Double:
        exact = (3.0 + sign * 4.0 * np.exp(-2.0 * q) + np.exp(-8.0 * q)) / 8.0
        # sin(z)^4 = z^4 - (2/3) z^6 + ... where the terms above would cancel.
        return np.where((sign < 0) & (q < 1e-4), 3.0 * q * q * (1.0 - 10.0 / 3.0 * q), exact)

    return moment


def sine(omega: float) -> Closed:
    """Return the moments of sin(omega z)."""
    square = omega * omega

    def slope(q: Double) -> tuple[Double, Double]:
        value, derivative = _oscillation(1.0)(square * q)
        return square * value, square * derivative

    return Closed(
        mean=np.zeros_like,
        second=lambda q: _oscillation(-1.0)(square * q),
        fourth=lambda q: _oscillation_fourth(-1.0)(square * q),
        slope_second=slope,
        slope_fourth=lambda q: square * square * _oscillation_fourth(1.0)(square * q),
    )


def cosine() -> Closed:
    """Return the moments of cos(z)."""
    return Closed(
        mean=lambda q: np.exp(-0.5 * q),
        second=_oscillation(1.0),
        fourth=_oscillation_fourth(1.0),
        slope_second=_oscillation(-1.0),
        slope_fourth=_oscillation_fourth(-1.0),
    )


def exponential() -> Closed:
    """Return the moments of exp(z): E[exp(k z)] = exp(k^2 q / 2)."""

    def square(q: Double) -> tuple[Double, Double]:
        value = np.exp(2.0 * q)
        return value, 2.0 * q * value

    return Closed(
        mean=lambda q: np.exp(0.5 * q),
        second=square,
        fourth=lambda q: np.exp(8.0 * q),
        slope_second=square,
        slope_fourth=lambda q: np.exp(8.0 * q),
    )


def snake(frequency: float) -> Closed:
    """Return the moments of z + sin(a z)^2 / a, from E[cos(k z)] = exp(-k^2 q / 2)."""
    a = frequency

    def cosine(multiple: float, q: Double) -> Double:
        """Return E[cos(2 a m z)]."""
        found: Double = np.exp(-2.0 * (a * multiple) ** 2 * q)
        return found

    def second(q: Double) -> tuple[Double, Double]:
        one, two = cosine(1.0, q), cosine(2.0, q)
        value = q + (1.5 - 2.0 * one + 0.5 * two) / (4.0 * a * a)
        return value, q + (one - two) * q

    def fourth(q: Double) -> Double:
        one, two = cosine(1.0, q), cosine(2.0, q)
        # E[z^2 cos(k z)] = (q - k^2 q^2) exp(-k^2 q / 2)
        turned = 1.5 * q - 2.0 * (q - 4.0 * (a * q) ** 2) * one + 0.5 * (q - 16.0 * (a * q) ** 2) * two
        rest = 4.375 - 7.0 * one + 3.5 * two - cosine(3.0, q) + 0.125 * cosine(4.0, q)
        return 3.0 * q * q + 6.0 * turned / (4.0 * a * a) + rest / (16.0 * a**4)

    def slope_second(q: Double) -> tuple[Double, Double]:
        two = cosine(2.0, q)
        return 1.5 - 0.5 * two, 4.0 * a * a * q * two

    return Closed(
        mean=lambda q: -np.expm1(-2.0 * a * a * q) / (2.0 * a),
        second=second,
        fourth=fourth,
        slope_second=slope_second,
        slope_fourth=lambda q: 4.375 - 3.5 * cosine(2.0, q) + 0.125 * cosine(4.0, q),
    )


@dataclass(frozen=True)
class Gated:
    """f(g) * v with independent pre-activations g and v (Shazeer, arXiv:2002.05202).

    E[(f(g) v)^2] = q V(q). The gradient reaches the layer before through both: E[(f'(g) v)^2] + E[f(g)^2].
    """

    gate: Nonlinearity
    degree: None = None

    def moments(self, q: Double) -> Moments:
        inner = self.gate.moments(q)
        through_gate = q * inner.slope_second
        slope_second = through_gate + inner.second
        slope_slope = through_gate * (1.0 + inner.slope_elasticity) + inner.second * inner.elasticity
        return Moments(
            mean=np.zeros_like(q),
            second=q * inner.second,
            fourth=3.0 * q * q * inner.fourth,
            slope_second=slope_second,
            slope_fourth=3.0 * q * q * inner.slope_fourth + inner.fourth + 2.0 * through_gate * inner.second,
            elasticity=1.0 + inner.elasticity,
            slope_elasticity=_ratio(slope_slope, slope_second),
        )


def maxout(pieces: int) -> Powers:
    """Return the moments of the largest of `pieces` independent pre-activations (Goodfellow et al., arXiv:1302.4389).

    One piece at a time has the gradient. The density of the largest is k Phi(z)^(k-1) phi(z).
    """
    z, weight = _nodes((), np.ones(1))
    below = np.array([[0.5 * math.erfc(-x / math.sqrt(2.0)) for x in z[0]]])
    density = weight * pieces * below ** (pieces - 1)
    mean, second, fourth = (float(_sum(density, z**k)[0]) for k in (1, 2, 4))
    return Powers(1, mean, second, fourth, 1.0, 1.0)


def random_slope(low: float, high: float) -> Powers:
    """Return the moments of RReLU, whose negative slope is uniform on [low, high] (arXiv:1505.00853)."""
    slope, square, fourth = ((high ** (k + 1) - low ** (k + 1)) / ((k + 1) * (high - low)) for k in (1, 2, 4))
    half = 0.5 * (1.0 + square)
    return Powers(1, (1.0 - slope) / math.sqrt(2.0 * math.pi), half, 1.5 * (1.0 + fourth), half, 0.5 * (1.0 + fourth))


_LEAST = 1e-300
"""Moments below it are taken for it, for their logarithms' sake."""

_COUNT = 449
"""ln q from -28 to 28: beyond, all go on as powers."""

_ORIGIN = 224
"""Where q is 1, exactly."""


class Curves:
    """The moments of a nonlinearity over ln q, to look up in no time: `interpolation.py` says how.

    They are computed, in some hundredths of a second, when they are asked for first.
    """

    def __init__(self, nonlinearity: Nonlinearity) -> None:
        self._nonlinearity = nonlinearity
        self.degree = nonlinearity.degree

    @property
    def are_ready(self) -> bool:
        """Whether they have been computed."""
        return {"table", "at_one"} <= vars(self).keys()

    def prepare(self) -> None:
        """Compute them now."""
        self.table  # noqa: B018 (which is then there)
        self.at_one  # noqa: B018

    @cached_property
    def at_one(self) -> Moments:
        return Moments(*(moment[_ORIGIN : _ORIGIN + 1] for moment in vars(self._found).values()))

    @cached_property
    def table(self) -> Double:
        found = self._found
        rows = np.array([found.second, found.slope_second, found.fourth, found.slope_fourth])
        is_finite = np.isfinite(rows).all(axis=0)
        count = _COUNT if is_finite.all() else int(np.argmin(is_finite))
        values = np.log(np.maximum(rows[:, :count], _LEAST))
        slopes = [found.elasticity[:count], found.slope_elasticity[:count], *np.gradient(values[2:], STEP, axis=1)]
        return np.ascontiguousarray([*values, *slopes])

    @cached_property
    def _found(self) -> Moments:
        return self._nonlinearity.moments(np.exp(FIRST + STEP * np.arange(_COUNT)))
