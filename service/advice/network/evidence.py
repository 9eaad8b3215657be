"""The signal through the layers of a network, and how far that is to be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.advice.answer import LayerSignal, Level, NetworkEvidence, Validity
from service.advice.network.advised import AdvisedLayer
from service.advice.network.structure import Place
from service.advice.numbers import significant
from service.advice.theory.recursion import bounded_exp
from service.advice.theory.walk import Step, Walk

_NAMED_LAYERS = 8
"""How many of the layers of which something is said are named."""


def network_evidence(
    advised: Sequence[AdvisedLayer], places: Sequence[Place], mismatches: Mapping[int, str]
) -> NetworkEvidence:
    """Return what becomes of a signal on its way through layers, and of the gradient back."""
    walk, left_out = Walk(), []
    for each, place in zip(advised, places, strict=True):
        if place.way == "apart" and each.layer.kind != "embedding":
            continue
        weights = each.advisor.weights
        if weights is not None and _is_followed(each):
            walk.take(each.layer, weights, each.advisor.bias, place)
        else:
            left_out.append(each.layer.links.name)
            walk.pass_by(place)
    walk.finish()
    signal = _signal(walk.steps)
    forward = walk.steps[-1].second_moment if walk.steps else 1.0
    backward = signal[0].gradient if signal else 1.0
    validity = _validity(advised, left_out, [advised[index].layer.links.name for index in mismatches])
    if not walk.steps:
        validity = Validity("none", validity.reasons)
    return NetworkEvidence(len(signal), significant(forward), backward, signal, validity)


def _is_followed(advised: AdvisedLayer) -> bool:
    """Return whether theory says what a layer does to the signal; zeros at the end of a branch leave it as it is."""
    layer, weights = advised.layer, advised.advisor.weights
    if weights is None or weights.mean_square is None or layer.axes is None:
        return False
    return advised.advisor.rule.has_theory or (weights.is_constant and layer.has_skips)


def _signal(steps: Sequence[Step]) -> tuple[LayerSignal, ...]:
    """Return the signal after each layer, and the gradient there, which comes from the last."""
    log_gradient, signal = 0.0, []
    for step in reversed(steps):
        signal.append(LayerSignal(step.layer, significant(step.second_moment), significant(bounded_exp(log_gradient))))
        log_gradient += step.log_factor
    return tuple(reversed(signal))


def _validity(advised: Sequence[AdvisedLayer], left_out: Sequence[str], unmet: Sequence[str]) -> Validity:
    reasons: list[str] = []
    level: Level = "high"
    if left_out:
        reasons.append(f"theory says nothing of {_listed(left_out)}")
        level = "medium"
    if any(each.layer.has_skips for each in advised):
        reasons.append("branches and their sum are assumed to be independent")
        level = "medium"
    if any(each.layer.is_recurrent or each.layer.kind == "attention" for each in advised):
        reasons.append("recurrence and attention are not followed")
        level = "low"
    if unmet:
        reasons.append(f"the shapes do not meet at {_listed(unmet)}")
        level = "low"
    return Validity(level, tuple(reasons))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED_LAYERS]) + (", ..." if len(names) > _NAMED_LAYERS else "")
