"""The works that an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from service.advice.answer import Citation, Evidence
from service.advice.layer.layer import Layer
from service.advice.rules.rule import Rule
from service.bibliography import REFERENCES

_THEORY = ("poole2016", "schoenholz2017")

_CITATIONS: Mapping[str, Citation] = {
    key: Citation(key, work.authors, work.title, work.year, work.url) for key, work in REFERENCES.items()
}


def citations(layer: Layer, rule: Rule, evidence: Evidence) -> tuple[Citation, ...]:
    """Return the works that the answer for a layer rests on, each once, the rule's first."""
    return tuple(_CITATIONS[key] for key in dict.fromkeys(_keys(layer, rule, evidence)))


def _keys(layer: Layer, rule: Rule, evidence: Evidence) -> Iterable[str]:
    yield from rule.references
    for choice in rule.alternatives:
        yield from choice.references
    if evidence.forward_ratio is not None:
        yield from _THEORY
    if evidence.finite_width is not None and evidence.finite_width.log_std is not None:
        yield "hanin2018"
    if layer.normalization == "batch":
        yield "yang2019"
    if layer.description.dropout:
        yield "pretorius2018"
    yield "mishkin2015"
