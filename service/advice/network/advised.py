"""The answers for the layers of a list; those that differ in nothing but their names have one, under each name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.advice.advisor import Advisor
from service.advice.answer import Alternative, Answer, Extent, TensorAdvice
from service.advice.checkpoint.names import is_named_by_its_layer
from service.advice.layer.layer import Layer
from service.advice.network.limits import refuse_too_much
from service.advice.network.network_layer import NetworkLayer, at_layer
from service.linear_algebra.interruption import interruption
from service.tensors.spec import encode_query


@dataclass(frozen=True)
class AdvisedLayer:
    """A layer of a list, what follows from its rule, and the answer."""

    layer: Layer
    advisor: Advisor
    """Of the first layer like this one."""
    answer: Answer

    def named(self, tensor: str) -> str:
        """Return the name of a tensor in the network."""
        return self.layer.links.named(tensor)


def advise_layers(network_layers: Sequence[NetworkLayer], extent: Extent) -> list[AdvisedLayer]:
    """Return the answers for the layers of a list.

    Raises OverLimit before any work, InvalidLayer and Interrupted.
    """
    refuse_too_much(network_layers)
    known: dict[tuple[int, int], AdvisedLayer] = {}
    found = []
    check = interruption()
    for index, each in enumerate(network_layers):
        check()
        alike = known.get(each.likeness)
        if alike is None or is_named_by_its_layer(each.layer):
            with at_layer(index):
                advisor = Advisor(each.layer)
                alike = known[each.likeness] = AdvisedLayer(
                    each.layer, advisor, advisor.answer(each.current, extent, each.caller)
                )
        found.append(_called(alike, each.layer))
    return found


def _called(advised: AdvisedLayer, layer: Layer) -> AdvisedLayer:
    """Return what was answered for a layer like this one, with this one's name."""
    if layer is advised.layer:
        return advised
    return replace(advised, layer=layer, answer=_Renaming(advised.layer, layer).answer(advised.answer))


class _Renaming:
    """From an answer for one layer to that for another of a different name."""

    def __init__(self, before: Layer, after: Layer) -> None:
        self._name = after.links.name
        self._assumed = after.assumed
        self._before, self._after = (encode_query((("name", f"{each.links.name}."),)) for each in (before, after))

    def answer(self, answer: Answer) -> Answer:
        recommendation, default, verdict = answer.recommendation, answer.framework_default, answer.verdict
        weights, bias = self._tensor(recommendation.weights), self._tensor(recommendation.bias)
        tensors = {name: self._known(tensor) for name, tensor in recommendation.tensors.items()}
        return replace(
            answer,
            layer={**answer.layer, "name": self._name},
            assumed=self._assumed,
            recommendation=replace(recommendation, weights=weights, bias=bias, tensors=tensors),
            alternatives=tuple(self._alternative(choice, recommendation.bias, bias) for choice in answer.alternatives),
            framework_default=None
            if default is None
            else replace(default, weights=self._tensor(default.weights), bias=self._tensor(default.bias)),
            verdict=None if verdict is None else replace(verdict, weights=self._known(verdict.weights)),
            experiments=tuple(
                replace(each, hrefs=tuple(map(self._href, each.hrefs))) if each.hrefs else each
                for each in answer.experiments
            ),
        )

    def _alternative(
        self, choice: Alternative, own_bias: TensorAdvice | None, bias: TensorAdvice | None
    ) -> Alternative:
        # The bias of the recommendation goes with most.
        other = bias if choice.bias is own_bias else self._tensor(choice.bias)
        return replace(choice, weights=self._tensor(choice.weights), bias=other)

    def _tensor(self, tensor: TensorAdvice | None) -> TensorAdvice | None:
        return None if tensor is None else self._known(tensor)

    def _known(self, tensor: TensorAdvice) -> TensorAdvice:
        return replace(tensor, href=self._href(tensor.href))

    def _href(self, href: str) -> str:
        return href.replace(self._before, self._after, 1)
