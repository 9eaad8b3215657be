"""The thresholds of judgements, which pages and schemas tell from where they stand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from service.advice.answer import Verdict
from service.advice.judgements import DEVIATION, OUTPUT, SIGNAL

PAGE = Path(__file__).parents[2] / "docs" / "advising.md"


@pytest.mark.parametrize(
    ("scale", "number", "judgement"),
    [
        (SIGNAL, 1.0, "good"),
        (SIGNAL, 9.9, "good"),
        (SIGNAL, 11.0, "acceptable"),
        (SIGNAL, 1.1e3, "poor"),
        (SIGNAL, 1.1e10, "reject"),
        (DEVIATION, 2.0, "good"),
        (DEVIATION, 2.1, "acceptable"),
        (DEVIATION, 1e9, "poor"),
        (OUTPUT, 0.05, "good"),
        (OUTPUT, 2.0, "acceptable"),
        (OUTPUT, 3.0, "poor"),
    ],
)
def test_a_number_is_judged_by_its_scale(scale, number, judgement):
    assert scale.judgement(math.log(number)) == judgement


@pytest.mark.parametrize("scale", [SIGNAL, DEVIATION, OUTPUT])
def test_the_page_and_the_schema_tell_the_thresholds(scale):
    schema = TypeAdapter(Verdict).json_schema()["properties"]["judgement"]["description"]

    assert scale.in_words in PAGE.read_text()
    assert scale.in_words in schema


def test_thresholds_are_told_as_numbers():
    assert SIGNAL.in_words == "good up to 10, acceptable up to 1000, poor up to 1e10, reject beyond"
