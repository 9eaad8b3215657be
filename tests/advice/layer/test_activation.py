"""What follows a layer when nothing is said of it, and what cannot follow one."""

from __future__ import annotations

import pytest

from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask

USUAL = [
    ("dense", {}, "relu"),
    ("conv", {}, "relu"),
    ("ConvTranspose2d", {}, "relu"),
    ("PixelShuffle", {}, "relu"),
    ("graph", {}, "relu"),
    ("embedding", {}, "linear"),
    ("attention", {}, "linear"),
    ("LayerNorm", {}, "linear"),
    ("LSTM", {}, "tanh"),
    ("GRU", {}, "tanh"),
    ("rnn", {}, "tanh"),
    ("head", {}, "linear"),
    ("highway", {}, "sigmoid"),
    ("dense", {"role": "mlp_up"}, "relu"),
    ("dense", {"role": "mlp_down"}, "linear"),
    ("dense", {"architecture": "gpt"}, "gelu"),
    ("dense", {"architecture": "llama"}, "silu"),
    ("dense", {"architecture": "diffusion"}, "silu"),
    ("dense", {"architecture": "t5"}, "relu"),
    ("dense", {"architecture": "linear_model"}, "linear"),
    ("head", {"architecture": "gpt"}, "linear"),
    # Of these networks every layer is assumed to be followed by the same.
    ("head", {"architecture": "siren"}, "siren"),
    ("head", {"architecture": "pinn"}, "tanh"),
    ("embedding", {"architecture": "actor_critic"}, "tanh"),
]


@pytest.mark.parametrize(("layer", "members", "activation"), USUAL)
def test_the_usual_activation_is_assumed(layer, members, activation):
    answer = ask(layer, **members)

    assert answer["layer"]["activation"] == activation
    assert answer["assumed"].get("activation") == (None if layer == "highway" else activation)


def test_an_activation_that_is_given_is_not_assumed():
    assert "activation" not in ask("dense", activation="relu")["assumed"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"activation": "relu", "activation_table": {"x": [0, 1], "y": [0, 1]}}, "either"),
        ({"alpha": 1.0, "activation_table": {"x": [0, 1], "y": [0, 1]}}, "either"),
        ({"activation_table": {"x": [0, 1, 2], "y": [0, 1]}}, "equally long"),
        ({"activation_table": {"x": [0, 1, 1], "y": [0, 1, 2]}}, "must rise"),
        ({"activation_table": {"x": [0, 2, 1], "y": [0, 1, 2]}}, "must rise"),
        ({"activation_table": {"x": [0, 1], "y": [0, 0]}}, "zero everywhere"),
    ],
)
def test_a_table_of_samples_stands_alone_and_is_a_function(members, said):
    with pytest.raises(InvalidParameter, match=said) as refused:
        ask("dense", **members)

    assert refused.value.parameter == "activation_table"


AROUND = [
    ({}, "none", False),
    ({"layer": "conv", "architecture": "resnet"}, "batch", True),
    ({"layer": "conv", "architecture": "unet"}, "batch", False),
    ({"architecture": "gpt"}, "layer", True),
    ({"architecture": "llama"}, "rms", True),
    ({"architecture": "t5"}, "rms", True),
    ({"architecture": "moe"}, "layer", True),
    ({"architecture": "cnn"}, "none", False),
    ({"role": "mlp_up"}, "layer", True),
    ({"role": "mlp_up", "architecture": "mlp"}, "none", True),
    ({"role": "residual_last"}, "none", True),
    ({"norm_position": "pre"}, "none", True),
    # Skips go around the blocks of a residual network, not around what stands before and after them.
    ({"layer": "conv", "role": "first", "architecture": "resnet"}, "batch", False),
    # Matrices after convolutions, and what weighs their channels, are followed by no batch normalisation:
    # torchvision/models/googlenet.py (aux1.fc1), ops/misc.py (SqueezeExcitation).
    ({"architecture": "resnet"}, "none", False),
    ({"architecture": "googlenet", "shape": [1024, 2048]}, "none", False),
    ({"layer": "SqueezeExcitation", "architecture": "efficientnet", "shape": [8, 32, 1, 1]}, "none", False),
    ({"role": "head", "architecture": "gpt"}, "layer", False),
]


@pytest.mark.parametrize(("members", "normalization", "has_skips"), AROUND)
def test_the_usual_surroundings_are_assumed(members, normalization, has_skips):
    assumed = ask(**{"layer": "dense", **members})["assumed"]

    assert (assumed["normalization"], assumed["residual"]) == (normalization, has_skips)


def test_surroundings_that_are_given_are_not_assumed():
    assumed = ask("dense", architecture="resnet", normalization="none", residual=False)["assumed"]

    assert not {"normalization", "residual"} & {*assumed}
