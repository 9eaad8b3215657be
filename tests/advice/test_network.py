"""The signal through the layers of a network, straight to the advisor."""

from __future__ import annotations

import json

import orjson
import pytest

from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.network import NetworkLayer, advise_network

WIDTH = 64
LINEAR = {"layer": "dense", "activation": "linear", "shape": [WIDTH, WIDTH], "bias": False}
RELU = {**LINEAR, "activation": "relu"}


def network(*descriptions):
    layers = [
        NetworkLayer(resolve(LayerDescription(**members), LinkOptions(name=f"l{index}")))
        for index, members in enumerate(descriptions)
    ]
    return json.loads(orjson.dumps(advise_network(layers)))["network"]


def moments(found):
    return [step["second_moment"] for step in found["signal"]]


def gradients(found):
    return [step["gradient"] for step in found["signal"]]


def test_linear_layers_pass_the_signal_on():
    """Glorot's variance is 1 / n between equal widths."""
    found = network(LINEAR, LINEAR, LINEAR)

    assert moments(found) == pytest.approx([1.0] * 3)
    assert gradients(found) == pytest.approx([1.0] * 3)
    assert found["validity"] == {"level": "high", "reasons": []}


@pytest.mark.parametrize("layers_per_branch", [1, 2, 3])
def test_a_branch_ends_after_so_many_layers(layers_per_branch):
    """Branches of linear layers double the stream and the gradient: 1 + 1."""
    block = [{**LINEAR, "residual": True, "layers_per_branch": layers_per_branch}] * layers_per_branch
    found = network(*block, *block)

    assert moments(found)[layers_per_branch - 1 :: layers_per_branch] == pytest.approx([2.0, 4.0])
    assert (found["forward_ratio"], gradients(found)[-1]) == pytest.approx((4.0, 1.0))
    assert gradients(found)[0] == pytest.approx(2.0 if layers_per_branch == 1 else 4.0)
    assert found["validity"]["level"] == "medium"


def test_pre_norm_branches_add_the_same_each():
    """Normalised inputs: the stream grows by 1 a block, the gradient by 1 + 1 / q."""
    block = {**LINEAR, "residual": True, "normalization": "layer", "norm_position": "pre", "layers_per_branch": 1}
    found = network(block, block, block)

    assert moments(found) == pytest.approx([2.0, 3.0, 4.0])
    assert gradients(found) == pytest.approx([(3 / 2) * (4 / 3), 4 / 3, 1.0])


def test_post_norm_sums_are_brought_back_to_1():
    """(1 + 1) / (1 + 1) for the gradient."""
    block = {**LINEAR, "residual": True, "normalization": "layer", "norm_position": "post", "layers_per_branch": 1}
    found = network(block, block)

    assert moments(found) == pytest.approx([1.0, 1.0])
    assert gradients(found) == pytest.approx([1.0, 1.0])


def test_normalised_layers_divide_the_gradient_by_what_they_take_away():
    """He's variance doubles what comes without a nonlinearity; the gradient's factor there is 2 / 2."""
    found = network({**RELU, "normalization": "layer"}, {**RELU, "normalization": "layer"})

    assert moments(found) == [1.0, 1.0]
    assert gradients(found) == pytest.approx([1.0, 1.0])


def test_layers_of_which_theory_says_nothing_are_named():
    embedding = {"layer": "Embedding", "shape": [100, WIDTH]}
    found = network(embedding, RELU, {"layer": "head", "shape": [10, WIDTH]})

    assert [step["layer"] for step in found["signal"]] == ["l1"]
    assert found["validity"] == {"level": "medium", "reasons": ["theory says nothing of l0, l2"]}


def test_eight_such_layers_are_named_at_most():
    embedding = {"layer": "Embedding", "shape": [100, WIDTH]}
    eight, nine = network(*[embedding] * 8, RELU), network(*[embedding] * 9, RELU)

    assert eight["validity"]["reasons"] == ["theory says nothing of l0, l1, l2, l3, l4, l5, l6, l7"]
    assert nine["validity"]["reasons"] == ["theory says nothing of l0, l1, l2, l3, l4, l5, l6, l7, ..."]


def test_a_network_without_a_known_layer_has_no_signal():
    found = network({"layer": "Embedding"})

    assert (found["layers"], found["forward_ratio"], found["backward_ratio"], found["signal"]) == (0, 1.0, 1.0, [])
    assert found["validity"]["level"] == "none"


@pytest.mark.parametrize("layer", ["LSTM", "attention"])
def test_recurrence_and_attention_are_not_followed(layer):
    found = network(RELU, {"layer": layer})

    assert found["validity"]["level"] == "low"
    assert "recurrence and attention are not followed" in found["validity"]["reasons"]
