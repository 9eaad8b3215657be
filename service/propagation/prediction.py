"""What theory predicts of each layer of a stack.

The recursions are those of `advice/theory/mean_field.py`, layer after layer, each with its own scale; intervals are
those of `advice/theory/finite_width.py`, as wide around these predictions as around those of layers of a mean scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.advice.layer.layer import Layer
from service.advice.numbers import significant
from service.advice.theory import coherent, mean_field, unmixed
from service.advice.theory.evidence import evidence_of
from service.advice.theory.finite_width import Interval
from service.advice.theory.mean_field import Signal, Surroundings, ratios_at
from service.advice.theory.prediction import Prediction, surroundings_of
from service.advice.theory.recursion import HIGHEST, LOWEST, bounded_exp
from service.advice.theory.scaling import Scaling
from service.propagation.draws import Candidate
from service.propagation.stack import Stack

_UNKNOWN = "theory does not know the elements' second moment"
_SCALED = "theory does not follow weights with a mean, or such as mix no units, through branches that are scaled"
_UNLIKE = "theory follows weights with a mean, or such as mix no units, through layers of one width only"
"""Why nothing is predicted."""


@dataclass(frozen=True)
class Predicted:
    """Mean squares at each layer over those where the signal, or the gradient, comes from, by their logarithms."""

    signal: Sequence[float]
    gradient: Sequence[float]
    signal_intervals: Sequence[Interval] | None
    """Between which 95 % of the draws lie, for one input; None where they cannot be told."""
    gradient_intervals: Sequence[Interval] | None


@dataclass(frozen=True)
class Told:
    """What is predicted of a candidate, and how far to trust it."""

    predicted: Predicted | None
    validity: str
    reasons: tuple[str, ...]


def predict(stack: Stack, candidate: Candidate) -> Told:
    """Return what theory predicts of a stack with the weights and biases of a candidate."""
    if not all(each.is_made for each in candidate.by_sides.values()):
        return Told(None, "none", (_UNKNOWN,))
    first = candidate.first
    by_quadrature = bool(first.scaling.mean) or first.scaling.unit_gain is not None
    if by_quadrature and stack.normalization == "none":
        if stack.is_residual and stack.residual_scale != 1.0:
            return Told(None, "none", (_SCALED,))
        if len(candidate.by_sides) > 1:
            return Told(None, "none", (_UNLIKE,))
        courses = _by_quadrature(stack, first)
    else:
        courses = _followed(stack, candidate)
    validity = evidence_of(first).validity
    signal, gradient = (tuple(min(max(each, LOWEST), HIGHEST) for each in course) for course in courses)
    intervals = _intervals(stack, candidate, signal, gradient)
    return Told(Predicted(signal, gradient, *intervals), validity.level, validity.reasons)


_Courses = tuple[list[float], list[float]]
"""Logarithms of the signal's mean square, and of the gradient's, at each layer."""


def _followed(stack: Stack, candidate: Candidate) -> _Courses:
    signal, steps = [0.0], list[float]()
    for step in range(1, stack.steps + 1):
        prediction = candidate.by_sides[stack.sides(step)]
        forward, backward = _step(stack, prediction, signal[-1])
        signal.append(max(signal[-1] + forward, LOWEST))
        # The squared norm of the gradient changes by chi, the mean square of its elements with their number too.
        steps.append(backward + math.log(stack.widths[step] / stack.widths[step - 1]))
    return signal, _from_the_last(steps)


def _from_the_last(steps: Sequence[float]) -> list[float]:
    """Return the gradient's logarithms at each layer from those of its changes in each step on its way back."""
    gradient = [0.0]
    for change in reversed(steps):
        gradient.append(max(gradient[-1] + change, LOWEST))
    return gradient[::-1]


def _step(stack: Stack, prediction: Prediction, log_q: float) -> tuple[float, float]:
    """Return by how much the logarithms of signal and gradient change in one step, where the signal has q."""
    curves, scaling, square = prediction.layer.curves_before, prediction.scaling, stack.residual_scale**2
    if not stack.is_residual:
        if stack.normalization != "none":
            return 0.0, _log(_one_step(prediction).step[1])
        forward, chi, _ = ratios_at(curves, scaling, log_q)
        return _log(forward), _log(chi)
    if stack.normalization == "none":
        ratio, jacobian, inner = 1.0, 1.0, log_q
        for _ in range(stack.layers_per_branch):
            forward, chi, _ = ratios_at(curves, scaling, inner)
            ratio, jacobian = ratio * forward, jacobian * chi
            inner = min(max(inner + _log(forward), LOWEST), HIGHEST)
        return _log(1.0 + square * ratio), _log(1.0 + square * jacobian)
    before_sum = replace(surroundings_of(prediction.layer, 1), is_post_norm=False)
    branch = mean_field.signal(curves, scaling, before_sum)
    output, jacobian = square * (branch.forward_ratio - 1.0), square * (branch.chi_perp - 1.0)
    if stack.is_post_norm:
        return 0.0, _log(1.0 + jacobian) - _log(1.0 + output)
    # Every branch adds the same to the stream, and what goes back through it was divided by the stream's size.
    return _log(1.0 + output * math.exp(-log_q)), _log(1.0 + jacobian * math.exp(-log_q))


def _one_step(prediction: Prediction) -> Signal:
    return mean_field.signal(prediction.layer.curves_before, prediction.scaling, surroundings_of(prediction.layer, 2))


def _log(number: float) -> float:
    return min(max(math.log(number), LOWEST), HIGHEST) if number > 0.0 else LOWEST


def _by_quadrature(stack: Stack, prediction: Prediction) -> _Courses:
    """Return the courses through weights with a mean, or through such as mix no units."""
    scaling, branch = prediction.scaling, stack.layers_per_branch if stack.is_residual else None
    if scaling.mean:
        return coherent.follow(stack.function, scaling, stack.steps, branch).courses()
    assert scaling.unit_gain is not None
    return unmixed.courses(stack.function, scaling.unit_gain, stack.steps, branch)


def _through(stack: Stack, layer: Layer, scaling: Scaling, steps: int) -> Signal:
    surroundings: Surroundings = surroundings_of(layer, steps if stack.is_residual else steps + 1)
    return mean_field.signal(layer.curves_before, scaling, surroundings)


def _intervals(
    stack: Stack, candidate: Candidate, signal: Sequence[float], gradient: Sequence[float]
) -> tuple[Sequence[Interval] | None, Sequence[Interval] | None]:
    """Return the ends for the signal and for the gradient, as far from the predictions as those of a mean scale are.

    What the gradient has met down to a layer is what all of them add, less what those below do.
    """
    scaling, layer = _mean_scaling(stack, candidate), candidate.first.layer
    forward, backward = [(0.0, 0.0)], [(0.0, 0.0)]
    inverse = 1.0 / stack.widths[0]
    for step in range(1, stack.steps + 1):
        inverse += 1.0 / stack.widths[step]
        finite = _through(stack, layer, scaling, step).finite_width
        if finite is None:
            return None, None
        scatter = finite.scatter((step + 1) / inverse)
        forward.append(_reaches(scatter.forward, finite.log_forward))
        backward.append(_reaches(scatter.backward, finite.log_backward))
    of_gradient = [
        tuple(math.sqrt(max(whole**2 - part**2, 0.0)) for whole, part in zip(backward[-1], each, strict=True))
        for each in backward
    ]
    return _around(signal, forward), _around(gradient, of_gradient)


def _reaches(interval: Interval | None, centre: float) -> Interval:
    """Return how far the ends are below and above a prediction; without end where they are not told."""
    return (math.inf, math.inf) if interval is None else (centre - interval[0], interval[1] - centre)


def _around(course: Sequence[float], reaches: Sequence[Sequence[float]]) -> Sequence[Interval] | None:
    if not all(math.isfinite(reach) for pair in reaches for reach in pair):
        return None
    return tuple((centre - below, centre + above) for centre, (below, above) in zip(course, reaches, strict=True))


def _mean_scaling(stack: Stack, candidate: Candidate) -> Scaling:
    """Return the geometric mean of the scales of all steps, with what a branch is multiplied with in its layers."""
    scalings = [candidate.by_sides[stack.sides(step)].scaling for step in range(1, stack.steps + 1)]
    factor = stack.residual_scale ** (2.0 / stack.layers_per_branch) if stack.is_residual else 1.0
    if len(candidate.by_sides) == 1 and factor == 1.0:
        return scalings[0]
    weight = factor * bounded_exp(sum(_log(each.weight) for each in scalings) / len(scalings))
    return scalings[0]._replace(weight=significant(weight))
