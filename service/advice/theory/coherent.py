"""A signal through layers whose weights have a mean: what all units share, and what each has besides.

Weights of mean m / n and variance (w - m^2 / n) / n give the pre-activations z_i = sum_j W_ij f(z_j) a part that is the
same in all n units, (m / n) sum_j f(z_j), and one of their own. With z ~ N(c, s) over the units, the first has the
second moment (m E[f])^2 + m^2 Var(f) / n in the next layer, the other the variance (w - m^2 / n) E[f^2]. On its way
back the gradient's sum over the units feeds such a part as well.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.activations.pointwise import PointwiseFunction
from service.activations.quadrature import nodes, weighted_sum
from service.advice.theory.extrapolation import extrapolated, followed
from service.advice.theory.path import Path
from service.advice.theory.scaling import Scaling

_LARGEST, _SMALLEST = 1e150, 1e-150
"""Of second moments and gradients that are followed: their squares are numbers still."""

_STEADY = 1e-10
"""Relative changes below which layer after layer is taken for the same."""

_LEAST_SPREAD = 1e-12
"""A spread below this part of the shared signal's square counts as it, for the quadrature's sake."""


@dataclass(frozen=True)
class CoherentSignal:
    """Pre-activations of a layer: N(shared, spread) over its units, the first being the same in all."""

    shared: float
    spread: float

    @property
    def second_moment(self) -> float:
        return self.shared * self.shared + self.spread

    @property
    def shared_part(self) -> float:
        """Which part of the second moment is common to all units."""
        return self.shared * self.shared / self.second_moment if self.second_moment > 0.0 else 0.0


@dataclass(frozen=True)
class CoherentPath(Path):
    """A path with the signal at its end."""

    last: CoherentSignal
    layers: int
    forward: Sequence[float]
    """The logarithms of the second moment after 0, 1, 2, ... layers, as many as were followed."""
    backward: Sequence[float]
    """Those of the gradient's squared norm, from the last layer back: before `repeated` layers, then before those."""
    repeated: int

    def courses(self) -> tuple[list[float], list[float]]:
        """Return the logarithms of the second moment, and of the gradient's squared norm, at each layer."""
        signal = [extrapolated(self.forward, layer) for layer in range(self.layers + 1)]
        more = self.log_backward - self.backward[-1]
        front = len(self.backward) - 1 - self.repeated
        gradient = [
            self.backward[-1 - layer] + more
            if layer < front
            else extrapolated(self.backward[: self.repeated + 1], self.layers - layer)
            for layer in range(self.layers + 1)
        ]
        return signal, gradient


@dataclass(frozen=True)
class Moments:
    """The moments of a function at a layer's pre-activations: E[f], E[f^2], E[f'], E[f'^2]."""

    mean: float
    second: float
    slope_mean: float
    slope_second: float


UNIT = CoherentSignal(0.0, 1.0)
"""Of a layer that has met no weights with a mean yet."""


@dataclass(frozen=True)
class _Passage:
    """What a layer, or a residual block, makes of a signal, and the moments at the layers within."""

    after: CoherentSignal
    steps: tuple[Moments, ...]


def follow(
    function: PointwiseFunction, scaling: Scaling, layers: int, layers_per_branch: int | None = None
) -> CoherentPath:
    """Return what becomes of a unit signal through layers, each after the function.

    With `layers_per_branch`, through as many blocks x + f(x), f of so many layers each.
    """
    signal, passages, forward = UNIT, list[_Passage](), [0.0]
    for _ in range(followed(layers, layers_per_branch)):
        passage = _pass(function, scaling, signal, layers_per_branch)
        passages.append(passage)
        forward.append(math.log(max(passage.after.second_moment, _SMALLEST)))
        is_steady, signal = _is_steady(signal, passage.after), passage.after
        if is_steady or not _SMALLEST < signal.second_moment < _LARGEST:
            break
    # Back through as many layers like the last, from where the gradient comes, and then through those followed.
    beyond = layers - len(passages)
    repeated = followed(beyond, layers_per_branch)
    gradient, backward = _Gradient(0.0, 1.0 / scaling.inputs), [0.0]
    for passage in [*passages[-1:] * repeated, *reversed(passages)]:
        inner = functools.reduce(lambda back, step: back.before(step, scaling), reversed(passage.steps), gradient)
        gradient = inner if layers_per_branch is None else gradient.plus(inner)
        backward.append(gradient.logarithm)
    more = extrapolated(backward[: repeated + 1], beyond) - backward[repeated]
    log_backward = gradient.logarithm + more
    return CoherentPath(extrapolated(forward, layers), log_backward, signal, layers, forward, backward, repeated)


def _pass(
    function: PointwiseFunction, scaling: Scaling, signal: CoherentSignal, layers_per_branch: int | None
) -> _Passage:
    inner, steps = signal, []
    for _ in range(layers_per_branch or 1):
        step = moments(function, inner)
        steps.append(step)
        inner = _next(step, scaling)
    if layers_per_branch is not None:
        inner = CoherentSignal(signal.shared + inner.shared, signal.spread + inner.spread)
    return _Passage(inner, tuple(steps))


def _next(step: Moments, scaling: Scaling) -> CoherentSignal:
    coherent = scaling.mean * step.mean
    noise = abs(scaling.mean) * math.sqrt(max(step.second - step.mean * step.mean, 0.0) / scaling.inputs)
    shared = math.copysign(min(math.hypot(coherent, noise), _LARGEST), coherent)
    return CoherentSignal(shared, min(scaling.own * step.second + scaling.bias, _LARGEST))


def moments(function: PointwiseFunction, signal: CoherentSignal) -> Moments:
    """Return the moments of a function at pre-activations N(shared, spread)."""
    spread = max(signal.spread, _LEAST_SPREAD * signal.shared * signal.shared, _SMALLEST)
    scale, centre = np.array([spread]), np.array([signal.shared])
    z, weight = nodes(function.kinks, scale, centre)
    x = centre[:, None] + z * math.sqrt(spread)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        value, slope = function.function(x), function.derivative(x)
        found = [weighted_sum(weight, each) for each in (value, value * value, slope, slope * slope)]
    return Moments(*(min(max(float(np.nan_to_num(each[0], nan=_LARGEST)), -_LARGEST), _LARGEST) for each in found))


def _is_steady(before: CoherentSignal, after: CoherentSignal) -> bool:
    total = max(after.second_moment, _SMALLEST)
    is_same_size = abs(after.second_moment - before.second_moment) < _STEADY * total
    return is_same_size and abs(after.shared - before.shared) < _STEADY * math.sqrt(total)


@dataclass(frozen=True)
class _Gradient:
    """The gradient's squared norm, and which part of it the units share."""

    logarithm: float
    """Of the squared norm."""
    shared_part: float
    """The square of the mean over the units, over the mean square: 1 / n for a random gradient."""

    def before(self, step: Moments, scaling: Scaling) -> _Gradient:
        """Return the gradient before a layer."""
        coherent = scaling.mean * scaling.mean * self.shared_part
        total = min(step.slope_second * (scaling.own + coherent), _LARGEST)
        if total <= 0.0:
            return _Gradient(2.0 * math.log(_SMALLEST), self.shared_part)
        mean = step.slope_mean * step.slope_mean * coherent
        part = (mean + max(total - mean, 0.0) / scaling.inputs) / total
        return _Gradient(self.logarithm + math.log(total), min(part, 1.0))

    def plus(self, other: _Gradient) -> _Gradient:
        """Return the sum of this, which skips a branch, and of another, which went through it."""
        largest = max(self.logarithm, other.logarithm)
        own, others = math.exp(self.logarithm - largest), math.exp(other.logarithm - largest)
        part = (own * self.shared_part + others * other.shared_part) / (own + others)
        return _Gradient(largest + math.log(own + others), part)
