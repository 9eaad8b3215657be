"""Words that people type for what a description names, each with what it means.

A - stands where nothing with weights is meant, or any of several things; a ! where one thing is meant of which there is
no advice.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from service.requests.advice_request import parse_layer
from service.requests.faults import InvalidRequest
from service.requests.members import Members

WORDS = [line.split("\t") for line in Path(__file__).with_name("words.tsv").read_text().splitlines()]
UNDERSTOOD = [row for row in WORDS if row[2] not in {"-", "!"}]
REFUSED = [row[:2] for row in WORDS if row[2] in {"-", "!"}]


def _members(parameter, word):
    return {"layer": word} if parameter == "layer" else {"layer": "Linear", parameter: word}


def _layer(**members):
    return parse_layer(Members(members, in_body=False), "").layer


def _meaning(parameter, word):
    layer = _layer(**_members(parameter, word))
    if parameter == "layer":
        return layer.kind if layer.role == "hidden" else f"{layer.kind}/{layer.role}"
    return layer.activation.name if parameter == "activation" else getattr(layer.description, parameter)


@pytest.mark.parametrize(("parameter", "word", "meaning"), UNDERSTOOD)
def test_a_word_is_understood(parameter, word, meaning):
    assert _meaning(parameter, word) == meaning


@pytest.mark.parametrize(("parameter", "word"), REFUSED)
def test_what_means_no_one_thing_is_answered_with_what_to_do(parameter, word):
    with pytest.raises(InvalidRequest) as caught:
        _meaning(parameter, word)

    (fault,) = caught.value.faults
    assert fault.parameter == parameter
    helps = ("has no weights", "ask for", "give", "may mean", "did you mean", "leave", "first batch", "draw")
    assert any(words in fault.detail for words in helps), fault.detail


def test_19_in_20_of_the_words_that_mean_one_thing_are_understood():
    meant = [row for row in WORDS if row[2] != "-"]

    assert len(UNDERSTOOD) >= 0.95 * len(meant)
