"""How far theory is trusted, and the reasons, each up to its bound."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask

SQUARE = [512, 512]


def validity(layer, **members):
    found = ask(layer, **members)["evidence"]["validity"]
    return found["level"], found["reasons"]


def test_a_wide_stack_of_layers_is_what_theory_is_of():
    assert validity("dense", shape=SQUARE, activation="relu") == ("high", [])


@pytest.mark.parametrize(
    ("layer", "members", "level", "reason"),
    [
        ("LSTM", {"units": 64}, "none", "the same weights act at every time step"),
        ("attention", {"shape": [192, 64]}, "low", "attention mixes correlated tokens"),
        ("dense", {"role": "query", "shape": [64, 64]}, "low", "attention mixes correlated tokens"),
        ("dense", {"role": "key", "shape": [64, 64]}, "low", "attention mixes correlated tokens"),
        ("graph", {"shape": [64, 64]}, "medium", "averaging over neighbours"),
        ("dense", {"normalization": "batch"}, "medium", "batches and layers are assumed to be large"),
        ("dense", {"normalization": "instance"}, "medium", "batches and layers are assumed to be large"),
        ("dense", {"normalization": "group"}, "medium", "batches and layers are assumed to be large"),
        ("conv", {"shape": [64, 64, 3, 3], "stride": 2}, "medium", "a stride does not cover all positions alike"),
        (
            "ConvTranspose2d",
            {"shape": [64, 64, 3, 3], "stride": 2},
            "medium",
            "a stride does not cover all positions alike",
        ),
    ],
)
def test_what_theory_leaves_out_is_told(layer, members, level, reason):
    told_level, reasons = validity(layer, **members)

    assert told_level == level
    assert [told.startswith(reason) for told in reasons] == [True]


@pytest.mark.parametrize(
    ("layer", "members"),
    [
        ("dense", {"role": "value", "shape": [64, 64]}),
        ("dense", {"normalization": "layer"}),
        ("conv", {"shape": [64, 64, 3, 3], "stride": 1}),
        ("dense", {"shape": [64, 64], "stride": 1}),
    ],
)
def test_what_theory_does_speak_of_is_trusted(layer, members):
    assert validity(layer, **members) == ("high", [])


@pytest.mark.parametrize(("inputs", "expected"), [(31, ("low", ["a unit sums only 31 inputs"])), (32, ("high", []))])
def test_fewer_than_32_inputs_are_far_from_normal(inputs, expected):
    assert validity("dense", shape=[512, inputs], activation="relu") == expected


@pytest.mark.parametrize(("depth", "level"), [(10, "high"), (11, "low")])
def test_deviations_that_grow_matter_beyond_ten_layers(depth, level):
    assert validity("dense", shape=[4096, 4096], activation="gelu", depth=depth)[0] == level


@pytest.mark.parametrize("around", [{"residual": True}, {"normalization": "layer"}])
def test_deviations_do_not_grow_where_skips_or_a_normalisation_are(around):
    assert validity("dense", shape=[4096, 4096], activation="gelu", depth=50, **around)[0] == "high"


def test_deviations_that_stay_as_they_are_do_not_matter():
    """Rectifiers have an elasticity of 1 exactly."""
    assert validity("dense", shape=[4096, 4096], activation="leaky_relu", depth=50) == ("high", [])


@pytest.mark.parametrize(("depth", "level"), [(7, "high"), (8, "low")])
def test_narrow_layers_are_noisy_when_they_are_many(depth, level):
    """Hanin and Nica, arXiv:1812.05994: a variance of 5 / n for each of the layers between, bounded by 1/2 here."""
    assert (5 * (depth - 1) / 64 > 0.5) == (level == "low")

    assert validity("dense", shape=[64, 64], activation="relu", depth=depth)[0] == level


@pytest.mark.parametrize(
    ("layer", "members", "level", "reason"),
    [
        ("Linear", {"shape": [256, 512]}, "medium", "layers of this shape and of the transposed one"),
        ("Conv2d", {"shape": [128, 128, 3, 3]}, "medium", "the intervals are for images of one colour"),
        ("Linear", {"shape": [256, 1024], "role": "mlp_down", "architecture": "gpt"}, "low", "the other matrices"),
        (
            "Linear",
            {"shape": [256, 256], "activation": "maxout", "pieces": 8, "depth": 8},
            "medium",
            "layers of this width pass",
        ),
    ],
)
def test_of_a_stack_what_the_layer_does_not_say_is_told(layer, members, level, reason):
    told_level, reasons = validity(layer, **{"activation": "relu", "depth": 6, **members})

    assert told_level == level
    assert [told.startswith(reason) for told in reasons] == [True]


@pytest.mark.parametrize("members", [{"shape": [256, 512]}, {"layer": "Conv2d", "shape": [128, 128, 3, 3]}])
def test_one_layer_by_itself_is_what_theory_is_of(members):
    assert validity(**{"layer": "Linear", "activation": "relu", **members}) == ("high", [])


def test_the_lowest_level_of_several_counts_and_all_reasons_are_told():
    level, reasons = validity("conv", shape=[64, 3, 3, 3], stride=2, normalization="batch")

    assert level == "low"
    assert len(reasons) == 3


def test_weights_with_a_mean_add_up_coherently():
    current = ("normal", {"mean": 0.1, "std": 0.04})
    found = ask("dense", shape=SQUARE, activation="relu", current=current)["verdict"]["evidence"]["validity"]

    assert found == {"level": "low", "reasons": ["the weights have a mean, which adds up coherently"]}


@pytest.mark.parametrize(
    ("layer", "members", "reason"),
    [
        ("head", {}, "mean-field theory is about stacks of similar layers"),
        ("dense", {"current": ("hippo", {}), "shape": [16, 16]}, "the elements are neither independent"),
    ],
)
def test_where_theory_is_silent_the_reason_is_told(layer, members, reason):
    answer = ask(layer, **members)
    found = (answer["verdict"] or answer)["evidence"]

    assert found["validity"]["level"] == "none"
    assert found["validity"]["reasons"][0].startswith(reason)
    assert found["forward_ratio"] is None
