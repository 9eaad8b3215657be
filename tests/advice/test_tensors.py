"""The tensors of an answer: what their links and members say, and what an initializer is told of the layer."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from service.advice.advisor import advise
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.tensors.dtypes import DTYPES
from tests.advice.asking import ask, choices


def weights(layer, **members):
    return ask(layer, **members)["recommendation"]["weights"]


def query(tensor):
    return dict(parse_qsl(urlsplit(tensor["href"]).query))


@pytest.mark.parametrize(
    ("shape", "format_"), [([1024, 1024], None), ([1024, 1025], "safetensors"), ([2**20, 2], "safetensors")]
)
def test_a_link_to_more_than_a_million_elements_is_to_a_binary_format(shape, format_):
    assert query(weights("embedding", shape=shape)).get("format") == format_


def linked(**options):
    description = LayerDescription(layer="dense", shape=[4, 4], activation="relu")
    return advise(resolve(description, LinkOptions(**options))).recommendation


def test_links_say_the_seed_the_dtype_the_name_and_the_path():
    tensors = linked(seed=7, dtype=DTYPES["bfloat16"], name="encoder.0", root="/fanin")

    assert tensors.weights.href == "/fanin/weights/he_normal?shape=4,4&seed=7&name=encoder.0.weight&dtype=bfloat16"
    # Zeros are the same with every seed.
    assert tensors.bias.href == "/fanin/weights/zeros?shape=4&name=encoder.0.bias&dtype=bfloat16"


def test_links_say_no_more_than_they_must():
    assert linked().weights.href == "/weights/he_normal?shape=4,4"
    assert linked().bias.href == "/weights/zeros?shape=4&name=bias"
    assert linked(seed=0).weights.href == "/weights/he_normal?shape=4,4&seed=0"


@pytest.mark.parametrize(
    ("layer", "members", "parameters"),
    [
        ("dense", {"shape": [96, 64]}, {}),
        ("dense", {"shape": [64, 96], "layout": "in_out"}, {"layout": "in_out"}),
        ("conv", {"shape": [96, 3, 3, 64], "layout": "out_kernel_in"}, {"layout": "out_kernel_in"}),
        ("conv", {"shape": [96, 64, 3, 3], "groups": 4}, {"groups": 4}),
        ("dense", {"shape": [96, 64], "fan_in": 7}, {"fan_in": 7}),
        ("dense", {"shape": [96, 64], "fan_out": 7}, {"fan_out": 7}),
        ("ConvTranspose2d", {"shape": [96, 64, 3, 3]}, {"layout": "iokk"}),
        # Of the inputs of its group, at a quarter of the positions.
        ("ConvTranspose2d", {"shape": [96, 64, 3, 3], "groups": 4}, {"layout": "iokk", "fan_in": 216}),
        ("ConvTranspose2d", {"shape": [96, 64, 3, 3], "stride": 2}, {"layout": "iokk", "fan_in": 216}),
        ("DepthwiseConv2D", {"shape": [3, 3, 64, 2], "framework": "keras"}, {"layout": "kkso"}),
        ("Linear", {"shape": [8, 96, 64]}, {"layout": "soi"}),
        ("MultiHeadAttention", {"shape": [64, 8, 16], "framework": "keras"}, {"layout": "ioo"}),
        ("attention", {"shape": [96, 64], "heads": 4, "kv_heads": 1}, {"gates": "64,16,16"}),
    ],
)
def test_an_initializer_is_told_what_the_shape_does_not_say(layer, members, parameters):
    """Glorot's scheme takes both fans."""
    told = ask(layer, current=("glorot_normal", {}), activation="relu", **members)["verdict"]["weights"]["parameters"]

    assert {name: told.get(name) for name in parameters} == parameters
    assert {*told} <= {*parameters, "fan_out"}


def test_an_interval_has_no_fans():
    told = ask("ConvTranspose2d", current=("uniform", {"low": -1.0, "high": 1.0}))["verdict"]["weights"]

    assert told["parameters"] == {"low": -1, "high": 1}


def test_a_vector_has_the_fans_of_its_layer():
    told = ask("LayerNorm", shape=[64], current=("lecun_normal", {}))["verdict"]["weights"]

    assert told["std"] == pytest.approx(1 / 8)


@pytest.mark.parametrize(
    ("current", "std", "bound"),
    [
        (("normal", {"std": 0.5}), 0.5, None),
        (("uniform", {"low": -0.5, "high": 0.25}), 0.75 / 12**0.5, 0.5),
        (("constant", {"value": 3.0}), 0, None),
        (("he_uniform", {}), (2 / 64) ** 0.5, (6 / 64) ** 0.5),
        (("truncated_normal", {"std": 1.0}), 0.8796256610, 2),
        # Orthonormal columns of 96 elements.
        (("orthogonal", {}), 96**-0.5, 1),
    ],
)
def test_a_tensor_is_told_by_its_spread_and_its_bound(current, std, bound):
    told = ask("dense", shape=[96, 64], current=current)["verdict"]["weights"]

    assert told["std"] == (None if std is None else pytest.approx(std, rel=1e-9))
    assert told["bound"] == (None if bound is None else pytest.approx(bound, rel=1e-9))


@pytest.mark.parametrize(
    ("current", "shape", "sigma_w2"),
    [
        # The squares sum to the shorter side, times the gain's.
        (("orthogonal", {}), [96, 64], 64 * 64 / (96 * 64)),
        (("orthogonal", {"gain": 3.0}), [64, 96], 9 * 64 * 96 / (64 * 96)),
        (("orthogonal", {"layout": "in_out"}), [96, 64], 64 * 96 / (96 * 64)),
        (("orthogonal", {"gates": 3}), [192, 96], 3 * 64 * 96 / (192 * 96)),
        (("identity", {}), [96, 64], 64 * 64 / (96 * 64)),
        # A permutation, or a kernel that is one at its centre.
        (("permutation", {}), [64, 64], 1),
        (("dirac", {}), [64, 64, 3, 3], 1),
        (("delta_orthogonal", {}), [96, 64, 3, 3], 64 * 576 / (96 * 576)),
    ],
)
def test_the_second_moment_of_a_matrix_that_keeps_norms_is_known(current, shape, sigma_w2):
    """fan_in times the mean of the squares."""
    found = ask("conv" if len(shape) > 2 else "dense", shape=shape, activation="relu", current=current,
                layout=current[1].get("layout"))["verdict"]["evidence"]  # fmt: skip

    assert found["sigma_w2"] == pytest.approx(sigma_w2, rel=1e-9)


def test_a_mean_counts_to_the_second_moment():
    found = ask("dense", shape=[96, 64], current=("normal", {"mean": 0.3, "std": 0.4}))["verdict"]["evidence"]

    assert found["sigma_w2"] == pytest.approx(64 * 0.25, rel=1e-9)


def test_an_alternative_that_makes_no_such_tensor_is_left_out():
    """Of residual outputs GPT-2's scale is known with the number of layers only."""
    members = {"activation": "geglu", "role": "mlp_down", "shape": [64, 96]}

    assert choices(ask("dense", **members))[1:] == ["lecun_normal"]
    assert choices(ask("dense", depth=9, **members))[1:] == ["residual_scaled_normal", "lecun_normal"]
