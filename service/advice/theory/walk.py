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
from service.advice.theory.evidence import scaling_of, surroundings_of
from service.advice.theory.mean_field import LARGEST, SMALLEST, Surroundings
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


@dataclass
class _Branch:
    """A residual branch on the way, and the path around it."""

    number: int
    stream: float
    """The second moment that the path around it begins with."""
    curves: Curves | None
    """Of the nonlinearity that both begin with; None after a normalisation."""
    signal: float
    """The second moment within the branch."""
    jacobian: float
    """What the gradient's squared norm is multiplied by through the branch."""
    skip: float
    """The second moment at the end of the path around it."""
    skip_jacobian: float = 1.0
    layer: str = ""
    """The last layer that the signal has passed."""
    is_post_norm: bool = False


@dataclass
class Walk:
    """Where the signal is, and the layers that it has passed."""

    stream: float = 1.0
    """The second moment that the next layer gets, before its nonlinearity, or the residual stream's."""
    curves: Curves | None = None
    """Of the nonlinearity that the next layer's inputs go through; None for those of the network itself."""
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
            q, chi = _through(self.curves, self.stream, scaling)
            if surroundings.normalizer != "none":
                q, chi = 1.0, chi / max(q, SMALLEST)
            self._note(layer.links.name, q, chi)
            self.stream, self.curves = q, layer.curves

    def pass_by(self, position: Position) -> None:
        """Pass a layer of which theory says nothing."""
        if position.way == "along":
            self.finish()

    def finish(self) -> None:
        """Add the branch that the signal is in to the stream."""
        branch, self._branch = self._branch, None
        if branch is None or not branch.layer:
            return
        total, factor = branch.skip + branch.signal, branch.skip_jacobian + branch.jacobian
        if branch.is_post_norm:
            total, factor = 1.0, factor / max(total, SMALLEST)
        step = next(index for index in reversed(range(len(self.steps))) if self.steps[index].layer == branch.layer)
        self.steps[step] = replace(self.steps[step], second_moment=total, log_factor=math.log(max(factor, SMALLEST)))
        self.stream = total

    def _take_beside(self, layer: Layer, scaling: Scaling, position: Position) -> None:
        """Take a projection on the path around a branch; other layers beside the way only weigh what is on it."""
        if layer.role != "shortcut" or position.branch is None:
            return
        branch = self._enter(position.branch, False)
        q, chi = _through(branch.curves, branch.stream, scaling)
        if layer.is_normalized:
            q, chi = 1.0, chi / max(q, SMALLEST)
        branch.skip, branch.skip_jacobian = q, chi

    def _take_in_branch(self, layer: Layer, scaling: Scaling, surroundings: Surroundings, position: Position) -> None:
        assert position.branch is not None
        # Batch normalisations stand before each layer of a branch, or after it; layer normalisations once in a branch.
        is_normalized_before = surroundings.normalizer != "none" and not layer.is_normalized
        is_normalized_before = is_normalized_before and not surroundings.is_post_norm
        branch = self._enter(position.branch, is_normalized_before)
        if is_normalized_before and surroundings.normalizer == "batch" and branch.layer:
            branch.jacobian /= max(branch.signal, SMALLEST)
            branch.signal = 1.0
        branch.signal, chi = _through(self.curves, branch.signal, scaling)
        if layer.is_normalized:
            chi, branch.signal = chi / max(branch.signal, SMALLEST), 1.0
        branch.jacobian *= chi
        branch.layer, branch.is_post_norm = layer.links.name, surroundings.is_post_norm
        self.curves = layer.curves
        self.steps.append(Step(branch.layer, branch.signal, 0.0))

    def _enter(self, number: int, is_normalized: bool) -> _Branch:
        """Return the branch of a number, which begins with the stream, or with what a normalisation makes of it."""
        if self._branch is not None and self._branch.number == number:
            return self._branch
        self.finish()
        self._branch = _Branch(number, self.stream, self.curves, self.stream, 1.0, self.stream)
        if is_normalized:
            self._branch.signal, self._branch.jacobian = 1.0, 1.0 / max(self.stream, SMALLEST)
            self.curves = None
        return self._branch

    def _note(self, layer: str, q: float, factor: float) -> None:
        self.steps.append(Step(layer, q, math.log(max(factor, SMALLEST))))


def _through(curves: Curves | None, q: float, scaling: Scaling) -> tuple[float, float]:
    """Return the second moment after a layer, and the factor of the gradient's squared norm."""
    if curves is None or q <= 0.0:
        return scaling.weight * q + scaling.bias, scaling.weight
    logarithms = np.empty(3)
    interpolation.look_up(curves.table, math.log(q), logarithms)
    second, slope = (bounded_exp(float(value)) for value in logarithms[:2])
    return min(scaling.weight * second + scaling.bias, LARGEST), scaling.weight * slope
