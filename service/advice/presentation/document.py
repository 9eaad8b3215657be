"""An answer as the JSON that clients read: without what is null or empty, and each work told once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from service.advice.answer import (
    Alternative,
    Answer,
    Detail,
    Evidence,
    Experiment,
    FrameworkDefault,
    Level,
    TensorAdvice,
    Verdict,
)

Document = dict[str, object]

SHORT_EVIDENCE = ("forward_ratio", "depth", "initial_loss")
"""What a short answer tells of evidence that is not the recommendation's, and the validity where that is another."""

SHORT_EVIDENCE_OF_A_LAYER = ("forward_ratio", "chi_perp", "initial_loss")
"""The same where no depth is known, over which signal and gradient would change."""

SHORT_TENSOR = ("initializer", "parameters", "std", "stds", "href")
"""What it tells of tensors that are not the recommended ones, as far as there is something to tell."""

SHORT_WORK = ("key", "url")
"""What it tells of a work, and only of those that the recommendation and the alternatives name."""


def layer_document(answer: Answer, detail: Detail) -> Document:
    """Return the answer for a layer."""
    others = Full() if detail == "full" else Short(answer.recommendation.bias, answer.evidence.validity.level)
    return {**layer_members(answer, others), "references": works([answer], detail)}


def layer_members(answer: Answer, others: Full) -> Document:
    """Return the members of the answer for a layer but for the works that it rests on.

    `others` tells what is not recommended.
    """
    advice, default, verdict = answer.recommendation, answer.framework_default, answer.verdict
    return {
        "layer": answer.layer,
        "assumed": answer.assumed,
        "recommendation": {
            "weights": _tensor(advice.weights),
            "bias": _tensor(advice.bias),
            **({"tensors": {name: _tensor(each) for name, each in advice.tensors.items()}} if advice.tensors else {}),
            "rule": advice.rule,
            "reason": advice.reason,
            "references": advice.references,
        },
        "alternatives": [others.alternative(each) for each in answer.alternatives],
        "evidence": others.own_evidence(answer.evidence),
        "framework_default": None if default is None else others.default(default),
        "verdict": None if verdict is None else others.verdict(verdict),
        "warnings": answer.warnings,
        "experiments": [experiment_document(each) for each in answer.experiments],
    }


@dataclass(frozen=True)
class Full:
    """All that is known of what is not recommended."""

    def alternative(self, choice: Alternative) -> Document:
        bias = self.bias(choice.bias)
        references = {"references": choice.references} if choice.references else {}
        tensors = {"weights": self.tensor(choice.weights), **bias}
        return {**tensors, "when": choice.when, **references, **self.evidence(choice.evidence)}

    def default(self, default: FrameworkDefault) -> Document:
        named = {"framework": default.framework, "layer": default.layer}
        return {**named, **self._judged(default), **self.bias_of_default(default)}

    def verdict(self, verdict: Verdict) -> Document:
        return self._judged(verdict)

    def _judged(self, judged: FrameworkDefault | Verdict) -> Document:
        return {
            "weights": self.tensor(judged.weights),
            "judgement": judged.judgement,
            "statement": judged.statement,
            **self.evidence(judged.evidence),
        }

    def bias(self, bias: TensorAdvice | None) -> Document:
        return {"bias": _tensor(bias)}

    def bias_of_default(self, default: FrameworkDefault) -> Document:
        return self.bias(default.bias)

    def tensor(self, tensor: TensorAdvice | None) -> Document | None:
        return _tensor(tensor)

    def evidence(self, evidence: Evidence | None) -> Document:
        return {} if evidence is None else {"evidence": evidence_document(evidence)}

    def own_evidence(self, evidence: Evidence) -> Document:
        """Return the evidence of the recommendation."""
        return evidence_document(evidence)


@dataclass(frozen=True)
class Short(Full):
    """What is worth telling of what is not recommended."""

    own_bias: TensorAdvice | None
    """The recommended one, which goes with all weights but those with a bias of their own."""
    own_level: Level
    told_of_tensor: ClassVar[Sequence[str]] = SHORT_TENSOR

    def bias(self, bias: TensorAdvice | None) -> Document:
        return {} if bias is self.own_bias else super().bias(bias)

    def bias_of_default(self, default: FrameworkDefault) -> Document:
        return {}

    def tensor(self, tensor: TensorAdvice | None) -> Document | None:
        if tensor is None:
            return None
        members = vars(tensor)
        return _known({name: members[name] for name in self.told_of_tensor})

    def evidence(self, evidence: Evidence | None) -> Document:
        if evidence is None:
            return {}
        members, level = vars(evidence), evidence.validity.level
        validity = {} if level == self.own_level else {"validity": {"level": level}}
        names = SHORT_EVIDENCE_OF_A_LAYER if evidence.depth is None else SHORT_EVIDENCE
        short = {name: value for name in names if (value := members[name]) is not None} | validity
        return {"evidence": short} if short else {}


def _tensor(tensor: TensorAdvice | None) -> Document | None:
    return None if tensor is None else _known(vars(tensor))


def evidence_document(evidence: Evidence) -> Document:
    """Return all that is known of evidence."""
    validity = evidence.validity
    reasons = {"reasons": validity.reasons} if validity.reasons else {}
    finite = {} if evidence.finite_width is None else {"finite_width": _known(vars(evidence.finite_width))}
    return {**_known(vars(evidence)), **finite, "validity": {"level": validity.level, **reasons}}


def experiment_document(experiment: Experiment) -> Document:
    """Return an experiment, with links where it has some."""
    members = dict(vars(experiment))
    if not experiment.hrefs:
        del members["hrefs"]
    return members


def works(answers: Sequence[Answer], detail: Detail) -> list[Document]:
    """Return the works that answers rest on, each once."""
    found = {work.key: vars(work) for answer in answers for work in answer.references}
    if detail == "full":
        return list(found.values())
    named = dict.fromkeys(key for answer in answers for key in _named(answer))
    return [{member: found[key][member] for member in SHORT_WORK} for key in named]


def _named(answer: Answer) -> Iterator[str]:
    """Yield the keys of the works that the members of an answer name."""
    yield from answer.recommendation.references
    for choice in answer.alternatives:
        yield from choice.references


def _known(members: Mapping[str, object]) -> Document:
    return {name: value for name, value in members.items() if value is not None and value != {}}
