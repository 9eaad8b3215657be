"""What a shape says of a layer, and what is made of words that imply more than one thing."""

from __future__ import annotations

import math

import pytest

from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask


def links(answer):
    """Return the paths of the layer's tensors, by name."""
    recommendation = answer["recommendation"]
    found = {"weights": recommendation["weights"], "bias": recommendation["bias"], **recommendation["tensors"]}
    return {name: made["href"].removeprefix("/weights/") for name, made in found.items() if made is not None}


INPUT_MATRICES = [
    ({"tensor": "input"}, "LSTM", [1024, 128], "out_in", 4),
    ({}, "LSTM", [1024, 128], "out_in", 4),
    ({"units": 256}, "LSTM", [1024, 128], "out_in", 4),
    ({}, "GRU", [768, 128], "out_in", 3),
    ({"framework": "keras"}, "LSTM", [128, 1024], "in_out", 4),
]


@pytest.mark.parametrize(("members", "layer", "shape", "layout", "gates"), INPUT_MATRICES)
def test_the_matrix_from_inputs_to_units_is_known_by_its_shape(members, layer, shape, layout, gates):
    answer = ask(layer, shape=shape, **members)
    stacked = 256 * gates
    recurrent = f"{stacked},256" if layout == "out_in" else f"256,{stacked}"

    assert answer["recommendation"]["weights"]["initializer"] == "glorot_uniform"
    assert f"shape={recurrent}&" in links(answer)["recurrent"]
    assert f"shape={stacked}&" in links(answer)["bias"]


def test_the_default_of_an_input_matrix_is_that_of_the_input_matrix():
    default = ask("LSTM", shape=[128, 1024], framework="keras")["framework_default"]

    assert "tensor=kernel" in default["weights"]["href"]


@pytest.mark.parametrize(
    ("members", "parameter"),
    [
        ({"units": 128, "shape": [1024, 256]}, "units"),
        ({"tensor": "recurrent", "shape": [1024, 128]}, "shape"),
    ],
)
def test_units_and_shapes_that_contradict_each_other_are_refused(members, parameter):
    with pytest.raises(InvalidParameter) as refused:
        ask("LSTM", **members)

    assert refused.value.parameter == parameter


@pytest.mark.parametrize(
    ("members", "down", "up"),
    [
        ({"rank": 8, "shape": [4096, 2048]}, "8,2048", "4096,8"),
        ({"rank": 8, "shape": [8, 2048]}, "8,2048", "2048,8"),
        ({"shape": [4096, 2048]}, "8,2048", "4096,8"),
        ({"rank": 16, "fan_in": 2048, "fan_out": 4096}, "16,2048", "4096,16"),
    ],
)
def test_an_adapter_has_the_rank_on_one_axis(members, down, up):
    found = links(ask("LoRA", **members))

    assert found["weights"].startswith(f"lora_a?shape={down}")
    assert found["up"].startswith(f"zeros?shape={up}")


@pytest.mark.parametrize("multiplier", [1, 2])
def test_a_depthwise_kernel_of_keras_sums_over_its_positions_only(multiplier):
    answer = ask("DepthwiseConv2D", activation="relu", shape=[3, 3, 64, multiplier], framework="keras")
    weights = answer["recommendation"]["weights"]

    assert weights["std"] == pytest.approx(math.sqrt(2 / 9))
    assert f"shape=3,3,64,{multiplier}&" in weights["href"]
    assert f"shape=3,3,64,{multiplier}&" in answer["framework_default"]["weights"]["href"]
    assert f"shape={64 * multiplier}&" in links(answer)["bias"]


def test_a_tied_head_is_the_embedding():
    assert links(ask("Linear", role="head", tied=True, shape=[1000, 64]))["weights"].startswith("normal?")


def test_sines_in_a_siren_are_sirens():
    members = {"architecture": "siren", "activation": "sin", "omega": 30.0, "shape": [256, 256]}

    assert ask("Linear", **members)["recommendation"]["weights"]["initializer"] == "siren"
    assert ask("head", architecture="siren", shape=[3, 256])["recommendation"]["weights"]["initializer"] == "siren"


@pytest.mark.parametrize(
    ("layer", "members", "current"),
    [
        ("dense", {"activation": "sigmoid", "shape": [256, 256]}, ("glorot_uniform", {})),
        ("LSTM", {"shape": [1024, 256]}, ("orthogonal", {"gates": 4})),
        ("dense", {"activation": "tanh", "depth": 100, "residual": True}, ("fixup", {"branches": 100})),
    ],
)
def test_what_is_recommended_is_good(layer, members, current):
    verdict = ask(layer, current, **members)["verdict"]

    assert verdict["judgement"] == "good"
    assert "as recommended" in verdict["statement"]


@pytest.mark.parametrize(
    "current",
    [
        ("normal", {"std": 1e160}),
        ("normal", {"mean": 1e200}),
        ("constant", {"value": 1e200}),
        ("he_normal", {"gain": 1e200}),
        ("orthogonal", {"gain": 1e200}),
    ],
)
def test_weights_as_large_as_any_number_are_rejected(current):
    answer = ask("dense", current, activation="relu", shape=[64, 64], residual=True, depth=100)

    assert answer["verdict"]["judgement"] == "reject"


def test_ratios_beyond_what_is_followed_are_said_to_be():
    default = ask("Linear", framework="pytorch", activation="relu", depth=10_000)["framework_default"]

    assert "by under 1e-299 over 10000 layers" in default["statement"]


def test_a_warning_of_bare_layers_is_not_given_where_skips_are():
    tanh = {"activation": "tanh", "shape": [64, 64]}

    assert any("fades" in warning for warning in ask("dense", **tanh)["warnings"])
    assert not any("fades" in warning for warning in ask("dense", residual=True, **tanh)["warnings"])


def test_links_to_large_tensors_are_to_a_format_for_them():
    assert "format=safetensors" in links(ask("Embedding", shape=[50257, 768]))["weights"]
    assert "format=safetensors" in links(ask("Embedding", shape=[2**20 + 1, 1]))["weights"]
    assert "format" not in links(ask("Embedding", shape=[2**10, 2**10]))["weights"]


def test_bounds_are_told_of_defaults_too():
    default = ask("Linear", framework="pytorch", activation="relu", shape=[256, 784])["framework_default"]

    assert default["weights"]["bound"] == pytest.approx(1 / 28)


def test_modules_before_an_activation_do_not_matter():
    assert ask("nn.Linear", activation="nn.ReLU")["layer"]["activation"] == "relu"


@pytest.mark.parametrize(
    ("members", "assumed"),
    [
        ({"layer": "LSTM"}, {"units": 256, "inputs": 256}),
        ({"layer": "GRU", "units": 64}, {"inputs": 64}),
        ({"layer": "LSTM", "units": 64, "inputs": 3}, {}),
        ({"layer": "LSTM", "shape": [256, 100]}, {}),
        ({"layer": "TransformerEncoderLayer", "width": 64}, {"dim_feedforward": 2048}),
        ({"layer": "TransformerEncoderLayer", "width": 64, "dim_feedforward": 128}, {}),
        ({"layer": "Mamba", "shape": [512, 16]}, {"width": 256, "rank": 16}),
        ({"layer": "LoRA", "shape": [8, 768]}, {"out_features": 768}),
        ({"layer": "LoRA", "shape": [4096, 768]}, {"rank": 8}),
    ],
    ids=str,
)
def test_sizes_of_further_tensors_that_are_usual_ones_are_told(members, assumed):
    told = ask(**members)["assumed"]
    sizes = ("units", "inputs", "dim_feedforward", "width", "rank", "out_features")

    assert {name: told[name] for name in sizes if name in told} == assumed
