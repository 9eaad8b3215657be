"""The answer as JSON: nothing empty, nothing twice, and short where it is not about the recommendation."""

from __future__ import annotations

import json

import orjson
import pytest

from service.advice.presentation.document import layer_document
from tests.advice.presentation.describing import drawn_answers

MAY_BE_NULL = {"weights", "bias", "framework_default", "verdict"}
"""Members of which null says that there is no such thing."""


def read(answer, detail="short"):
    return json.loads(orjson.dumps(layer_document(answer, detail)))


def empty_members(value):
    """Yield the names of members that are null or empty, but for the answer's own."""
    if isinstance(value, dict):
        for name, item in value.items():
            if item is None or item == {} or item == []:
                yield name
            yield from empty_members(item)
    elif isinstance(value, list):
        for item in value:
            yield from empty_members(item)


@pytest.mark.parametrize("detail", ["short", "full"])
def test_nothing_that_is_null_or_empty_is_told(detail):
    for asked, answer in drawn_answers(100, 1):
        document = read(answer, detail)
        inner = {name: value for name, value in document.items() if value not in ([], {})}

        assert {*empty_members(inner)} <= MAY_BE_NULL, asked


def test_the_full_answer_has_all_that_the_short_one_has():
    def is_within(part, whole):
        if isinstance(part, dict):
            return all(name in whole and is_within(value, whole[name]) for name, value in part.items())
        if isinstance(part, list):
            return len(part) == len(whole) and all(map(is_within, part, whole))
        return part == whole

    for asked, answer in drawn_answers(100, 2):
        short, full = read(answer), read(answer, "full")
        works = {work["key"]: work for work in full.pop("references")}

        assert all(is_within(work, works[work["key"]]) for work in short.pop("references")), asked
        assert is_within(short, full), asked


def test_each_work_is_told_once_and_each_key_is_one():
    for asked, answer in drawn_answers(100, 3):
        document = read(answer)
        keys = [work["key"] for work in document["references"]]
        used = [*document["recommendation"]["references"]]
        used += [key for choice in document["alternatives"] for key in choice.get("references", [])]

        assert len(keys) == len({*keys}), asked
        assert {*keys} == {*used}, asked


def test_a_short_answer_is_much_shorter():
    sizes = [(len(orjson.dumps(layer_document(a, d))) for d in ("short", "full")) for _, a in drawn_answers(200, 4)]
    short, full = (sum(column) for column in zip(*sizes, strict=True))

    assert short < 0.75 * full
    assert short / len(sizes) < 4000


def test_evidence_that_is_not_the_recommendations_is_short_unless_it_is_asked_for():
    answer = next(a for asked, a in drawn_answers(500, 5) if a.alternatives and a.alternatives[0].evidence.finite_width)

    assert "finite_width" in read(answer)["evidence"]
    assert {*read(answer)["alternatives"][0]["evidence"]} <= {"forward_ratio", "depth", "initial_loss", "validity"}
    assert "finite_width" in read(answer, "full")["alternatives"][0]["evidence"]


def test_an_alternative_has_a_bias_where_it_is_another_than_the_recommended(client):
    """The critical GELU has biases of its own; those of the others are the recommended zeros."""
    answer = client.get("/advise?layer=dense&activation=gelu&depth=3").json()
    biases = [choice["bias"]["initializer"] for choice in answer["alternatives"] if "bias" in choice]

    assert answer["recommendation"]["bias"]["initializer"] == "zeros"
    assert biases == ["normal"]
