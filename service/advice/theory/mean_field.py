"""How a signal and its gradient change from layer to layer, by mean-field theory.

Poole et al. (arXiv:1606.05340) and Schoenholz et al. (arXiv:1611.01232): with weights of variance w / n_f, biases of
variance b, V(q) = E[f(z)^2] and D(q) = E[f'(z)^2] for z ~ N(0, q), the pre-activations' second moment follows
q' = w V(q) + b, and the gradient's squared norm is multiplied by chi = w D(q) on its way back.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from service.activations import interpolation
from service.activations.curves import Curves
from service.activations.pointwise import PointwiseFunction
from service.advice.theory import coherent, recursion, unmixed
from service.advice.theory.finite_width import Blocks, FiniteWidth, StackNoise, of_blocks, of_normalized
from service.advice.theory.path import Path
from service.advice.theory.recursion import bounded_exp
from service.advice.theory.scaling import Scaling
from service.lazy import lazy

Normalizer = Literal["none", "batch", "layer"]
"""What brings pre-activations to unit variance: nothing, a batch of each unit's, all units of each sample."""

_SETTLED = 1e-6
"""A ratio so close to 1 counts as 1: gains have so many digits."""

_FAR = math.log(1e6)
"""A fixed point beyond such a second moment, or below its inverse, counts as infinity or zero: nothing gets there."""

SMALLEST, LARGEST = 1e-300, 1e300
"""Of what is divided by, and of what is multiplied on."""


@dataclass(frozen=True)
class Surroundings:
    """What stands around a layer: how many like it, of which width, with which normalisation and skips."""

    layers: int | None = None
    """Layers of the network; blocks where there are skips. None when not known."""
    normalizer: Normalizer = "none"
    has_skips: bool = False
    is_post_norm: bool = False
    layers_per_branch: int = 2

    @property
    def branch(self) -> int | None:
        """Layers of a residual branch; None where there are no skips."""
        return self.layers_per_branch if self.has_skips else None

    @property
    def steps(self) -> int | None:
        """From the first layer's pre-activations to the last's, or blocks; None where the layers are not known."""
        return self.layers if self.layers is None or self.has_skips else self.layers - 1


@dataclass(frozen=True)
class FixedPoint:
    """Where the second moment of the pre-activations settles."""

    kind: Literal["stable", "unstable", "any", "zero", "infinity"]
    """any: every second moment stays as it is."""
    q: float | None
    chi_perp: float
    """The gradient's ratio there."""


@dataclass(frozen=True)
class Depth:
    """The signal and the gradient through a network of `layers` like this one."""

    layers: int
    forward: float
    """The second moment of the last layer's pre-activations over the first's."""
    backward: float
    """The squared norm of the gradient at the first layer over that at the last."""


@dataclass(frozen=True)
class Signal:
    """What theory predicts of a layer with given weights in given surroundings."""

    forward_ratio: float
    """q' / q at q = 1."""
    chi_perp: float
    """The ratio of the gradient's squared norms, before and after the layer, at q = 1.

    That of the mean square of its elements is n_b / n_f times it, n_b being the units that an input feeds.
    """
    elasticity: float | None
    """d ln q' / d ln q at q = 1: above 1, deviations grow. None where units share a part, or are not mixed."""
    fixed_point: FixedPoint | None
    """None likewise."""
    depth: Depth | None
    finite_width: FiniteWidth | None
    shared_part: float = 0.0
    """Which part of the last layer's second moment is the same in all units: above 0 where weights have a mean."""
    step: tuple[float, float] = (1.0, 1.0)
    """By what one layer of the stack, or one block, multiplies the signal and its gradient."""

    @lazy
    def log_distance(self) -> float:
        """The logarithm of the factor by which signal or gradient grow or shrink, through one layer or all of them."""
        return max(map(abs, (*self._log_over_depth, *self._log_in_one_layer)))

    @lazy
    def log_growth(self) -> float:
        """The logarithm of the factor by which they grow in one layer."""
        return max(self._log_in_one_layer)

    @property
    def _log_over_depth(self) -> tuple[float, float]:
        assert self.depth is not None
        return _logarithms(self.depth.forward, self.depth.backward)

    @lazy
    def _log_in_one_layer(self) -> tuple[float, float]:
        return _logarithms(*self.step)

    @lazy
    def without_depth(self) -> Signal:
        """The same of a layer in a network of which nobody knows how deep it is."""
        return replace(self, depth=None, finite_width=None)


@functools.lru_cache(maxsize=4096)
def signal(curves: Curves, scaling: Scaling, surroundings: Surroundings, stack: Scaling | None = None) -> Signal:
    """Return the prediction for a layer after the nonlinearity of `curves`.

    The ratios of the layer itself follow from `scaling`; what becomes of the signal through many layers follows from
    `stack`, which differs for layers that are not square.
    """
    stack = scaling if stack is None else stack
    if surroundings.normalizer != "none" and not surroundings.has_skips:
        return _normalised(curves, scaling, surroundings)
    if scaling.mean and surroundings.normalizer == "none" and curves.function is not None:
        return _coherent(curves.function, scaling, stack, surroundings)
    if scaling.unit_gain is not None and surroundings.normalizer == "none" and curves.function is not None:
        return _unmixed(curves, curves.function, scaling, surroundings)
    if surroundings.has_skips:
        usual = _with_skips(curves, stack, surroundings)
    else:
        forward, chi, elasticity = ratios_at(curves, scaling, 0.0)
        point = fixed_point(curves, stack)
        order = _order(scaling, stack)
        depth, finite = _through(curves, stack, surroundings, order) if surroundings.layers else (None, None)
        step = (forward, chi) if stack is scaling else ratios_at(curves, stack, 0.0)[:2]
        usual = Signal(forward, chi, elasticity, point, depth, finite, step=_bounded(step))
    return replace(usual, shared_part=_largest_shared_part(stack)) if scaling.mean else usual


def _unmixed(curves: Curves, function: PointwiseFunction, scaling: Scaling, surroundings: Surroundings) -> Signal:
    """Return the prediction for a matrix that feeds each unit from one, without normalisation."""
    assert scaling.unit_gain is not None
    follow = functools.partial(unmixed.follow, function, scaling.unit_gain, layers_per_branch=surroundings.branch)
    one = follow(1)
    step = bounded_exp(one.log_forward), bounded_exp(one.log_backward)
    forward, chi = ratios_at(curves, scaling, 0.0)[:2] if surroundings.branch is None else step
    path = None if surroundings.steps is None else follow(surroundings.steps)
    return Signal(forward, chi, None, None, _depth(surroundings, path), None, step=step)


def _coherent(function: PointwiseFunction, scaling: Scaling, stack: Scaling, surroundings: Surroundings) -> Signal:
    """Return the prediction for weights with a mean, without normalisation."""
    follow = functools.partial(coherent.follow, function, layers_per_branch=surroundings.branch)
    one = follow(scaling if surroundings.branch is None else stack, 1)
    of_stack = one if surroundings.branch is not None or stack is scaling else follow(stack, 1)
    path = None if surroundings.steps is None else follow(stack, surroundings.steps)
    return Signal(
        forward_ratio=bounded_exp(one.log_forward),
        chi_perp=bounded_exp(one.log_backward),
        elasticity=None,
        fixed_point=None,
        depth=_depth(surroundings, path),
        finite_width=None,
        shared_part=max(each.last.shared_part for each in (one, path) if each is not None),
        step=(bounded_exp(of_stack.log_forward), bounded_exp(of_stack.log_backward)),
    )


def _logarithms(forward: float, backward: float) -> tuple[float, float]:
    return math.log(max(forward, SMALLEST)), math.log(max(backward, SMALLEST))


def _bounded(step: tuple[float, float]) -> tuple[float, float]:
    return min(step[0], LARGEST), min(step[1], LARGEST)


def _order(scaling: Scaling, stack: Scaling) -> float:
    """Return how far a ratio over the depth depends on which of two shapes that alternate comes first and last."""
    return abs(math.log(max(scaling.weight, SMALLEST) / max(stack.weight, SMALLEST)))


def _depth(surroundings: Surroundings, path: Path | None) -> Depth | None:
    if path is None or surroundings.layers is None:
        return None
    return Depth(surroundings.layers, bounded_exp(path.log_forward), bounded_exp(path.log_backward))


def _largest_shared_part(scaling: Scaling) -> float:
    """Return which part of a unit's sum of equal inputs is the same in all units, after one layer."""
    shared = scaling.mean * scaling.mean
    return shared / (shared + scaling.own)


def ratios_at(curves: Curves, scaling: Scaling, log_q: float) -> tuple[float, float, float]:
    """Return q'/q, chi and the elasticity at a second moment."""
    if log_q == 0.0:
        second, slope_second = float(curves.at_one.second[0]), float(curves.at_one.slope_second[0])
        own = float(curves.at_one.elasticity[0])
    else:
        values = np.empty(3)
        interpolation.look_up(curves.table, log_q, values)
        second, slope_second, own = bounded_exp(values[0]), bounded_exp(values[1]), float(values[2])
    moment = scaling.weight * second + scaling.bias
    share = scaling.weight * second / moment if moment > 0.0 else 1.0
    return moment / math.exp(log_q), scaling.weight * slope_second, own * share


@functools.lru_cache(maxsize=4096)
def fixed_point(curves: Curves, scaling: Scaling) -> FixedPoint:
    """Return where q' = w V(q) + b leads from q = 1."""
    forward, chi, elasticity = ratios_at(curves, scaling, 0.0)
    if abs(forward - 1.0) < _SETTLED:
        if curves.degree == 1 and scaling.bias == 0.0:
            return FixedPoint("any", None, chi)
        return FixedPoint("stable" if abs(elasticity) < 1.0 else "unstable", 1.0, chi)
    out = np.empty(1)
    recursion.find_fixed_point(curves.table, (scaling.weight, scaling.bias), out)
    log_q = float(out[0])
    if log_q <= -_FAR:
        return FixedPoint("zero", 0.0, ratios_at(curves, scaling, -_FAR)[1])
    if log_q >= _FAR:
        return FixedPoint("infinity", None, ratios_at(curves, scaling, _FAR)[1])
    _, chi, elasticity = ratios_at(curves, scaling, log_q)
    return FixedPoint("stable" if abs(elasticity) < 1.0 else "unstable", math.exp(log_q), chi)


def _through(curves: Curves, scaling: Scaling, surroundings: Surroundings, order: float) -> tuple[Depth, FiniteWidth]:
    """Follow the recursion from the first layer's pre-activations, q = 1, to the last's."""
    layers = surroundings.layers or 1
    out = np.empty(2)
    recursion.propagate(curves.table, (scaling.weight, scaling.bias), layers - 1.0, 0.0, out)
    log_q, gradient = (float(value) for value in out)
    own = StackNoise(curves, scaling, layers - 1)
    return Depth(layers, bounded_exp(log_q), bounded_exp(gradient)), FiniteWidth(own, log_q, gradient, order)


def _normalised(curves: Curves, scaling: Scaling, surroundings: Surroundings) -> Signal:
    """Every layer's pre-activations are brought to unit variance, so that the weights' scale cancels.

    Batch normalisation: the gradient's squared norm is multiplied by E[f'^2] / Var f a layer (Yang et al.,
    arXiv:1902.08129: pi / (pi - 1) for ReLU). Layer and RMS normalisation: by E[f'^2] / E[f^2].
    """
    one = curves.at_one
    second, slope_second, mean = float(one.second[0]), float(one.slope_second[0]), float(one.mean[0])
    spread = second - mean * mean if surroundings.normalizer == "batch" else second
    chi = slope_second / max(spread, SMALLEST)
    depth, finite = None, None
    if surroundings.layers:
        log_chi = (surroundings.layers - 1) * math.log(max(chi, SMALLEST))
        depth = Depth(surroundings.layers, 1.0, bounded_exp(log_chi))
        if surroundings.normalizer == "layer":
            finite = of_normalized(curves, scaling, surroundings.layers - 1, log_chi)
    return Signal(1.0, chi, 0.0, FixedPoint("stable", 1.0, chi), depth, finite, step=(1.0, chi))


@dataclass(frozen=True)
class _Branch:
    """A residual branch's output: its second moment, and the squared norm of its Jacobian."""

    output: float
    jacobian: float


def _with_skips(curves: Curves, scaling: Scaling, surroundings: Surroundings) -> Signal:
    """Blocks x + f(x), f of some layers like this one.

    Without normalisation q' = q + v(q); with the branch's input normalised, q' = q + v and the gradient's squared norm
    is multiplied by 1 + c / q; with the sum normalised, by (1 + c) / (1 + v), v and c being the branch's output and
    Jacobian for a unit input.
    """
    unit = _branch(curves, scaling, surroundings)
    forward, chi = 1.0 + unit.output, 1.0 + unit.jacobian
    depth = _through_blocks(curves, scaling, surroundings, unit) if surroundings.layers else None
    finite = None if depth is None else _noise_of_blocks(curves, scaling, surroundings, depth)
    if surroundings.is_post_norm:
        chi /= forward
        return Signal(1.0, chi, 0.0, FixedPoint("stable", 1.0, chi), depth, finite, step=(1.0, chi))
    point = FixedPoint("infinity" if unit.output > 0.0 else "any", None, chi)
    return Signal(forward, chi, 1.0, point, depth, finite, step=(forward, chi))


def _noise_of_blocks(curves: Curves, scaling: Scaling, surroundings: Surroundings, depth: Depth) -> FiniteWidth | None:
    """Return the noise of a stream through residual blocks; None where it depends on a batch."""
    if surroundings.normalizer == "batch":
        return None
    blocks = Blocks(
        depth.layers, surroundings.layers_per_branch, surroundings.normalizer != "none", surroundings.is_post_norm
    )
    return of_blocks(curves, scaling, blocks, _logarithms(depth.forward, depth.backward))


def _branch(curves: Curves, scaling: Scaling, surroundings: Surroundings) -> _Branch:
    """Return what a branch makes of an input whose second moment is 1."""
    if surroundings.normalizer == "batch":
        chi = _normalised(curves, scaling, surroundings).chi_perp
        return _Branch(1.0, chi**surroundings.layers_per_branch)
    q, jacobian, layers = 1.0, 1.0, surroundings.layers_per_branch
    if surroundings.normalizer != "none":
        # What is normalised goes into the first layer as it is, without a nonlinearity.
        q, jacobian, layers = scaling.weight + scaling.bias, scaling.weight, layers - 1
    for _ in range(layers):
        if q <= 0.0:
            return _Branch(0.0, 0.0)
        ratio, chi, _ = ratios_at(curves, scaling, math.log(q))
        q, jacobian = min(q * ratio, LARGEST), min(jacobian * chi, LARGEST)
    return _Branch(q, jacobian)


def _through_blocks(curves: Curves, scaling: Scaling, surroundings: Surroundings, unit: _Branch) -> Depth:
    blocks = surroundings.layers or 1
    if surroundings.is_post_norm:
        return Depth(blocks, 1.0, bounded_exp(blocks * math.log((1.0 + unit.jacobian) / (1.0 + unit.output))))
    if surroundings.normalizer != "none":
        # Every branch adds the same to the stream.
        stream = 1.0 + unit.output * np.arange(blocks + 1.0)
        return Depth(blocks, float(stream[-1]), bounded_exp(float(np.sum(np.log1p(unit.jacobian / stream[:-1])))))
    if curves.degree == 1 and scaling.bias == 0.0:
        # A homogeneous branch keeps its ratio at every scale.
        return Depth(
            blocks, bounded_exp(blocks * math.log1p(unit.output)), bounded_exp(blocks * math.log1p(unit.jacobian))
        )
    out = np.empty(2)
    network = (float(blocks), float(surroundings.layers_per_branch))
    recursion.propagate_blocks(curves.table, (scaling.weight, scaling.bias), network, out)
    return Depth(blocks, bounded_exp(float(out[0])), bounded_exp(float(out[1])))
