"""A signal on its way through the layers of a network, one after another."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

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


@dataclass
class Walk:
    """Where the signal is, and the layers that it has passed."""

    stream: float = 1.0
    """The second moment that the next layer gets, before its nonlinearity, or the residual stream's."""
    curves: Curves | None = None
    """Of the nonlinearity that the next layer's inputs go through; None for those of the network itself."""
    branch: float | None = None
    """The second moment within a residual branch; None outside."""
    jacobian: float = 1.0
    """The branch's, so far."""
    layers_of_branch: int = 0
    """How many of them the signal has passed."""
    steps: list[Step] = field(default_factory=list)

    def take(self, layer: Layer, weights: Scheme, bias: Scheme | None) -> None:
        """Pass a layer."""
        scaling, surroundings = scaling_of(layer, weights, bias), surroundings_of(layer)
        if surroundings.has_skips:
            self._take_in_branch(layer, scaling, surroundings)
            return
        q, chi = self._through(self.stream, scaling)
        if surroundings.normalizer != "none":
            q, chi = 1.0, chi / max(q, SMALLEST)
        self._note(layer, q, chi)
        self.stream, self.curves = q, layer.curves

    def _take_in_branch(self, layer: Layer, scaling: Scaling, surroundings: Surroundings) -> None:
        branch = self._enter_branch(surroundings) if self.branch is None else self.branch
        self.branch, chi = self._through(branch, scaling)
        self.jacobian *= chi
        self.curves = layer.curves
        self.layers_of_branch += 1
        if self.layers_of_branch < surroundings.layers_per_branch:
            self.steps.append(Step(layer.links.name, self.branch, 0.0))
        else:
            self._leave_branch(layer, self.branch, surroundings)

    def _enter_branch(self, surroundings: Surroundings) -> float:
        """Return the second moment that the first layer of a branch gets."""
        if surroundings.normalizer == "none" or surroundings.is_post_norm:
            self.jacobian = 1.0
            return self.stream
        self.jacobian, self.curves = 1.0 / max(self.stream, SMALLEST), None
        return 1.0

    def _leave_branch(self, layer: Layer, branch: float, surroundings: Surroundings) -> None:
        """Add the branch to the stream."""
        total, factor = self.stream + branch, 1.0 + self.jacobian
        if surroundings.is_post_norm:
            total, factor = 1.0, factor / max(total, SMALLEST)
        self._note(layer, total, factor)
        self.stream, self.branch, self.layers_of_branch = total, None, 0

    def _through(self, q: float, scaling: Scaling) -> tuple[float, float]:
        """Return the second moment after a layer, and the factor of the gradient's squared norm."""
        if self.curves is None or q <= 0.0:
            return scaling.weight * q + scaling.bias, scaling.weight
        logarithms = np.empty(3)
        interpolation.look_up(self.curves.table, math.log(q), logarithms)
        second, slope = (bounded_exp(float(value)) for value in logarithms[:2])
        return min(scaling.weight * second + scaling.bias, LARGEST), scaling.weight * slope

    def _note(self, layer: Layer, q: float, factor: float) -> None:
        self.steps.append(Step(layer.links.name, q, math.log(max(factor, SMALLEST))))
