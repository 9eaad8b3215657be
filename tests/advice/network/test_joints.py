"""Shapes of layers that follow one another: what does not meet is told at its place, and nothing else."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask_network
from tests.advice.network.models import RECORDED, layers_of


def told(*layers, **members):
    """Return what is said of shapes that do not meet, by the place of the layer."""
    answer = ask_network(*layers, **members)
    found = {}
    for index, layer in enumerate(answer["layers"]):
        for warning in layer["warnings"]:
            if "do not meet" in warning:
                found[index] = warning
    unmet = any("do not meet" in reason for reason in answer["network"]["validity"]["reasons"])
    assert unmet == bool(found)
    return found


def linear(*shape, **members):
    return {"layer": "Linear", "shape": list(shape), **members}


def conv(*shape, **members):
    return {"layer": "Conv2d", "shape": list(shape), **members}


def norm(units):
    return {"layer": "BatchNorm2d", "shape": [units]}


UNMET = [
    # 784 to 256, then 64 to 100.
    ([linear(256, 784), linear(100, 64)], {}, {1: ("64 inputs", "256 outputs")}),
    ([linear(256, 784), linear(256, 256), linear(10, 255)], {}, {2: ("255 inputs",)}),
    ([conv(32, 3, 3, 3), conv(64, 16, 3, 3)], {}, {1: ("16 inputs", "32 outputs")}),
    ([conv(32, 3, 3, 3), linear(10, 100)], {}, {1: ("100 inputs",)}),
    ([{"layer": "Embedding", "shape": [1000, 64]}, linear(10, 32)], {}, {1: ("32 inputs", "64 outputs")}),
    ([{"layer": "Embedding", "shape": [1000, 64]}, {"layer": "LSTM", "inputs": 32, "units": 8}], {}, {1: ("32",)}),
    ([{"layer": "LSTM", "inputs": 4, "units": 8, "bidirectional": True}, linear(10, 8)], {}, {1: ("16 outputs",)}),
    ([linear(64, 64, role="mlp_up"), linear(64, 48, role="mlp_down")], {"architecture": "gpt"}, {1: ("48",)}),
    (
        [linear(192, 64, role="qkv"), linear(64, 64, role="attention_output"), linear(256, 32, role="mlp_up")],
        {"architecture": "gpt"},
        {2: ("32 inputs",)},
    ),
    # A kernel's inputs are those of all groups.
    ([conv(32, 3, 3, 3), conv(32, 8, 3, 3, groups=2)], {}, {1: ("16 inputs",)}),
    (
        [{"layer": "Dense", "shape": [784, 256], "framework": "keras"},
         {"layer": "Dense", "shape": [128, 10], "framework": "keras"}],
        {},
        {1: ("128 inputs", "256 outputs")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "members", "places"), UNMET)
def test_shapes_that_do_not_meet_are_told_at_the_place(layers, members, places):
    found = told(*layers, **members)

    assert {*found} == {*places}
    for place, parts in places.items():
        assert f"layer{place}" in found[place]
        assert f"layer{place - 1}" in found[place]
        assert all(part in found[place] for part in parts)


@pytest.mark.parametrize(
    ("layers", "members", "order", "sizes"),
    [
        ([linear(784, 256), linear(256, 10)], {"framework": "pytorch"}, "layout=in_out", "784 to 256, then 256 to 10"),
        ([linear(784, 256), linear(256, 10)], {}, "layout=in_out", "784 to 256, then 256 to 10"),
        ([linear(300, 100), linear(100, 50)], {"framework": "mlx"}, "layout=in_out", "300 to 100, then 100 to 50"),
        (
            [{"layer": "Dense", "shape": [256, 784]}, {"layer": "Dense", "shape": [10, 256]}],
            {"framework": "keras"},
            "layout=out_in",
            "784 to 256, then 256 to 10",
        ),
        ([conv(3, 3, 16, 32), conv(3, 3, 32, 64)], {"layout": "out_in"}, None, None),
    ],
)
def test_the_transposed_order_is_named_where_it_would_meet(layers, members, order, sizes):
    found = told(*({**members, **layer} for layer in layers))

    if order is None:
        assert found == {}
    else:
        assert order in found[1]
        assert sizes in found[1]


def test_no_other_order_is_named_where_none_would_meet():
    assert "layout" not in told(linear(256, 784), linear(100, 64))[1]


def sized(in_, out, **members):
    """Return a layer whose sizes are given, and no shape."""
    return {"layer": "Linear", "in_features": in_, "out_features": out, **members}


def sized_conv(in_, out, **members):
    return {"layer": "Conv2d", "in_features": in_, "out_features": out, **members}


UNMET_BY_SIZES = [
    ([sized(784, 256), sized(500, 256)], {}, 1, ("500 inputs", "256 outputs")),
    ([sized_conv(3, 64), sized_conv(32, 64)], {}, 1, ("32 inputs", "64 outputs")),
    ([sized_conv(3, 64), sized(100, 10)], {}, 1, ("100 inputs", "64 outputs")),
    ([sized_conv(3, 64), sized_conv(64, 64, groups=2), sized_conv(32, 8)], {}, 2, ("32 inputs",)),
    ([{"layer": "Embedding", "in_features": 1000, "out_features": 64}, sized(100, 10)], {}, 1, ("100 inputs",)),
    ([{"layer": "Embedding", "shape": [1000, 64]}, {"layer": "MultiheadAttention", "width": 512}], {}, 1, ("512",)),
    ([{"layer": "LSTM", "inputs": 64, "units": 128}, sized(64, 5)], {}, 1, ("64 inputs", "128 outputs")),
    ([sized(784, 256), {"layer": "LayerNorm", "shape": [100]}], {}, 1, ("100 units", "256 outputs")),
    ([sized_conv(3, 64), {"layer": "BatchNorm2d", "shape": [32]}, sized_conv(64, 8)], {}, 1, ("32 units",)),
    # What a branch ends with is added to what it began with, or to what the shortcut gives.
    (
        [{"name": "layer0.0.conv1", **sized_conv(64, 64)}, {"name": "layer0.0.conv2", **sized_conv(64, 128)}],
        {"architecture": "resnet"}, 1, ("128 outputs", "64 inputs"),
    ),
    (
        [sized_conv(3, 64), {"name": "layer2.0.conv1", **sized_conv(64, 128)},
         {"name": "layer2.0.conv2", **sized_conv(128, 128)},
         {"name": "layer2.0.downsample.0", **sized_conv(64, 64, kernel_size=[1])}],
        {"architecture": "resnet"}, 3, ("128 outputs", "64 of the shortcut"),
    ),
    (
        [sized(8, 64), sized(64, 64, residual=True, layers_per_branch=1), sized(64, 32, role="residual_last")],
        {}, 2, ("32 outputs", "64 of"),
    ),
    (
        [{"layer": "Embedding", "shape": [100, 64]}, sized(64, 64, role="query"), sized(64, 64, role="value"),
         sized(64, 32, role="attention_output")],
        {"architecture": "gpt"}, 3, ("32 outputs", "64 of layer0"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "members", "place", "parts"), UNMET_BY_SIZES)
def test_sizes_that_do_not_meet_are_told_at_the_place(layers, members, place, parts):
    found = told(*layers, **members)

    assert {*found} == {place}
    assert all(part in found[place] for part in parts)
    assert "layout" not in found[place]


MET = [
    ([linear(256, 784), linear(100, 256)], {}),
    # Flattened maps, and maps from a vector.
    ([conv(16, 6, 5, 5), linear(120, 400)], {}),
    ([linear(6272, 100), {"layer": "ConvTranspose2d", "shape": [128, 64, 4, 4]}], {}),
    ([{"layer": "SubPixelConv2d", "shape": [256, 64, 3, 3]}, conv(3, 64, 3, 3)], {}),
    # What was given before, beside the last.
    ([conv(16, 3, 3, 3), conv(32, 16, 3, 3), {"layer": "ConvTranspose2d", "shape": [32, 16, 2, 2]},
      conv(16, 32, 3, 3)], {"architecture": "unet"}),
    ([conv(24, 3, 3, 3), conv(12, 24, 3, 3), conv(12, 36, 3, 3), conv(12, 48, 3, 3)], {"architecture": "densenet"}),
    ([linear(256, 60), linear(256, 256), linear(256, 316)], {}),
    # Heads, gates and projections beside each other.
    ([linear(400, 784), linear(20, 400, role="variational_head"), linear(20, 400, role="variational_head"),
      linear(400, 20)], {"architecture": "vae"}),
    ([linear(64, 8), linear(4, 64, role="policy_head"), linear(1, 64, role="value_head")], {}),
    ([linear(64, 64, role="query"), linear(16, 64, role="key"), linear(16, 64, role="value"),
      linear(64, 64, role="attention_output"), linear(96, 64, role="mlp_gate"), linear(96, 64, role="mlp_up"),
      linear(64, 96, role="mlp_down"), linear(64, 64, role="query")], {"architecture": "llama"}),
    # A gated unit hands half on, maxout one of its pieces.
    ([linear(256, 64, activation="glu"), linear(64, 128)], {}),
    ([linear(192, 64, activation="maxout", pieces=3), linear(64, 64)], {}),
    ([{"layer": "LSTM", "inputs": 4, "units": 8, "bidirectional": True}, linear(10, 16)], {}),
    ([{"layer": "Embedding", "shape": [100, 64]}, {"layer": "GRU", "units": 32}, linear(5, 32)], {}),
    ([{"layer": "DepthwiseConv2D", "shape": [3, 3, 32, 1], "framework": "keras"},
      {"layer": "Conv2D", "shape": [1, 1, 32, 64], "framework": "keras"}], {}),
    # A projection around the branch, whose widths are other than the stream's.
    ([sized_conv(3, 64), {"name": "layer2.0.conv1", **sized_conv(64, 128)},
      {"name": "layer2.0.conv2", **sized_conv(128, 128)},
      {"name": "layer2.0.downsample.0", **sized_conv(64, 128, kernel_size=[1])},
      {"name": "layer2.1.conv1", **sized_conv(128, 128)}, {"name": "layer2.1.conv2", **sized_conv(128, 128)}],
     {"architecture": "resnet"}),
    # A normalisation that stands before the layer that it is listed after.
    ([sized_conv(3, 64), {"name": "b.0.conv1", **sized_conv(64, 32)}, {"name": "b.0.bn1", **norm(64)}], {}),
    ([sized_conv(3, 64), norm(64), sized_conv(64, 32), {**norm(64 + 32)}], {"architecture": "densenet"}),
    ([sized_conv(3, 64), {"layer": "BatchNorm1d", "shape": [64 * 49]}, sized(64 * 49, 10)], {}),
    # Nothing is known of shapes that are not given.
    ([{"layer": "Linear"}, linear(10, 7), {"layer": "Linear"}], {}),
    ([{"layer": "Mamba", "shape": [128, 16]}, linear(10, 64)], {}),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "members"), MET)
def test_nothing_is_said_where_shapes_may_meet(layers, members):
    assert told(*layers, **members) == {}


@pytest.mark.parametrize(
    "model", [model for model in RECORDED if model not in {"written_by", "recurrent", "mamba", "mamba2"}]
)
def test_nothing_is_said_of_models(model):
    """The roles of their layers unsaid, but for what their words say."""
    members = {"resnet18": "resnet", "resnet50": "resnet", "unet": "unet"}
    framework = "transformers" if model == "gpt2" else "pytorch"
    roles = {
        "gpt2": [("c_attn", {"role": "qkv"}), ("attn.c_proj", {"role": "attention_output"}),
                 ("c_fc", {"role": "mlp_up"}), ("mlp.c_proj", {"role": "mlp_down"})],
        "llama": [("q_proj", {"role": "query"}), ("k_proj", {"role": "key"}), ("v_proj", {"role": "value"}),
                  ("o_proj", {"role": "attention_output"}), ("gate_proj", {"role": "mlp_gate"}),
                  ("up_proj", {"role": "mlp_up"}), ("down_proj", {"role": "mlp_down"})],
        "vae": [("fc_", {"role": "variational_head"})],
        "sequence_classifier": [("lstm", {"bidirectional": True})],
    }.get(model, [])  # fmt: skip
    layers = layers_of(model, roles, r"self_attention\.out_proj$")

    assert told(*layers, architecture=members.get(model), framework=framework) == {}
