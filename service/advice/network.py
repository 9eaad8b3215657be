"""The layers of a network together: each one's answer, the signal through all of them, their tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.advice.advisor import Advisor
from service.advice.answer import LayerSignal, Level, NetworkAnswer, NetworkEvidence, Validity
from service.advice.layer.layer import QUICK_LAYERS_BY_QUADRATURE, Layer
from service.advice.manifest import manifest_of
from service.advice.numbers import significant
from service.advice.theory.recursion import bounded_exp
from service.advice.theory.walk import Step, Walk
from service.initializers.initializer import Initializer

_NAMED_LAYERS = 8
"""How many of the layers of which theory says nothing are named."""


@dataclass(frozen=True)
class NetworkLayer:
    """A layer of the network, with what its weights have now."""

    layer: Layer
    current: Initializer | None = None

    @property
    def is_quick(self) -> bool:
        """Whether an answer takes less than a millisecond."""
        is_shallow = (self.layer.depth or 0) <= QUICK_LAYERS_BY_QUADRATURE
        return self.layer.is_quick and (self.current is None or is_shallow)


def advise_network(network_layers: Sequence[NetworkLayer]) -> NetworkAnswer:
    """Return the answers for layers in the order in which a signal meets them. Raises InvalidParameter."""
    advisors = [Advisor(each.layer) for each in network_layers]
    answers = [advisor.answer(each.current) for advisor, each in zip(advisors, network_layers, strict=True)]
    return NetworkAnswer(tuple(answers), _evidence(advisors), manifest_of(advisors))


def _evidence(advisors: Sequence[Advisor]) -> NetworkEvidence:
    walk, left_out = Walk(), []
    for advisor in advisors:
        if advisor.weights is not None and _is_followed(advisor):
            walk.take(advisor.layer, advisor.weights, advisor.bias)
        else:
            left_out.append(advisor.layer.links.name)
    signal = _signal(walk.steps)
    forward = walk.steps[-1].second_moment if walk.steps else 1.0
    backward = signal[0].gradient if signal else 1.0
    return NetworkEvidence(len(signal), significant(forward), backward, signal, _validity(advisors, left_out))


def _is_followed(advisor: Advisor) -> bool:
    """Return whether theory says what a layer does to the signal; zeros at the end of a branch leave it as it is."""
    layer, weights = advisor.layer, advisor.weights
    if weights is None or weights.mean_square is None or layer.axes is None:
        return False
    return advisor.rule.has_theory or (weights.is_constant and layer.has_skips)


def _signal(steps: Sequence[Step]) -> tuple[LayerSignal, ...]:
    """Return the signal after each layer, and the gradient there, which comes from the last."""
    log_gradient, signal = 0.0, []
    for step in reversed(steps):
        signal.append(LayerSignal(step.layer, significant(step.second_moment), significant(bounded_exp(log_gradient))))
        log_gradient += step.log_factor
    return tuple(reversed(signal))


def _validity(advisors: Sequence[Advisor], left_out: Sequence[str]) -> Validity:
    reasons: list[str] = []
    level: Level = "high"
    if left_out:
        names = ", ".join(left_out[:_NAMED_LAYERS]) + (", ..." if len(left_out) > _NAMED_LAYERS else "")
        reasons.append(f"theory says nothing of {names}")
        level = "medium"
    if any(advisor.layer.has_skips for advisor in advisors):
        reasons.append("branches and their sum are taken for independent")
        level = "medium"
    if any(advisor.layer.is_recurrent or advisor.layer.kind == "attention" for advisor in advisors):
        reasons.append("recurrence and attention are not followed")
        level = "low"
    if len(left_out) == len(advisors):
        level = "none"
    return Validity(level, tuple(reasons))
