"""How far theory is said to hold."""

from __future__ import annotations

import math

import pytest

from tests.advice.asking import ask

RELU = {"activation": "relu", "bias": False}


def validity(layer, **members):
    return ask(layer, **members)["evidence"]["validity"]


def test_wide_rectified_layers_are_known_best():
    assert validity("dense", shape=[512, 512], depth=10, **RELU) == {"level": "high", "reasons": []}


@pytest.mark.parametrize(
    ("layer", "members", "level", "reason"),
    [
        ("rnn", {"units": 64}, "low", "at every step"),
        ("attention", {}, "low", "softmax"),
        ("dense", {"role": "query"}, "low", "softmax"),
        ("dense", {"role": "key"}, "low", "softmax"),
        ("graph", {"activation": "relu"}, "medium", "neighbours"),
        ("dense", {"normalization": "batch", **RELU}, "medium", "batches"),
        ("dense", {"normalization": "group", **RELU}, "medium", "batches"),
        ("dense", {"activation_table": {"x": [-8, 0, 8], "y": [-1, 0, 8]}}, "medium", "samples"),
        ("conv", {"stride": 2, **RELU}, "medium", "stride"),
        ("conv_transpose", {"stride": 2, **RELU}, "medium", "stride"),
    ],
)
def test_what_theory_leaves_out_is_told(layer, members, level, reason):
    found = validity(layer, **members)

    assert found["level"] == level
    assert any(reason in each for each in found["reasons"])


def test_sums_of_fewer_than_32_numbers_are_not_normal():
    assert validity("dense", shape=[512, 32], **RELU)["level"] == "high"
    assert validity("dense", shape=[512, 31], **RELU) == {"level": "low", "reasons": ["a unit sums 31 inputs only"]}


def test_weights_with_a_mean_add_up():
    answer = ask("dense", ("normal", {"mean": 0.01, "std": 0.06}), shape=[512, 512], **RELU)

    assert answer["verdict"]["evidence"]["validity"]["level"] == "low"
    assert "mean" in answer["verdict"]["evidence"]["validity"]["reasons"][0]


def test_beyond_ten_layers_an_elasticity_above_1_is_in_doubt():
    """Of GELU it is 1.05 at unit variance."""
    gelu = {"shape": [4096, 4096], "activation": "gelu", "bias": False}

    assert validity("dense", depth=10, **gelu)["level"] == "high"
    assert any("elasticity" in reason for reason in validity("dense", depth=11, **gelu)["reasons"])
    assert not any("elasticity" in reason for reason in validity("dense", depth=11, residual=True, **gelu)["reasons"])


@pytest.mark.parametrize(("layers", "is_noisy"), [(51, False), (53, True)])
def test_a_log_variance_above_one_half_is_noise(layers, is_noisy):
    """Of rectifiers it is 5 / n a layer after the first (Hanin and Nica, arXiv:1812.05994): 1/2 at 51.2 for n = 512."""
    width = 512
    answer = ask("dense", ("he_normal", {}), shape=[width, width], depth=layers, **RELU)
    evidence = answer["verdict"]["evidence"]

    assert evidence["finite_width"]["log_std"] ** 2 == pytest.approx(5 * (layers - 1) / width, rel=1e-6)
    assert any("too narrow" in reason for reason in evidence["validity"]["reasons"]) == is_noisy
    assert math.isclose(evidence["forward_ratio"], 1.0)


@pytest.mark.parametrize(
    ("layer", "members", "reason"),
    [
        ("head", {}, "stack of its like"),
        ("LayerNorm", {}, "stack of its like"),
        ("prelu", {"role": "patch_embedding", "shape": [64]}, "is a vector"),
    ],
)
def test_no_prediction_has_a_reason(layer, members, reason):
    found = validity(layer, **members)

    assert found["level"] == "none"
    assert len(found["reasons"]) == 1
    assert reason in found["reasons"][0]


def test_schemes_that_are_no_draw_are_not_followed():
    validity = ask("dense", ("hippo", {}), shape=[64, 64])["verdict"]["evidence"]["validity"]

    assert (validity["level"], len(validity["reasons"])) == ("none", 1)
    assert "no draw of independent elements" in validity["reasons"][0]
