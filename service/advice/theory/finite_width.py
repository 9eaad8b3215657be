"""Between which ends the ratios of one draw of the weights lie, in layers of so many units."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from service.activations.curves import Curves
from service.advice.theory import noise, recursion
from service.advice.theory.recursion import HIGHEST
from service.advice.theory.scaling import Scaling
from service.lazy import lazy

_CONFIDENCE = 1.959963984540054
"""Sigmas of an interval that holds 95 %."""

_SQUARE_QUANTILES = (0.000982, 0.4549, 5.0239)
"""Of the square of a normal number: 2.5 %, one half, 97.5 %."""

_ROUNDING = 1e-6
"""By which an interval without width may miss the number that it is of."""

_SMALLEST, _LEAST_VARIANCE = 1e-300, 1e-9

_LASTING_SLOPES = 1.15
"""How much more the gradient differs where a stream meets much the same slopes in block after block: measured."""

Interval = tuple[float, float]
"""The ends of a logarithm."""


class Noise(Protocol):
    """How one draw of the weights of a network differs from another, by the number of units in a layer."""

    def forward(self, width: float) -> Interval:
        """Return the ends between which 95 % of the logarithms of the signal's ratio lie."""
        ...

    def backward(self, width: float) -> Interval:
        """Return the same of the gradient's ratio."""
        ...

    def along_signal(self, width: float) -> float:
        """Return what of the gradient's mean square comes along the signal, over what is predicted."""
        ...


@dataclass(frozen=True)
class LogNormal:
    """Ratios whose logarithms are normal, with a mean and a variance that n units make n times smaller."""

    middles: tuple[float, float]
    """Those of layers without end of width, forwards and backwards."""
    drifts: tuple[float, float]
    variances: tuple[float, float]

    def forward(self, width: float) -> Interval:
        return self._ends(0, width)

    def backward(self, width: float) -> Interval:
        return self._ends(1, width)

    def _ends(self, way: int, width: float) -> Interval:
        middle = self.middles[way] + self.drifts[way] / width
        return _around(middle, _CONFIDENCE * math.sqrt(self.variances[way] / width))

    def along_signal(self, width: float) -> float:
        """Return nothing: skips and normalisations keep it small."""
        return 0.0


@dataclass(frozen=True)
class StackNoise:
    """The noise of a stack from its first layer's pre-activations, normal with q = 1, through so many steps."""

    curves: Curves
    scaling: Scaling
    steps: int

    @lazy
    def results(self) -> tuple[float, ...]:
        """What `noise.follow` puts out."""
        out, scaling = np.empty(noise.RESULTS), self.scaling
        network = _network(self.curves, scaling, self.steps)
        noise.follow(self.curves.table, (scaling.weight, scaling.bias), network, out)
        return tuple(out.tolist())

    @lazy
    def forward_variance(self) -> float:
        """The variance of the logarithm of the last layer's mean square over the first's, times the units."""
        first, gain = 2.0 / self.curves.pieces, self.results[noise.GAIN]
        return _known(self.results[noise.SIGNAL] + first - 2.0 * gain * first)

    @lazy
    def backward_variance(self) -> float:
        """That of the gradient's."""
        return _known(self.results[noise.GRADIENT])

    def along_signal(self, width: float) -> float:
        """Return what comes along the signal: it grows by e^2 q' / q a layer, the rest by w D(q)."""
        return max(self.results[noise.ALIGNMENT] / width, 0.0)

    def forward(self, width: float) -> Interval:
        if self._grows:
            forward = _carried(self, width).forward
            return min(forward), max(forward)
        reach = _CONFIDENCE * math.sqrt(self.forward_variance / width)
        return _around(self._undisturbed[0] + self.results[noise.DRIFT] / width, reach)

    def backward(self, width: float) -> Interval:
        if self._grows:
            return self._backward_carried(width)
        middle = self._undisturbed[1] + self.results[noise.GRADIENT_DRIFT] / width
        reach = _CONFIDENCE**2 * self.backward_variance / width
        return _along(middle, (0.0, 0.0), reach, self.along_signal(width))

    def _backward_carried(self, width: float) -> Interval:
        """Return the ends of the gradient's ratio where deviations grow."""
        results, back = self.results, _carried(self, width).backward
        own = results[noise.GRADIENT] - results[noise.COVARIANCE] ** 2 / max(results[noise.SIGNAL], _SMALLEST)
        reaches = (back[1] - min(back), max(back) - back[1])
        own_reach = _CONFIDENCE**2 * max(own, 0.0) / width
        # More than as much again along the signal is the very deviation that is carried.
        along = min(self.along_signal(width), 1.0)
        return _along(back[1] + results[noise.OWN_GRADIENT_DRIFT] / width, reaches, own_reach, along)

    @lazy
    def _grows(self) -> bool:
        """Whether deviations grow from layer to layer."""
        return self.results[noise.GAIN] > 1.0

    def logarithms(self, first: float) -> tuple[float, float]:
        """Return ln q of the last layer and the logarithm of the gradient's ratio, from a first ln q."""
        out = np.empty(2)
        recursion.propagate(self.curves.table, (self.scaling.weight, self.scaling.bias), float(self.steps), first, out)
        return float(out[0]), float(out[1])

    @lazy
    def _undisturbed(self) -> tuple[float, float]:
        """The same from q = 1."""
        return self.logarithms(0.0)


class _Carried(NamedTuple):
    """The logarithms of the ratios from the first layer's lower end, its middle and its upper end."""

    forward: tuple[float, ...]
    backward: tuple[float, ...]


@functools.lru_cache(maxsize=64)
def _carried(stack: StackNoise, width: float) -> _Carried:
    """Return where the noise ends where deviations grow: all is taken for the first layer's, and carried through."""
    results, gain = stack.results, stack.results[noise.GAIN]
    middle = results[noise.PATH_DRIFT] / width / gain
    reach = _CONFIDENCE * math.sqrt(stack.forward_variance / width) / gain
    ends = [stack.logarithms(middle + sign * reach) for sign in (-1.0, 0.0, 1.0)]
    # The ratio is over the first layer's own mean square, whose logarithm has the mean -1 / n.
    shift = 1.0 / (stack.curves.pieces * width)
    return _Carried(tuple([end[0] + shift for end in ends]), tuple([end[1] for end in ends]))


@dataclass(frozen=True)
class Blocks:
    """Residual blocks, and what stands in each."""

    count: int
    layers_per_branch: int
    is_input_normalized: bool
    """Whether what goes into a branch has unit variance."""
    is_sum_normalized: bool


def of_blocks(curves: Curves, scaling: Scaling, blocks: Blocks, logarithms: tuple[float, float]) -> FiniteWidth:
    """Return the noise of a stream through residual blocks whose ratios have these logarithms, forwards, backwards."""
    out = np.empty(noise.BLOCK_RESULTS)
    numbers = (
        float(blocks.count), float(blocks.layers_per_branch), float(blocks.is_input_normalized),
        float(blocks.is_sum_normalized),
    )  # fmt: skip
    noise.follow_blocks(curves.table, (scaling.weight, scaling.bias), _network(curves, scaling, 0), numbers, out)
    forward, backward, drift, gradient_drift = (float(value) for value in out)
    if blocks.is_sum_normalized:
        forward = drift = 0.0
    elif not blocks.is_input_normalized:
        backward *= _LASTING_SLOPES
    own = LogNormal(logarithms, (drift, gradient_drift), (max(forward, 0.0), max(backward, 0.0)))
    return FiniteWidth(own, *logarithms)


def of_normalized(curves: Curves, scaling: Scaling, steps: int, log_backward: float) -> FiniteWidth:
    """Return the noise of layers whose outputs a layer normalisation brings to unit variance.

    It divides by what the signal's noise is, and takes the gradient along the signal and along its mean away.
    """
    out = np.empty(noise.AT_ONE_RESULTS)
    noise.at_one(curves.table, _network(curves, scaling, steps), out)
    signal, gradient, both, mixed = (float(value) for value in out)
    signal += (1.0 - scaling.is_isometric) * 2.0 / curves.pieces
    drift, variance = 0.5 * (signal - gradient) - mixed - 1.0, max(signal + gradient - 2.0 * both, 0.0)
    return FiniteWidth(LogNormal((0.0, log_backward), (0.0, steps * drift), (0.0, steps * variance)), 0.0, log_backward)


def _network(curves: Curves, scaling: Scaling, steps: int) -> tuple[float, float, float, float]:
    """Return what noise depends on besides the scale."""
    return (float(steps), float(scaling.is_isometric), scaling.kept, float(curves.pieces))


def _known(variance: float) -> float:
    """Return a variance, without what is left of nothing by rounding."""
    return variance if variance > _LEAST_VARIANCE else 0.0


def _around(middle: float, reach: float) -> Interval:
    return middle - reach, middle + reach


def _along(middle: float, reaches: tuple[float, float], squared_reach: float, along: float) -> Interval:
    """Return the ends of a gradient of which `along` times as much again is one normal number's square."""
    low, half, high = (math.log1p(along * quantile) for quantile in _SQUARE_QUANTILES)
    below, above = math.hypot(reaches[0], half - low), math.hypot(reaches[1], high - half)
    own = math.sqrt(squared_reach)
    return middle + half - math.hypot(below, own), middle + half + math.hypot(above, own)


@dataclass(frozen=True)
class FiniteWidth:
    """The noise of a network, with the logarithms that theory of wide layers predicts of its ratios."""

    noise: Noise
    log_forward: float
    log_backward: float
    order: float = 0.0
    """By how much the logarithm of a ratio may be off where it is not known which of two shapes comes first."""

    def scatter(self, width: float) -> Scatter:
        """Return what draws do with `width` units in a layer."""
        return Scatter(self, width)


@dataclass(frozen=True)
class Scatter:
    """What draws do with so many units in a layer, each number worked out when it is asked for."""

    network: FiniteWidth
    width: float

    @lazy
    def _forward(self) -> Interval:
        return self.network.noise.forward(self.width)

    @lazy
    def log_std(self) -> float | None:
        """The standard deviation of the signal's logarithm; None where it cannot be told."""
        low, high = self._forward
        return (high - low) / (2.0 * _CONFIDENCE) if low > -HIGHEST and high < HIGHEST else None

    @lazy
    def forward(self) -> Interval | None:
        """The interval of the signal's logarithm; None where it cannot be told."""
        return _told(self._forward, self.network.log_forward, self.network.order)

    @lazy
    def backward(self) -> Interval | None:
        """That of the gradient's."""
        return _told(self.network.noise.backward(self.width), self.network.log_backward, self.network.order)

    @lazy
    def along_signal(self) -> float:
        """What of the gradient's mean square comes along the signal, over what is predicted."""
        return self.network.noise.along_signal(self.width)


def _told(interval: Interval, centre: float, order: float) -> Interval | None:
    """Return an interval; None where it goes to the ends of what is followed, or without its own centre."""
    low, high = interval[0] - order, interval[1] + order
    if not (low > -HIGHEST and high < HIGHEST):
        return None
    if low - _ROUNDING <= centre <= high + _ROUNDING:
        return min(low, centre), max(high, centre)
    return None
