"""Judgements on weights whose signal theory does not follow."""

from __future__ import annotations

import math

import pytest

from tests.advice.asking import ask

NORMALIZED = {"shape": [512, 512], "activation": "relu", "normalization": "batch"}
HE_STD = math.sqrt(2 / 512)


def verdict(layer, current, **members):
    return ask(layer, current, **members)["verdict"]


@pytest.mark.parametrize(
    ("ratio", "judgement"),
    [(1.98, "good"), (2.02, "acceptable"), (4.95, "acceptable"), (5.05, "poor"), (1e4, "poor")],
)
def test_normalised_weights_are_judged_by_their_distance_from_the_recommended_scale(ratio, judgement):
    for factor in (ratio, 1 / ratio):
        given = verdict("dense", ("normal", {"std": factor * HE_STD}), **NORMALIZED)

        assert given["judgement"] == judgement
        assert "times the standard deviation that is recommended; behind a normalisation" in given["statement"]


def test_the_recommended_scale_is_as_recommended():
    given = verdict("dense", ("normal", {"std": HE_STD}), **NORMALIZED)

    assert (given["judgement"], given["statement"]) == ("good", "as recommended")


def test_tensors_of_unknown_scale_are_another_kind():
    given = verdict("Embedding", ("hippo", {}), shape=[64, 64])

    assert given["judgement"] == "acceptable"
    assert given["statement"] == "hippo is another kind of tensor than embedding asks for"


@pytest.mark.parametrize(("excess", "is_rejected"), [(9.9, False), (10.1, True)])
def test_ten_nats_above_knowing_nothing_are_rejected(excess, is_rejected):
    """A classifier of n inputs starts at ln C + n std² / 2 (the mean of a log-sum of normal logits)."""
    inputs, classes = 2048, 1000
    given = verdict("head", ("normal", {"std": math.sqrt(2 * excess / inputs)}), shape=[classes, inputs])

    assert (given["judgement"] == "reject") == is_rejected
    assert given["statement"].endswith(
        f"the loss starts at {math.log(classes) + excess:.4g} nats, where {math.log(classes):.4g} knows nothing"
    )


def test_random_weights_where_zeros_are_recommended_are_told_to_be():
    given = verdict("modulation", ("normal", {"std": 0.02}), shape=[64, 64])

    assert given["judgement"] == "acceptable"
    assert given["statement"] == "random where zeros are recommended, with a standard deviation of 0.02"


@pytest.mark.parametrize(
    ("value", "start"), [(0.0, "the signal is zero, and so is the gradient before it; all units"), (0.5, "all units")]
)
def test_constants_keep_all_units_the_same(value, start):
    given = verdict("dense", ("constant", {"value": value}), activation="relu")

    assert given["judgement"] == "reject"
    assert given["statement"].startswith(start)
    assert given["statement"].endswith("Take he_normal")


def test_a_constant_does_no_harm_where_something_else_breaks_the_symmetry():
    assert verdict("head", ("constant", {"value": 0.5}))["judgement"] == "good"


def test_a_vector_may_be_constant():
    given = verdict("logit_scale", ("constant", {"value": math.log(1 / 0.07)}))

    assert (given["judgement"], given["statement"]) == ("good", "as recommended")


def test_isometric_weights_are_as_recommended_only_by_isometric_ones():
    very_deep = {"shape": [512, 512], "activation": "tanh", "depth": 100}
    std = {"std": math.sqrt(1 / 512)}

    assert "as recommended" in verdict("dense", ("orthogonal", {}), **very_deep)["statement"]
    assert " as it is " in verdict("dense", ("normal", std), **very_deep)["statement"]


@pytest.mark.parametrize(("framework", "has_variance"), [("pytorch", True), ("keras", False)])
def test_the_variance_of_a_defaults_biases_is_told(framework, has_variance):
    """PyTorch draws them uniformly on ±1 / sqrt(fan_in), a variance of 1 / (3 fan_in)."""
    default = ask("Linear", framework=framework, shape=[300, 300], activation="relu")["framework_default"]

    assert ("; its biases add a variance of 0.0011 that" in default["statement"]) == has_variance
