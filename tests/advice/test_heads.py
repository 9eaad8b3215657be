"""Heads and the ends of branches: their biases, and where zeros are safe."""

from __future__ import annotations

import math

import pytest

from tests.advice.asking import ask, ask_network

SHAPE = [1000, 512]


@pytest.mark.parametrize(
    ("members", "bias"),
    [
        ({"role": "head", "architecture": "resnet"}, "zeros"),
        ({"role": "binary_head", "prior": 0.01, "architecture": "resnet"}, "prior_bias"),
        ({"role": "detector_head", "normalization": "group"}, "prior_bias"),
        ({"role": "value_head", "normalization": "batch"}, "zeros"),
        ({"role": "regression_head", "normalization": "batch"}, "zeros"),
        ({"role": "highway_gate", "normalization": "batch"}, "constant"),
        ({"role": "coupling_last", "normalization": "instance"}, "zeros"),
        ({"role": "hidden", "normalization": "group", "activation": "relu"}, "zeros"),
        ({"role": "hidden", "normalization": "batch", "norm_position": "pre", "activation": "relu"}, "zeros"),
        ({"role": "hidden", "normalization": "batch", "activation": "relu"}, None),
        ({"role": "first", "normalization": "instance", "activation": "relu"}, None),
        ({"role": "residual_last", "normalization": "batch"}, None),
    ],
)
def test_a_bias_goes_only_where_a_normalisation_follows_this_very_layer(members, bias):
    """Nothing normalises logits; a GroupNorm(8, 32)'s output changes with a channel's bias, a batch's does not."""
    answer = ask("Linear", shape=SHAPE, **members)
    found = answer["recommendation"]["bias"]

    assert (found and found["initializer"]) == bias
    assert any("leave it out" in warning for warning in answer["warnings"]) == (bias is None)


def test_a_residual_networks_manifest_has_its_heads_bias():
    """torchvision's fc has one, and load_state_dict asks for it."""
    answer = ask_network(
        {"layer": "Conv2d", "shape": [64, 3, 7, 7], "role": "first", "activation": "relu"},
        {"layer": "Linear", "shape": SHAPE, "role": "head"},
        architecture="resnet",
    )

    assert {"layer1.weight", "layer1.bias"} <= answer["manifest"]["tensors"].keys()
    assert "layer0.bias" not in answer["manifest"]["tensors"]


@pytest.mark.parametrize(
    ("members", "std"),
    [
        ({"role": "projection_head", "shape": [512, 768]}, 768**-0.5),
        ({"role": "head", "architecture": "clip", "shape": [512, 768]}, 768**-0.5),
        ({"role": "mixture_head", "shape": [30, 256]}, 1.0 / 16.0),
        ({"role": "reconstruction_head", "shape": [784, 400], "activation": "sigmoid"}, math.sqrt(2.0 / 1184.0)),
        ({"role": "lm_head", "shape": [50257, 768]}, 0.02),
        ({"role": "head", "architecture": "llama", "shape": [32000, 4096]}, 0.02),
        ({"role": "head", "architecture": "pinn", "shape": [1, 20]}, math.sqrt(2.0 / 21.0)),
        ({"role": "head", "architecture": "dcgan", "layer": "Conv2d", "shape": [1, 512, 4, 4]}, 0.02),
    ],
)
def test_outputs_that_zeros_would_harm_are_random(members, std):
    """CLIP's projections N(0, 1/d); mixtures apart; GPT-2's and LLaMA's 0.02; Raissi's Glorot; DCGAN's 0.02."""
    answer = ask(**{"layer": "Linear", **members})

    assert answer["recommendation"]["weights"]["std"] == pytest.approx(std, rel=1e-9)


def test_zeros_for_projections_and_mixtures_are_rejected():
    for role in ("projection_head", "mixture_head"):
        assert ask("Linear", role=role, shape=SHAPE, current=("zeros", {}))["verdict"]["judgement"] == "reject"


@pytest.mark.parametrize("role", ["head", "regression_head"])
def test_where_zeros_come_first_their_limits_and_the_small_normal_stand_beside_them(role):
    answer = ask("Linear", role=role, shape=SHAPE)

    assert any("role=mixture_head" in warning for warning in answer["warnings"])
    assert answer["alternatives"][0]["weights"]["std"] == 0.01
    assert answer["alternatives"][0]["when"] == "the layers before it should get a gradient in the first step"


@pytest.mark.parametrize(
    ("members", "loss"),
    [
        ({"activation": "sigmoid", "shape": [784, 64]}, math.log(2.0)),
        ({"role": "binary_head", "shape": [5, 64]}, math.log(2.0)),
        ({"shape": [784, 64]}, math.log(784.0)),
    ],
)
def test_outputs_of_their_own_cost_a_bit_each(members, loss):
    """Binary cross-entropy of a half is ln 2 a pixel, not ln 784."""
    assert ask("Linear", **{"role": "head", **members})["evidence"]["initial_loss"] == pytest.approx(loss)


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"normalization": "batch", "residual": True}, "residual_last"),
        ({"normalization": "group", "residual": True}, "residual_last"),
        ({"normalization": "group", "residual": True, "norm_position": "pre"}, "residual_last_of_prenorm"),
        ({"normalization": "group", "residual": True, "architecture": "diffusion"}, "residual_last_of_prenorm"),
        ({"normalization": "layer", "residual": True}, "residual_last_of_prenorm"),
        ({"normalization": "rms", "residual": True}, "residual_last_of_prenorm"),
    ],
)
def test_the_last_layer_of_a_branch_knows_where_the_normalisation_stands(members, rule):
    """improved-diffusion's zero_module is on that convolution; ConvNeXt and Mamba have no norm after the branch."""
    answer = ask("Conv2d", role="residual_last", shape=[64, 64, 3, 3], **members)

    assert answer["recommendation"]["rule"] == rule
    assert any("gamma" in warning for warning in answer["warnings"]) == (rule == "residual_last")


@pytest.mark.parametrize(
    ("members", "is_told"),
    [
        ({"normalization": "batch", "activation": "relu"}, True),
        ({"normalization": "layer", "residual": True, "activation": "gelu"}, False),
        ({"architecture": "gpt", "role": "mlp_up"}, False),
        ({"normalization": "batch", "residual": True, "norm_position": "pre", "activation": "relu"}, False),
    ],
)
def test_only_what_a_normalisation_follows_is_free_of_scale(members, is_told):
    verdict = ask("Linear", shape=[256, 256], current=("normal", {"std": 1.0}), **members)["verdict"]

    assert ("not out of the effective learning rate" in verdict["statement"]) == is_told


@pytest.mark.parametrize("activation", ["silu", "gelu", "linear", "elu", "tanh", "relu", "selu", "mish"])
@pytest.mark.parametrize("layer", ["Conv2d", "Linear"])
def test_branches_without_normalisation_get_a_remedy(activation, layer):
    shape = [64, 64, 3, 3] if layer == "Conv2d" else [64, 64]
    members = {"shape": shape, "activation": activation, "residual": True, "normalization": "none"}
    deep, unknown = ask(layer, depth=16, **members), ask(layer, **members)

    assert deep["evidence"]["depth"]["forward"] < 10.0
    assert any("Nothing normalises the branches" in warning for warning in unknown["warnings"])


def test_sines_with_a_frequency_are_a_siren():
    weights = ask("Linear", activation="sine", omega=30.0, shape=[256, 256])["recommendation"]["weights"]

    assert weights["initializer"] == "siren"
    assert weights["bound"] == pytest.approx(math.sqrt(6.0 / 256.0) / 30.0)


@pytest.mark.parametrize("fan_in", [768, 4096, 60_000, 10**6])
def test_a_language_models_head_is_never_rejected_by_its_own_verdict(fan_in):
    answer = ask("lm_head", ("normal", {"std": 0.02}), architecture="gpt", shape=[50257, fan_in])

    assert answer["verdict"]["judgement"] == "good"
    assert answer["verdict"]["statement"].startswith("as recommended; the loss starts at")
