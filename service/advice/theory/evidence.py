"""What theory predicts of a layer with given weights, in the members of the answer."""

from __future__ import annotations

import functools
import math

from service.advice.answer import DepthEvidence, Evidence, FiniteWidthEvidence, FixedPointEvidence, Validity
from service.advice.layer.layer import Layer
from service.advice.numbers import significant
from service.advice.scheme import Scheme
from service.advice.theory.finite_width import Interval, Scatter
from service.advice.theory.initial_loss import initial_loss
from service.advice.theory.mean_field import Signal
from service.advice.theory.prediction import Prediction
from service.advice.theory.scaling import Scaling
from service.advice.theory.validity import has_unlike_branches, level_of, validity_of

_TOO_FAR = "draws differ so much, or drift so far from the prediction, that no interval around it can be told"

_told_alone = functools.partial(
    Evidence, sigma_w2=None, sigma_b2=None, forward_ratio=None, backward_ratio=None, chi_perp=None, elasticity=None,
    q_star=None, fixed_point=None, depth=None, finite_width=None,
)  # fmt: skip
"""Evidence of which only what is given is told."""


def evidence_of(prediction: Prediction, has_theory: bool = True) -> Evidence:
    """Return what theory predicts of a layer with its weights and biases, with intervals around it."""
    layer, weights = prediction.layer, prediction.weights
    if weights is None or not prediction.is_made or not has_theory:
        return _no_prediction(prediction, has_theory)
    signal = prediction.signal
    scatter = None if signal.finite_width is None else signal.finite_width.scatter(layer.noise_width)
    return _evidence_of_signal(signal, prediction.scaling)(
        backward_ratio=significant(signal.chi_perp * layer.fan_out / layer.fan_in),
        finite_width=_finite_width(layer, weights, signal, scatter),
        initial_loss=_told_loss(layer, weights, prediction.bias),
        validity=validity_of(layer, weights, signal, scatter),
    )


def short_evidence_of(prediction: Prediction, has_theory: bool) -> Evidence:
    """Return of that what a short answer tells of weights that are not the recommended ones, the rest left out."""
    layer, weights = prediction.layer, prediction.weights
    if weights is None or not prediction.is_made or not has_theory:
        return _no_prediction(prediction, has_theory)
    signal = prediction.signal
    scatter = None if signal.finite_width is None else signal.finite_width.scatter(layer.noise_width)
    return _told_alone(
        forward_ratio=significant(signal.forward_ratio),
        chi_perp=significant(signal.chi_perp),
        depth=_told_depth(signal),
        initial_loss=_told_loss(layer, weights, prediction.bias),
        validity=Validity(level_of(layer, weights, signal, scatter), ()),
    )


def _told_loss(layer: Layer, weights: Scheme | None, bias: Scheme | None) -> float | None:
    known = None if weights is None else initial_loss(layer, weights, bias)
    return None if known is None else known.loss


@functools.lru_cache(maxsize=4096)
def _evidence_of_signal(signal: Signal, scaling: Scaling) -> functools.partial[Evidence]:
    """Return what layers of all widths with this signal have in common; the other members are still to be given."""
    point = signal.fixed_point
    return functools.partial(
        Evidence,
        sigma_w2=significant(scaling.weight),
        sigma_b2=significant(scaling.bias),
        forward_ratio=significant(signal.forward_ratio),
        chi_perp=significant(signal.chi_perp),
        elasticity=None if signal.elasticity is None else significant(signal.elasticity),
        q_star=None if point is None or point.q is None else significant(point.q),
        fixed_point=None if point is None else FixedPointEvidence(point.kind, significant(point.chi_perp)),
        depth=_told_depth(signal),
    )


def _told_depth(signal: Signal) -> DepthEvidence | None:
    depth = signal.depth
    if depth is None:
        return None
    return DepthEvidence(depth.layers, significant(depth.forward), significant(depth.backward))


def _finite_width(layer: Layer, weights: Scheme, signal: Signal, scatter: Scatter | None) -> FiniteWidthEvidence | None:
    if signal.depth is None:
        return None
    width = significant(layer.noise_width)
    if scatter is None or has_unlike_branches(layer):
        return FiniteWidthEvidence(width, None, None, None, _why_no_noise(layer, weights))
    forward, backward = _interval(scatter.forward), _interval(scatter.backward)
    reason = _TOO_FAR if forward is None or backward is None else None
    log_std = None if scatter.log_std is None else significant(scatter.log_std)
    return FiniteWidthEvidence(width, log_std, forward, backward, reason)


def _why_no_noise(layer: Layer, weights: Scheme) -> str:
    if has_unlike_branches(layer):
        return "how much draws differ depends on the other matrices of the branch"
    if weights.mean:
        return "how the part of the signal that all units share differs from draw to draw is not followed"
    if weights.unit_gain is not None and layer.normalization == "none":
        return "each unit is fed from one other, so that nothing averages over the units"
    return "how much draws differ depends on the batch"


def _interval(ends: Interval | None) -> tuple[float, float] | None:
    """Return an interval of a ratio from that of its logarithm."""
    return None if ends is None else (significant(math.exp(ends[0])), significant(math.exp(ends[1])))


def _no_prediction(prediction: Prediction, has_theory: bool) -> Evidence:
    layer, weights = prediction.layer, prediction.weights
    mean_square = None if weights is None else weights.mean_square
    if layer.is_recurrent:
        reason = "the same weights act at every time step, which the theory of stacked layers does not cover"
    elif not has_theory:
        reason = "mean-field theory is about stacks of similar layers, and this layer is not part of one"
    elif mean_square is None:
        reason = "the elements are neither independent nor those of an orthogonal matrix"
    else:
        reason = "the tensor is a vector"
    return _told_alone(
        sigma_w2=None if mean_square is None or layer.axes is None else significant(layer.fan_in * mean_square),
        initial_loss=_told_loss(layer, weights, prediction.bias),
        validity=Validity("none", (reason,)),
    )
