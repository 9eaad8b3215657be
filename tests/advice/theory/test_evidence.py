"""What the evidence is of: the layer's own fans, dropout, frequency, biases and surroundings."""

from __future__ import annotations

import math

import pytest

from tests.advice import first_losses
from tests.advice.asking import ask

SHAPE = [96, 64]
STACKED = math.sqrt(96 * 64) * 0.01
"""What a unit has of the second moment of its inputs, in the mean of both orders, for weights of variance 0.01."""


def of(current, layer="dense", **members):
    """Return the evidence for weights that the layer has now."""
    return ask(layer, current=current, shape=SHAPE, **members)["verdict"]["evidence"]


def test_a_unit_has_fan_in_times_the_variance():
    assert of(("normal", {"std": 0.1}))["sigma_w2"] == pytest.approx(64 * 0.01, rel=1e-9)


def test_dropout_scales_what_it_keeps_up():
    assert of(("normal", {"std": 0.1}), dropout=0.2)["sigma_w2"] == pytest.approx(64 * 0.01 / 0.8, rel=1e-9)


def test_the_frequency_of_a_sine_scales_weights_and_biases():
    """The biases of a SIREN are uniform on ±1 / sqrt(fan_in)."""
    found = of(("normal", {"std": 0.001}), activation="siren", omega=10.0)

    assert found["sigma_w2"] == pytest.approx(100.0 * 64 * 1e-6, rel=1e-9)
    assert found["sigma_b2"] == pytest.approx(100.0 / (3.0 * 64), rel=1e-9)


def test_a_constant_bias_is_no_variance():
    """It shifts the signal, and does not spread it."""
    assert of(("normal", {"std": 0.1}))["sigma_b2"] == 0


def test_the_gradients_elements_are_spread_over_other_widths():
    """Half of the units of a rectifier pass the gradient on; 96 units share what 64 inputs get."""
    found = of(("normal", {"std": 0.1}), activation="relu")

    assert found["chi_perp"] == pytest.approx(0.5 * 64 * 0.01, rel=1e-9)
    assert found["backward_ratio"] == pytest.approx(0.5 * 96 * 0.01, rel=1e-9)


def test_the_noise_is_of_the_layers_width_and_depth():
    """Hanin and Nica, arXiv:1812.05994: 5 / n a layer for He's rectifiers, n being 64 and 96 in turn."""
    finite = ask("dense", shape=SHAPE, activation="relu", depth=11)["evidence"]["finite_width"]
    width = 2.0 / (1.0 / 64 + 1.0 / 96)
    variance = 50.0 / width
    low, high = (math.exp(-0.5 * variance + sign * 1.959963985 * math.sqrt(variance)) for sign in (-1.0, 1.0))

    assert finite["width"] == pytest.approx(width, rel=1e-9)
    assert finite["log_std"] == pytest.approx(math.sqrt(variance), rel=1e-6)
    assert finite["forward_interval"] == pytest.approx([low, high], rel=1e-5)
    assert finite["backward_interval"] == pytest.approx([low, high], rel=1e-5)


@pytest.mark.parametrize(
    ("layer", "members", "width"),
    [
        ("Conv2d", {"shape": [32, 32, 3, 3]}, 32),
        ("Conv2d", {"shape": [96, 32, 3, 3]}, 48),
        ("Conv2d", {"shape": [64, 16, 3, 3], "groups": 4}, 64),
        ("ConvTranspose2d", {"shape": [32, 96, 4, 4], "stride": 2}, 48),
        ("Conv2D", {"shape": [3, 3, 32, 96], "framework": "keras"}, 48),
        ("DepthwiseConv2D", {"shape": [3, 3, 64, 1], "framework": "keras"}, 64),
        ("Linear", {"shape": [32, 32]}, 32),
    ],
)
def test_a_convolution_is_as_wide_as_it_has_channels(layer, members, width):
    finite = ask(layer, activation="relu", depth=4, **members)["evidence"]["finite_width"]

    assert finite["width"] == pytest.approx(width, rel=1e-9)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"normalization": "batch"}, "how much draws differ depends on the batch"),
        ({"residual": True, "normalization": "batch"}, "how much draws differ depends on the batch"),
        ({"role": "mlp_down", "architecture": "gpt"}, "how much draws differ depends on the other matrices"),
        ({"activation": "swiglu", "depth": 60, "current": ("normal", {"std": 0.2})}, "draws differ so much"),
    ],
)
def test_where_no_interval_can_be_told_the_reason_is(members, reason):
    answer = ask("Linear", **{"shape": [64, 64], "activation": "relu", "depth": 8, **members})
    finite = (answer["verdict"] or answer)["evidence"]["finite_width"]

    assert finite["forward_interval"] is None
    assert finite["reason"].startswith(reason)


def test_an_orthogonal_matrix_has_less_noise():
    """Three fifths of it, for rectifiers."""
    noise = [
        of((name, {"gain": math.sqrt(2.0)} if name == "orthogonal" else {}), activation="relu", depth=11)
        for name in ("orthogonal", "he_normal")
    ]
    ratio = noise[0]["finite_width"]["log_std"] / noise[1]["finite_width"]["log_std"]

    assert ratio**2 == pytest.approx(0.6, abs=0.2)


@pytest.mark.parametrize(
    ("members", "forward_ratio"),
    [
        ({}, 0.64 / 2),
        ({"normalization": "weight"}, 0.64 / 2),
        ({"normalization": "batch"}, 1),
        ({"normalization": "group"}, 1),
        ({"normalization": "instance"}, 1),
        ({"normalization": "layer"}, 1),
        ({"normalization": "rms"}, 1),
        ({"residual": True, "normalization": "none", "layers_per_branch": 1}, 1 + STACKED / 2),
        ({"residual": True, "normalization": "none"}, 1 + (STACKED / 2) ** 2),
        ({"residual": True, "normalization": "layer", "layers_per_branch": 1}, 1 + STACKED),
        ({"residual": True, "normalization": "layer", "norm_position": "post"}, 1),
    ],
)
def test_the_surroundings_decide_what_is_followed(members, forward_ratio):
    """Rectifiers with fan_in · Var(w) of 0.64; a branch has layers of this shape and of the transposed one."""
    found = of(("normal", {"std": 0.1}), activation="relu", **members)

    assert found["forward_ratio"] == pytest.approx(forward_ratio, rel=1e-9)


@pytest.mark.parametrize(
    ("layer", "members", "loss"),
    [
        ("head", {}, first_losses.softmax(96, 0.64)),
        ("dense", {"role": "lm_head", "classes": 90}, first_losses.softmax(90, 0.64)),
        ("dense", {"role": "binary_head"}, first_losses.sigmoid(0.0, 0.64)),
        ("embedding", {"tied": True}, first_losses.softmax(96, 0.64)),
        ("embedding", {}, None),
        ("dense", {}, None),
    ],
)
def test_the_first_loss_is_that_of_normal_logits(layer, members, loss):
    found = of(("normal", {"std": 0.1}), layer, **members)["initial_loss"]

    assert found == (None if loss is None else pytest.approx(loss, rel=1e-8))


def test_a_single_logit_is_of_two_classes():
    answer = ask("head", shape=[1, 64], current=("zeros", {}))

    assert answer["verdict"]["evidence"]["initial_loss"] == pytest.approx(math.log(2), rel=1e-9)


def test_of_a_matrix_apart_the_variance_is_told_all_the_same():
    found = of(("normal", {"std": 0.1}), "head")

    assert found["sigma_w2"] == pytest.approx(0.64, rel=1e-9)
    assert (found["sigma_b2"], found["chi_perp"], found["depth"], found["q_star"]) == (None, None, None, None)


def test_of_a_vector_no_variance_is_told():
    found = ask("LayerNorm", shape=[64], current=("normal", {}))["verdict"]["evidence"]

    assert found["sigma_w2"] is None


@pytest.mark.parametrize("layer", ["Conv2d", "ConvTranspose2d"])
def test_a_stride_alone_neither_loses_nor_adds_a_signal(layer):
    """A unit of He's convolution keeps the second moment of its inputs, wherever it stands."""
    answer = ask(layer, activation="relu", depth=20, stride=2, in_features=64, out_features=64, kernel_size=[3])

    assert answer["evidence"]["depth"]["forward"] == pytest.approx(1.0)
    assert answer["evidence"]["depth"]["backward"] == pytest.approx(1.0)
