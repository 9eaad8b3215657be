"""The shape of a weight where none is given, and what is told to be assumed for it."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask

USUAL = [
    ("dense", {}, [512, 512]),
    ("dense", {"width": 64}, [64, 64]),
    ("dense", {"fan_in": 784}, [784, 784]),
    ("dense", {"fan_in": 784, "fan_out": 256}, [256, 784]),
    ("dense", {"fan_in": 784, "fan_out": 256, "framework": "keras"}, [784, 256]),
    ("conv", {}, [256, 256, 3, 3]),
    ("conv", {"framework": "keras"}, [3, 3, 256, 256]),
    ("conv", {"framework": "mlx"}, [256, 3, 3, 256]),
    ("conv_transpose", {}, [256, 256, 3, 3]),
    ("subpixel_conv", {}, [256, 256, 3, 3]),
    ("attention", {}, [1536, 512]),
    ("normalization", {}, [512]),
    ("prelu", {}, [512]),
    ("layer_scale", {}, [512]),
    ("mamba2", {}, [512]),
    ("mamba", {}, [512, 16]),
    ("s4d", {}, [512, 16]),
    ("logit_scale", {}, [1]),
    ("lora", {}, [8, 512]),
    ("lora", {"rank": 4, "fan_in": 64}, [4, 64]),
    ("embedding", {}, [512, 512]),
]


@pytest.mark.parametrize(("layer", "members", "shape"), USUAL)
def test_a_shape_is_assumed_where_none_is_given(layer, members, shape):
    answer = ask(layer, **members)

    assert answer["layer"]["shape"] == answer["assumed"]["shape"] == shape


@pytest.mark.parametrize(("layer", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_recurrent_layers_have_256_units_where_none_are_given(layer, gates):
    assumed, given = ask(layer), ask(layer, units=32)

    assert (assumed["layer"]["shape"], assumed["assumed"]["units"]) == ([256 * gates, 256], 256)
    assert given["layer"]["shape"] == [32 * gates, 32]
    assert not {"units", "shape"} & {*given["assumed"]}


@pytest.mark.parametrize(("outputs", "is_adapter"), [(512, True), (513, False)])
def test_a_matrix_of_up_to_512_outputs_is_taken_for_an_adapters_own(outputs, is_adapter):
    answer = ask("lora", shape=[outputs, 64])

    assert answer["layer"]["shape"] == ([outputs, 64] if is_adapter else [8, 64])
    assert answer["assumed"].get("rank") == (None if is_adapter else 8)


def test_a_layout_is_assumed_for_a_shape_only():
    assert ask("dense", shape=[3, 4])["assumed"]["layout"] == "out_in"
    assert ask("dense", shape=[3, 4], framework="keras")["assumed"]["layout"] == "in_out"
    assert "layout" not in ask("dense", shape=[3, 4], layout="in_out")["assumed"]
    assert "layout" not in ask("normalization", shape=[3])["assumed"]
