"""A signal on its way through the layers of a network, one after another and around residual branches."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from service.activations import interpolation
from service.activations.curves import Curves
from service.advice.layer.layer import Layer
from service.advice.scheme import Scheme
from service.advice.theory.coherent import CoherentSignal, moments
from service.advice.theory.mean_field import LARGEST, SMALLEST, Normalizer, Surroundings
from service.advice.theory.prediction import normalizer_of, scaling_of, surroundings_of
from service.advice.theory.recursion import bounded_exp
from service.advice.theory.scaling import Scaling


@dataclass(frozen=True)
class Step:
    """What a layer makes of the signal."""

    layer: str
    second_moment: float
    """Of its pre-activations; of the residual stream, after the last layer of a branch."""
    log_factor: float
    """The logarithm of what the gradient's squared norm is multiplied by on its way back through the layer."""


class Position(Protocol):
    """Where a layer stands."""

    @property
    def way(self) -> str:
        """`along` the stream, in a `branch`, or `beside`."""

    @property
    def branch(self) -> int | None:
        """The number of the branch that it is in, or beside."""


@dataclass(frozen=True)
class _Signal:
    """What is at a place: the second moment, the part of it that is each unit's mean, and what comes next."""

    second: float
    mean: float = 0.0
    curves: Curves | None = None
    """Of the nonlinearity that it goes through before the next layer; None where there is none."""


@dataclass(frozen=True)
class _Values:
    """What a layer gets: E[f^2], E[f] and E[f'^2] of the nonlinearity before it."""

    second: float
    mean: float
    slope: float


@dataclass
class _Branch:
    """A residual branch on the way, and the path around it."""

    number: int
    start: _Signal
    """The stream that both begin with."""
    signal: _Signal
    """Within the branch."""
    skip: _Signal
    """At the end of the path around it."""
    jacobian: float = 1.0
    """What the gradient's squared norm is multiplied by through the branch."""
    skip_jacobian: float = 1.0
    """And along the path around it."""
    layer: str = ""
    """The last layer that the signal has passed."""
    curves: Curves | None = None
    """Of the last nonlinearity in it."""
    is_post_norm: bool = False
    ends_normalized: bool = False
    """Whether its outputs are normalised before the sum, and the sum goes through the nonlinearity."""


@dataclass
class Walk:
    """Where the signal is, and the layers that it has passed."""

    stream: _Signal = _Signal(1.0)
    """What the next layer gets, before its nonlinearity, or the residual stream."""
    steps: list[Step] = field(default_factory=list)
    _branch: _Branch | None = None

    def take(self, layer: Layer, weights: Scheme, bias: Scheme | None, position: Position) -> None:
        """Pass a layer."""
        scaling, surroundings = scaling_of(layer, weights, bias), surroundings_of(layer)
        if position.way == "beside":
            self._take_beside(layer, scaling, position)
        elif position.way == "branch":
            self._take_in_branch(layer, scaling, surroundings, position)
        else:
            self.finish()
            q, chi = _through(self.stream, scaling, surroundings.normalizer)
            self.steps.append(Step(layer.links.name, q, math.log(max(chi, SMALLEST))))
            self.stream = _Signal(q, curves=layer.curves)

    def pass_by(self, position: Position) -> None:
        """Pass a layer of which theory says nothing."""
        if position.way == "along":
            self.finish()

    def finish(self) -> None:
        """Add the branch that the signal is in to the stream."""
        branch, self._branch = self._branch, None
        if branch is None or not branch.layer:
            return
        total, factor = branch.skip.second + branch.signal.second, branch.skip_jacobian + branch.jacobian
        if branch.is_post_norm:
            total, factor = 1.0, factor / max(total, SMALLEST)
        step = next(index for index in reversed(range(len(self.steps))) if self.steps[index].layer == branch.layer)
        log_factor = math.log(max(factor, SMALLEST))
        self.steps[step] = replace(self.steps[step], second_moment=total, log_factor=log_factor)
        curves = branch.curves if branch.ends_normalized else branch.signal.curves
        self.stream = _Signal(total, branch.skip.mean, curves)

    def _take_beside(self, layer: Layer, scaling: Scaling, position: Position) -> None:
        """Take a projection on the path around a branch; other layers beside the way only weigh what is on it."""
        if layer.role != "shortcut" or position.branch is None:
            return
        branch = self._enter(position.branch)
        normalizer = normalizer_of(layer) if layer.is_normalized else "none"
        q, branch.skip_jacobian = _through(branch.start, scaling, normalizer)
        branch.skip = _Signal(q)

    def _take_in_branch(self, layer: Layer, scaling: Scaling, surroundings: Surroundings, position: Position) -> None:
        assert position.branch is not None
        branch = self._enter(position.branch)
        is_after = layer.is_normalized and surroundings.normalizer != "none"
        is_before = not is_after and not surroundings.is_post_norm and surroundings.normalizer != "none"
        # Batch normalisations stand before each layer of a branch, layer normalisations before the first.
        if is_before and (surroundings.normalizer == "batch" or not branch.layer):
            branch.jacobian /= max(branch.signal.second, SMALLEST)
            is_activated = surroundings.normalizer == "batch" and layer.activation.name != "linear"
            branch.signal = _Signal(1.0, curves=layer.curves if is_activated else None)
        if is_after and not branch.layer and branch.skip is branch.start:
            values = _values(branch.start)
            branch.skip, branch.skip_jacobian = _Signal(values.second, values.mean), values.slope
        q, chi = _through(branch.signal, scaling, surroundings.normalizer if is_after else "none")
        branch.jacobian *= chi
        branch.signal = _Signal(q, curves=layer.curves)
        branch.layer, branch.is_post_norm, branch.ends_normalized = (
            layer.links.name,
            surroundings.is_post_norm,
            is_after,
        )
        branch.curves = branch.curves if layer.activation.name == "linear" else layer.curves
        self.steps.append(Step(branch.layer, q, 0.0))

    def _enter(self, number: int) -> _Branch:
        """Return the branch of a number, which begins with the stream."""
        if self._branch is None or self._branch.number != number:
            self.finish()
            self._branch = _Branch(number, self.stream, self.stream, self.stream)
        return self._branch


def _through(signal: _Signal, scaling: Scaling, normalizer: Normalizer) -> tuple[float, float]:
    """Return the second moment after a layer, and the factor of the gradient's squared norm."""
    values = _values(signal, has_mean=normalizer == "batch")
    q, chi = min(scaling.weight * values.second + scaling.bias, LARGEST), scaling.weight * values.slope
    if normalizer == "none":
        return q, chi
    # A batch normalisation takes each unit's mean away.
    spread = q - scaling.weight * values.mean * values.mean if normalizer == "batch" else q
    return 1.0, chi / max(spread, SMALLEST)


def _values(signal: _Signal, has_mean: bool = True) -> _Values:
    """Return what a nonlinearity makes of a signal; its mean only where that is asked for, or the signal has one."""
    curves, spread = signal.curves, signal.second - signal.mean * signal.mean
    if curves is None or signal.second <= 0.0:
        return _Values(signal.second, signal.mean, 1.0)
    if curves.function is not None and (has_mean or signal.mean):
        found = moments(curves.function, CoherentSignal(signal.mean, max(spread, 0.0)))
        return _Values(found.second, found.mean, found.slope_second)
    logarithms = np.empty(3)
    interpolation.look_up(curves.table, math.log(signal.second), logarithms)
    second, slope = (bounded_exp(float(value)) for value in logarithms[:2])
    return _Values(second, 0.0, slope)
