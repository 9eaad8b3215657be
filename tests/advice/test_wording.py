"""What /advise says, read as sentences."""

from __future__ import annotations

import re

import pytest

from service.advice.rules.table import RULES
from tests.advice.asking import ask
from tests.advice.presentation.describing import drawn_answers

UN_ENGLISH = re.compile(
    r"stands next|\bbehind\b|\bbesides?\b|which is no\b|is no (function|number|draw|text) of|is told|made whole|"
    r"taken for\b|is none\b|of which theory|no theory speaks|the like\b|of its like|  | ,|\.\.$"
)
"""Phrases that nobody says, as far as they have been served."""


def sentences_of_rules():
    for rule in RULES:
        yield from ((rule.name, text) for text in (rule.reason, *rule.warnings, *rule.bare_warnings))
        yield from ((rule.name, text) for text in rule.bias_warnings)


def conditions_of_rules():
    return ((rule.name, choice.when) for rule in RULES for choice in rule.alternatives)


def served(answer):
    yield answer.recommendation.reason
    yield from answer.warnings
    for judged in filter(None, (answer.framework_default, answer.verdict)):
        yield judged.statement
    for experiment in answer.experiments:
        yield from (experiment.how, experiment.expect)
    yield from (choice.when for choice in answer.alternatives)


def test_reasons_and_warnings_are_whole_sentences():
    for name, text in sentences_of_rules():
        assert re.match(r"[A-Zµ0-9]|ln\(|(timm|wav2vec)\b", text), (name, text)
        assert text.endswith("."), (name, text)
        assert len(text) <= 260, (name, text)


def test_an_alternative_is_for_when_something_holds():
    for name, when in conditions_of_rules():
        assert re.match(r"[a-z0-9]", when), (name, when)
        assert not when.endswith("."), (name, when)


def test_no_rule_says_what_nobody_says():
    told = [*sentences_of_rules(), *conditions_of_rules()]

    assert not [(name, text) for name, text in told if UN_ENGLISH.search(text)]


@pytest.mark.parametrize("seed", range(3))
def test_no_answer_says_what_nobody_says(seed):
    for asked, answer in drawn_answers(150, 40 + seed):
        assert not [text for text in served(answer) if UN_ENGLISH.search(text)], asked


@pytest.mark.parametrize(("dropout", "keep"), [(0.5, "0.5"), (0.1, "0.9"), (0.25, "0.75")])
@pytest.mark.parametrize(("activation", "gain"), [("relu", 2.0), ("leaky_relu", 2.0 / 1.0001)])
def test_with_dropout_the_reasons_formula_is_the_std_that_is_given(activation, gain, dropout, keep):
    """Pretorius et al., arXiv:1811.00293: what inverted dropout keeps is 1 / keep times as large."""
    answer = ask("Linear", shape=[9216, 9216], activation=activation, dropout=dropout)
    reason, std = answer["recommendation"]["reason"], answer["recommendation"]["weights"]["std"]

    assert "2 / ((1 + a²) fan_in)" in reason
    assert reason.endswith(f"so that the variance here is {keep} times that.")
    assert std**2 == pytest.approx(float(keep) * gain / 9216, rel=1e-6)


@pytest.mark.parametrize(
    ("layer", "members"),
    [
        ("Linear", {"activation": "relu"}),
        ("Linear", {"activation": "tanh", "dropout": 0.5}),
        ("head", {"dropout": 0.5}),
        ("LSTM", {"dropout": 0.5}),
    ],
)
def test_a_std_that_dropout_does_not_change_has_the_rules_reason(layer, members):
    assert "ropout" not in ask(layer, **members)["recommendation"]["reason"]


@pytest.mark.parametrize("activation", ["tanh", "softsign", "hardtanh", "erf", "arctan", "linear", "selu", "sin"])
def test_what_an_alternative_says_of_deep_stacks_is_the_recommendation_of_one(activation):
    """Saxe et al., arXiv:1312.6120: 100 plain layers whose slope at 0 is about 1."""
    deep = ask("Linear", activation=activation, shape=[256, 256], depth=100)

    assert deep["recommendation"]["weights"]["initializer"] == "orthogonal"


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "prelu", "elu", "gelu", "tanh", "selu", "silu"])
@pytest.mark.parametrize("depth", [None, 5, 50, 100])
def test_no_alternative_is_for_a_depth_that_the_description_has(activation, depth):
    """What the description says decides; a `when` is about what it cannot say."""
    answer = ask("Linear", activation=activation, shape=[256, 256], depth=depth)

    for choice in answer["alternatives"]:
        assert not re.match(r"(many|as deep|very deep|a network)", choice["when"])
