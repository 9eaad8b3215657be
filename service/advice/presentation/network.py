"""The answer for a list of layers as JSON: what several layers have in common is told once, beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from service.advice.answer import (
    Answer,
    Detail,
    Evidence,
    Experiment,
    FrameworkDefault,
    NetworkAnswer,
)
from service.advice.presentation.document import (
    SHORT_TENSOR,
    Document,
    Full,
    Short,
    evidence_document,
    experiment_document,
    layer_members,
    works,
)

SHORT_EVIDENCE_IN_A_NETWORK = (
    "forward_ratio", "backward_ratio", "chi_perp", "q_star", "depth", "initial_loss", "validity",
)  # fmt: skip
"""What a short answer tells of the evidence for a layer of a network: the signal is followed through all of them."""

_SHORT_TENSOR = tuple(member for member in SHORT_TENSOR if member != "href")
"""What it tells of tensors that are not the recommended ones."""


def network_document(answer: NetworkAnswer, detail: Detail) -> Document:
    """Return the answer for a list of layers.

    Beside the layers stand the works that any of them rests on, and the warnings and experiments of several.
    """
    layers = answer.layers
    warnings, experiments = _of_several(_warned(layers)), _of_several(_tried(layers))
    return {
        "assumed": answer.assumed,
        "layers": [_layer(layer, detail, warnings, experiments) for layer in layers],
        "warnings": [
            *({"warning": warning, "layers": []} for warning in answer.warnings),
            *({"warning": warning, "layers": names} for warning, names in warnings.items()),
        ],
        "experiments": [{"name": name, "how": how, "expect": expect} for name, how, expect in experiments],
        "references": works(layers, detail),
        "network": answer.network,
        "manifest": answer.manifest,
    }


@dataclass(frozen=True)
class _ShortInNetwork(Short):
    """What is worth telling of a layer among others."""

    told_of_tensor = _SHORT_TENSOR

    def default(self, default: FrameworkDefault) -> Document:
        return {
            "framework": default.framework,
            "layer": default.layer,
            "judgement": default.judgement,
            "statement": default.statement,
        }

    def own_evidence(self, evidence: Evidence) -> Document:
        told = evidence_document(evidence)
        return {name: told[name] for name in SHORT_EVIDENCE_IN_A_NETWORK if name in told}


_Text = TypeVar("_Text")
_Experiment = tuple[str, str, str]
"""Its name, how to make it and what to expect."""


def _layer(
    answer: Answer, detail: Detail, warnings: Mapping[str, object], experiments: Mapping[_Experiment, object]
) -> Document:
    """Return the members of a layer's answer but for the warnings and experiments that are told of several."""
    is_full = detail == "full"
    others = Full() if is_full else _ShortInNetwork(answer.recommendation.bias, answer.evidence.validity.level)
    members = layer_members(answer, others)
    members["warnings"] = [warning for warning in answer.warnings if warning not in warnings]
    own = [each for each in answer.experiments if _key(each) not in experiments or (is_full and each.hrefs)]
    members["experiments"] = [experiment_document(each) for each in own]
    return members


def _warned(layers: Sequence[Answer]) -> list[tuple[str, str]]:
    return [(warning, str(layer.layer["name"])) for layer in layers for warning in layer.warnings]


def _tried(layers: Sequence[Answer]) -> list[tuple[_Experiment, str]]:
    return [(_key(each), str(layer.layer["name"])) for layer in layers for each in layer.experiments]


def _key(experiment: Experiment) -> _Experiment:
    return experiment.name, experiment.how, experiment.expect


def _of_several(named: Sequence[tuple[_Text, str]]) -> dict[_Text, list[str]]:
    """Return what is said of more than one layer, with their names."""
    found: dict[_Text, list[str]] = {}
    for text, name in named:
        found.setdefault(text, []).append(name)
    return {text: names for text, names in found.items() if len(names) > 1}
