"""What a list of layers says of each of them."""

from __future__ import annotations

import pytest

from service.advice.advisor import Advisor
from service.advice.network import advised
from tests.advice.asking import ask_network
from tests.advice.network.models import layers_of

CONV = {"layer": "Conv2d", "shape": [64, 64, 3, 3]}
NORM = {"layer": "BatchNorm2d", "shape": [64]}


def assumed(member, *layers, **members):
    return [layer["assumed"].get(member) for layer in ask_network(*layers, **members)["layers"]]


def test_layers_that_are_alike_but_for_what_stands_before_them_are_worked_out_once(monkeypatch, client):
    made = []

    class Counted(Advisor):
        def __init__(self, layer):
            made.append(layer.links.name)
            super().__init__(layer)

    monkeypatch.setattr(advised, "Advisor", Counted)
    layers = ["nn.Dense(features=64)", "nn.LayerNorm()"] * 20
    answer = client.post("/advise", json={"layers": layers, "framework": "flax"}).json()

    assert len(made) <= 6
    origins = [layer["assumed"].get("in_features_from") for layer in answer["layers"][::2]]
    assert origins[1:] == [f"the outputs of layers.{index}" for index in range(0, 38, 2)]
    assert all("layers.38." in entry["name"] for name, entry in answer["manifest"]["tensors"].items() if "38" in name)


def test_projections_on_skip_paths_are_known_by_their_names():
    answer = ask_network(*layers_of("resnet18"), architecture="resnet")
    shortcuts = {layer["layer"]["name"] for layer in answer["layers"] if layer["layer"]["role"] == "shortcut"}

    assert shortcuts == {f"layer{stage}.0.downsample.0" for stage in (2, 3, 4)}
    assert all(step["layer"] not in shortcuts for step in answer["network"]["signal"])


@pytest.mark.parametrize(
    ("name", "shape", "role"),
    [
        ("layer2.0.downsample.0", [128, 64, 1, 1], "shortcut"),
        ("block.1.shortcut", [128, 64, 1, 1], "shortcut"),
        ("down.0.resnets.0.conv_shortcut", [128, 64, 1, 1], "shortcut"),
        # ConvNeXt's are layers between stages.
        ("stages.1.downsample.1", [128, 64, 2, 2], "hidden"),
        ("layer2.0.conv1", [128, 64, 1, 1], "hidden"),
    ],
)
def test_a_shortcut_reads_one_position_at_a_time(name, shape, role):
    answer = ask_network({"name": name, "layer": "Conv2d", "shape": shape}, architecture="resnet")

    assert answer["layers"][0]["layer"]["role"] == role


@pytest.mark.parametrize(
    ("norm", "normalization"),
    [("BatchNorm2d", "batch"), ("InstanceNorm2d", "instance"), ("GroupNorm", "group"), ("LayerNorm", "layer"),
     ("SyncBatchNorm", "batch"), ("RMSNorm", "rms")],
)  # fmt: skip
def test_the_normalisation_that_follows_in_the_list_is_the_layers(norm, normalization):
    layers = [CONV, {"layer": norm, "shape": [64]}, CONV]

    assert assumed("normalization", *layers)[0] == normalization
    assert assumed("normalization", *layers)[2] == "none"


@pytest.mark.parametrize(
    "layers",
    [
        [CONV, {**NORM, "shape": [32]}],
        [NORM, CONV],
        [{**CONV, "normalization": "none"}, NORM],
        [{"layer": "head", "shape": [64, 64]}, {"layer": "BatchNorm1d", "shape": [64]}],
        [{**CONV, "norm_position": "pre"}, NORM],
    ],
)
def test_other_normalisations_are_not(layers):
    assert set(assumed("normalization", *layers)) <= {"none", None}


def test_a_layer_that_no_normalisation_of_the_list_follows_keeps_its_bias():
    """milesial's U-Net has biases in its transposed convolutions, which it does not normalise."""
    layers = [CONV, NORM, {"layer": "ConvTranspose2d", "shape": [64, 64, 2, 2]}, CONV, NORM]
    tensors = ask_network(*layers, architecture="unet")["manifest"]["tensors"]

    assert {name for name in tensors if name.endswith("bias")} == {"layer1.bias", "layer2.bias", "layer4.bias"}


ENDS = [
    {"name": "layer1.0.conv1", **CONV},
    {"name": "layer1.0.bn1", **NORM},
    {"name": "layer1.0.conv2", "role": "residual_last", **CONV},
    {"name": "layer1.0.bn2", **NORM},
]


def test_the_last_normalisation_of_a_branch_is_zero_in_the_manifest():
    """Goyal et al., arXiv:1706.02677."""
    answer = ask_network(*ENDS, architecture="resnet")
    tensors = answer["manifest"]["tensors"]

    assert tensors["layer1.0.bn1.weight"]["initializer"] == "ones"
    assert tensors["layer1.0.bn2.weight"]["initializer"] == "zeros"
    assert tensors["layer1.0.bn2.running_var"]["initializer"] == "ones"
    assert not any("gamma" in warning for layer in answer["layers"] for warning in layer["warnings"])


def test_a_scale_that_is_in_no_list_is_warned_of():
    answer = ask_network(ENDS[0], ENDS[2], architecture="resnet")

    assert any("gamma" in warning for layer in answer["layers"] for warning in layer["warnings"])


@pytest.mark.parametrize("position", ["pre", None])
def test_only_a_normalisation_after_the_branch_is_zero(position):
    members = {"architecture": "resnet", "norm_position": position}
    if position is None:
        members |= {"architecture": "mlp", "normalization": "none", "residual": True}
    layers = [{**layer, "normalization": "none"} if position is None else layer for layer in ENDS]
    tensors = ask_network(*layers, **members)["manifest"]["tensors"]

    assert tensors["layer1.0.bn2.weight"]["initializer"] == "ones"


@pytest.mark.parametrize(
    ("layers", "inputs"),
    [
        ([{"layer": "Embedding", "shape": [100, 48]}, {"layer": "LSTM", "units": 8}], 48),
        (
            [{"layer": "Linear", "shape": [48, 9]}, {"layer": "LayerNorm", "shape": [48]},
             {"layer": "GRU", "units": 8}],
            48,
        ),
        ([{"layer": "LSTM", "units": 24, "bidirectional": True}, {"layer": "LSTM", "units": 8}], 48),
        ([{"layer": "Embedding", "shape": [100, 48]}, {"layer": "LSTM", "units": 8, "inputs": 48}], None),
    ],
)  # fmt: skip
def test_a_recurrent_layer_gets_what_the_layer_before_gives(layers, inputs):
    answer = ask_network(*layers)

    assert answer["layers"][-1]["assumed"].get("inputs") == inputs
    cell = f"layer{len(layers) - 1}"
    assert answer["manifest"]["tensors"][f"{cell}.weight_ih_l0"]["shape"][1] == 48


def test_rms_normalisations_have_no_bias():
    layers = [{"layer": "RMSNorm", "shape": [8]}, {"layer": "LlamaRMSNorm", "shape": [8]}]
    tensors = ask_network(*layers)["manifest"]["tensors"]
    of_t5 = ask_network({"layer": "T5LayerNorm", "shape": [8]}, architecture="t5")["manifest"]["tensors"]

    assert {*tensors} == {"layer0.weight", "layer1.weight"}
    assert {*of_t5} == {"layer0.weight"}


def test_layers_outside_the_blocks_have_no_skips():
    answer = ask_network(*layers_of("resnet18"), architecture="resnet")
    residual = {layer["layer"]["name"]: layer["assumed"]["residual"] for layer in answer["layers"]}

    assert not residual["conv1"]
    assert not residual["fc"]
    assert residual["layer4.1.conv1"]
