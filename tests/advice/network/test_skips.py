"""Residual blocks that are known by the names of their layers, without an architecture."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask_network


def conv(name, in_, out, side=3):
    return {"name": name, "layer": "Conv2d", "in_features": in_, "out_features": out, "kernel_size": [side]}


def norm(name, units):
    return {"name": name, "layer": "BatchNorm2d", "shape": [units]}


def block(path, in_, out, convolution="conv{}", normalization="bn{}"):
    first, second = convolution.format(1), convolution.format(2)
    return [
        conv(f"{path}{first}", in_, out), norm(f"{path}{normalization.format(1)}", out),
        conv(f"{path}{second}", out, out), norm(f"{path}{normalization.format(2)}", out),
    ]  # fmt: skip


def downsample(path, in_, out, name="downsample"):
    return [conv(f"{path}{name}.0", in_, out, 1), norm(f"{path}{name}.1", out)]


RESIDUAL = {
    "torchvision": block("layer1.0.", 64, 64),
    "torchvision in a module": block("backbone.layer3.1.", 64, 64),
    "keras": block("conv2_block1_", 64, 64, "{}_conv", "{}_bn"),
    "downsample": [*block("stage.0.", 64, 128), *downsample("stage.0.", 64, 128)],
    "shortcut": [*block("blocks.4.", 64, 128), *downsample("blocks.4.", 64, 128, "shortcut")],
    "skip": [*downsample("down.0.", 64, 128, "skip"), *block("down.0.", 64, 128)],
    "res_blocks": block("res_blocks.0.", 64, 64),
    "resnets": block("mid.resnets.0.", 64, 64),
    "residual": block("residual.1.", 64, 64),
    "without a number": [*block("", 64, 128), *downsample("", 64, 128)],
    "in a module without a number": [*block("encoder.", 64, 128), *downsample("encoder.", 64, 128, "shortcut")],
}


@pytest.mark.parametrize("layers", RESIDUAL.values(), ids=RESIDUAL.keys())
@pytest.mark.parametrize("architecture", [None, "resnet"])
def test_a_residual_block_is_known_by_its_names(layers, architecture):
    answer = ask_network(*layers, architecture=architecture)
    of_convolutions = {layer["layer"]["name"]: layer for layer in answer["layers"] if layer["layer"]["kind"] == "conv"}
    roles = {name: layer["layer"]["role"] for name, layer in of_convolutions.items()}
    shortcuts = [name for name in roles if any(word in name for word in ("downsample", "shortcut", "skip"))]
    branch = [name for name in roles if name not in shortcuts]

    assert [roles[name] for name in branch] == ["hidden", "residual_last"]
    assert {roles[name] for name in shortcuts} <= {"shortcut"}
    assert all(of_convolutions[name]["assumed"]["residual"] for name in branch)
    assert not any("meet" in warning for layer in answer["layers"] for warning in layer["warnings"])


@pytest.mark.parametrize("layers", RESIDUAL.values(), ids=RESIDUAL.keys())
def test_its_last_normalisation_starts_at_zero_and_no_other(layers):
    """Goyal et al., arXiv:1706.02677."""
    answer = ask_network(*layers)
    scales = {
        layer["layer"]["name"]: layer["recommendation"]["weights"]["initializer"]
        for layer in answer["layers"]
        if layer["layer"]["kind"] == "normalization"
    }
    last = next(name for name in scales if name.endswith(("bn2", "2_bn")))

    assert scales == {name: "zeros" if name == last else "ones" for name in scales}


def test_blocks_that_differ_in_their_numbers_alone_are_alike():
    """The first stage of a ResNet projects nothing."""
    layers = [*block("stages.0.0.", 64, 64), *block("stages.1.0.", 64, 128), *downsample("stages.1.0.", 64, 128)]
    answer = ask_network(*layers)

    assert answer["layers"][0]["assumed"]["residual"]
    assert answer["layers"][0]["assumed"]["residual_from"] == "the names of its block"


@pytest.mark.parametrize(
    "layers",
    [
        [conv("features.0", 3, 64), norm("features.1", 64), conv("features.3", 64, 64)],
        [conv("conv1", 3, 64), norm("bn1", 64), conv("conv2", 64, 64), norm("bn2", 64)],
        block("encoder.0.", 64, 64),
        [conv("stages.0.downsample", 64, 128, 2), norm("stages.0.norm", 128), conv("stages.0.conv", 128, 128)],
    ],
)
def test_other_names_say_nothing_of_skips(layers):
    answer = ask_network(*layers)

    assert not any(layer["assumed"]["residual"] for layer in answer["layers"])


@pytest.mark.parametrize("said", [{"residual": False}, {"architecture": "unet"}])
def test_what_is_said_holds(said):
    answer = ask_network(*block("layer1.0.", 64, 64), **said)

    assert answer["layers"][2]["layer"]["role"] == "hidden"


def test_a_head_after_blocks_has_no_normalisation():
    layers = [conv("conv1", 3, 64, 7), norm("bn1", 64), *block("layer1.0.", 64, 64)]
    head = {"name": "fc", "layer": "Linear", "in_features": 64, "out_features": 10}
    for architecture in (None, "resnet"):
        last = ask_network(*layers, head, architecture=architecture)["layers"][-1]

        assert last["layer"]["role"] == "head"
        assert last["assumed"]["normalization"] == "none"
        assert not last["assumed"]["residual"]
