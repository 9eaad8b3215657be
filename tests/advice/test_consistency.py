"""No answer contradicts itself: the recommendation, its evidence, the choices beside it, the verdicts, the warnings.

Each property is tried on hundreds of descriptions, which stay the same from run to run.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from service.advice.rules.table import RULES, rule_for
from tests.advice.asking import ask, ask_network
from tests.advice.descriptions import answered, descriptions, drawn, resolved

FAR = 1e3
"""By which factor signal and gradient may grow or shrink over the depth without a word."""

REMEDY = re.compile(r"skip|normalis|ReZero|at zero|ends? each branch|vanish|fades|unstable")
RATIOS = re.compile(r" and by (\S+) over .*?, and the gradient's squared norm by ([^\s;]+)")

ZEROS: tuple[str, dict[str, float]] = ("zeros", {})


def scheme(tensor):
    return None if tensor is None else (tensor["initializer"], tensor["parameters"])


def is_far(*ratios):
    return any(not 1.0 / FAR < ratio < FAR for ratio in ratios)


@pytest.mark.slow
@drawn(max_examples=500)
@given(descriptions())
def test_what_grows_or_vanishes_over_the_depth_is_warned_of_with_a_remedy(members):
    answer = answered(members)
    depth = answer["evidence"]["depth"]

    if depth is not None and is_far(depth["forward"], depth["backward"]):
        assert any(REMEDY.search(warning) for warning in answer["warnings"]), answer["warnings"]


@pytest.mark.slow
@drawn(max_examples=250)
@given(descriptions())
def test_the_verdict_on_the_recommendation_is_good_and_calls_it_so(members):
    weights = answered(members)["recommendation"]["weights"]
    verdict = ask(current=scheme(weights), **members)["verdict"]

    assert verdict["judgement"] == "good", verdict["statement"]
    assert "as recommended" in verdict["statement"]


@pytest.mark.slow
@drawn(max_examples=200)
@given(descriptions())
def test_a_choice_is_another_scheme_and_none_that_this_network_rejects(members):
    answer, layer = answered(members), resolved(members)
    of_others = {choice.when for choice in rule_for(layer).alternatives if choice.condition or choice.bias}
    for choice in answer["alternatives"]:
        assert scheme(choice["weights"]) != scheme(answer["recommendation"]["weights"])
        if choice["when"] in of_others:
            continue
        verdict = ask(current=scheme(choice["weights"]), **members)["verdict"]
        assert "as recommended" not in verdict["statement"], verdict["statement"]
        assert verdict["judgement"] != "reject", verdict["statement"]


@pytest.mark.slow
@drawn(max_examples=300)
@given(descriptions())
def test_a_default_is_called_as_recommended_only_where_it_is(members):
    answer = answered(members)
    recommended, default = answer["recommendation"]["weights"], answer["framework_default"]
    if default is not None and "as recommended" in default["statement"]:
        assert (default["weights"]["std"], default["weights"]["bound"]) == (recommended["std"], recommended["bound"])


@pytest.mark.slow
@drawn(max_examples=500)
@given(descriptions())
def test_no_choice_is_offered_when_what_it_asks_for_holds_already(members):
    """It would be the recommendation."""
    layer = resolved(members)
    for choice in rule_for(layer).alternatives:
        assert choice.condition is None or not choice.condition.holds(layer), choice.when


CONDITIONED = re.compile(
    r"many layers|moderate depth|without skips|with skips|no normalisation|last normalisation|other widths"
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_description_can_decide_has_its_condition_as_data(rule):
    assert not [choice.when for choice in rule.alternatives if CONDITIONED.search(choice.when) and not choice.condition]


@pytest.mark.slow
@drawn(max_examples=300)
@given(descriptions())
def test_zeros_are_rejected_only_where_they_are_not_recommended(members):
    answer = answered(members, ZEROS)
    judgement = answer["verdict"]["judgement"]
    chosen = [choice["weights"]["initializer"] for choice in answer["alternatives"]]

    if answer["recommendation"]["weights"]["initializer"] == "zeros":
        assert judgement == "good"
    if judgement == "reject":
        assert "zeros" not in chosen


@pytest.mark.slow
@drawn(max_examples=400)
@given(descriptions())
def test_nothing_is_called_good_that_dies_without_what_would_keep_it(members):
    default = answered(members)["framework_default"]
    if default is None or default["judgement"] != "good":
        return
    found = RATIOS.search(default["statement"])
    if found is not None and is_far(*(number(text) for text in found.groups())):
        assert "; to keep both, " in default["statement"]


def number(text):
    numerator, _, denominator = text.rstrip(";").partition("/")
    return float(numerator) / float(denominator or 1)


@pytest.mark.slow
@drawn(max_examples=300)
@given(descriptions())
def test_a_bias_is_recommended_exactly_where_the_manifest_has_one(members):
    resolved(members)
    network, without = ask_network(members), ask_network({**members, "bias": False})
    bias = network["layers"][0]["recommendation"]["bias"]

    assert (bias is not None) == (len(network["manifest"]["tensors"]) > len(without["manifest"]["tensors"]))
    if "bias" in members:
        assert (bias is not None) == members["bias"]


# What a warning says, and when that is untrue.
CONTRADICTED = [
    ("leave it out", lambda members, answer: answer["recommendation"]["bias"] is not None),
    ("the bias to", lambda members, answer: answer["recommendation"]["bias"] is None),
    ("biases of the means", lambda members, answer: answer["recommendation"]["bias"] is None),
    ("bias_hh", lambda members, answer: answer["recommendation"]["bias"] is None),
    ("add skips", lambda members, answer: members.get("residual", False)),
    ("without skips", lambda members, answer: members.get("residual", False)),
    ("normalisation.$", lambda members, answer: members.get("normalization", "none") not in {"none", "weight"}),
    ("Nothing normalises", lambda members, answer: members.get("normalization") not in {None, "none", "weight"}),
    ("[Gg]ive depth", lambda members, answer: "depth" in members),
    ("gamma", lambda members, answer: members.get("normalization") in {"none", "weight"}),
]


@pytest.mark.slow
@drawn(max_examples=400)
@given(descriptions())
def test_no_warning_speaks_against_what_is_said_or_recommended(members):
    answer = answered(members)
    for warning in answer["warnings"]:
        for said, is_untrue in CONTRADICTED:
            assert not (re.search(said, warning) and is_untrue(members, answer)), warning
