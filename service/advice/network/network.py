"""From a list of layers to the answer: each one's, what they share, the signal through all of them, their tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.advice.advisor import Advisor
from service.advice.answer import NetworkAnswer
from service.advice.network.context import in_context
from service.advice.network.evidence import network_evidence
from service.advice.network.joints import mismatches
from service.advice.network.manifest import manifest_of
from service.advice.network.network_layer import NetworkLayer, at_layer


def advise_network(network_layers: Sequence[NetworkLayer]) -> NetworkAnswer:
    """Return the answers for layers in the order in which a signal meets them. Raises InvalidLayer."""
    understood, places = in_context(network_layers)
    advisors, answers = [], []
    unmet = dict(mismatches([each.layer for each in understood], places))
    for index, each in enumerate(understood):
        with at_layer(index):
            advisor = Advisor(each.layer)
            answer = advisor.answer(each.current)
        if index in unmet:
            answer = replace(answer, warnings=(unmet[index], *answer.warnings))
        advisors.append(advisor)
        answers.append(answer)
    return NetworkAnswer(tuple(answers), network_evidence(advisors, places, unmet), manifest_of(advisors))
