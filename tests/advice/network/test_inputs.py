"""The inputs of layers that leave them open: what the layers before them in the list give."""

from __future__ import annotations

import pytest

from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.network.inputs import inputs_by_list
from service.advice.network.maps import Window
from service.advice.network.network_layer import NetworkLayer, Passage
from tests.advice.asking import ask_network

KERAS = {"framework": "keras"}


def dense(units, **members):
    return {"layer": "Dense", "out_features": units, **members}


def conv(filters, side=3, **members):
    return {"layer": "Conv2D", "out_features": filters, "kernel_size": [side], **members}


OPEN = [
    ([dense(512, in_features=784), dense(10)], [784, 512]),
    ([dense(512), dense(256), dense(10)], [512, 512, 256]),
    ([dense(64, in_features=8), {"layer": "BatchNormalization"}, dense(10)], [8, 64, 64]),
    ([dense(64, in_features=8), {"layer": "LayerNormalization", "shape": [64]}, dense(10)], [8, None, 64]),
    ([conv(32, in_features=3), conv(64), {"layer": "Conv2DTranspose", "out_features": 16}], [3, 32, 64]),
    ([conv(32, in_features=3), {"layer": "DepthwiseConv2D", "kernel_size": [3]}, conv(64, 1)], [3, 32, 32]),
    ([{"layer": "Embedding", "shape": [1000, 48]}, dense(10)], [None, 48]),
    ([{"layer": "Embedding", "shape": [1000, 48]}, {"layer": "LSTM", "units": 8}, dense(10)], [None, 48, 8]),
    ([{"layer": "Embedding", "shape": [1000, 48]}, {"layer": "MultiHeadAttention"}, dense(10)], [None, 48, 48]),
    # A gated unit hands half on.
    ([dense(64, in_features=8, activation="glu"), dense(10)], [8, 32]),
    # Both heads read the trunk.
    ([dense(64, in_features=8), dense(2, role="policy_head"), dense(1, role="value_head")], [8, 64, 64]),
]  # fmt: skip


def sides_in(answer):
    """Return the inputs that were assumed or given, by the member that has them."""
    found = []
    for layer in answer["layers"]:
        assumed, own = layer["assumed"], layer["layer"]
        is_open = any(f"{name}_from" in assumed for name in ("in_features", "inputs", "width", "shape"))
        members = (assumed.get(name) for name in ("in_features", "inputs", "width"))
        known = next((size for size in members if size is not None), None)
        if known is None and own["kind"] in {"dense", "conv"}:
            known = own["shape"][-2]
        if own["kind"] == "normalization" and is_open:
            known = own["shape"][0]
        found.append(known)
    return found


@pytest.mark.parametrize(("layers", "inputs"), OPEN)
def test_open_inputs_are_what_the_layer_before_gives(layers, inputs):
    answer = ask_network(*layers, **KERAS)

    assert sides_in(answer) == inputs
    assert not any("meet" in warning for layer in answer["layers"] for warning in layer["warnings"])


@pytest.mark.parametrize("layer", ["LazyLinear", "nnx.Linear", "nn.Dense"])
def test_it_is_told_where_they_come_from(layer):
    answer = ask_network({"layer": layer, "out_features": 64}, {"layer": layer, "out_features": 10})
    first, second = (each["assumed"] for each in answer["layers"])

    assert "512 is a usual number" in first["in_features_from"]
    assert second["in_features_from"] == "the outputs of layer0"


def test_how_many_positions_a_map_has_is_not_made_up():
    """After a convolution nobody knows how many numbers are flattened."""
    last = ask_network(conv(32, in_features=3), dense(10), **KERAS)["layers"][-1]

    assert "nothing says how many" in last["assumed"]["in_features_from"]


def network_layer(layer, passages=(), window=None, **members):
    description = LayerDescription(layer=layer, framework="keras", **members)
    return NetworkLayer(resolve(description, LinkOptions()), passages=passages, window=window)


WINDOW = Window((3,))
POOL = Passage("pool", window=Window((2,), (2,)))


@pytest.mark.parametrize(
    ("passages", "inputs"),
    [
        # 28 - 2 = 26 by the convolution, 13 by the pool.
        ((POOL, Passage("flatten"), Passage("dropout")), 13 * 13 * 32),
        ((Passage("flatten"),), 26 * 26 * 32),
        ((Passage("global_pool"),), 32),
        ((Passage("pool", sides=(7, 7)), Passage("flatten")), 49 * 32),
        ((Passage("activation"), POOL, POOL, Passage("flatten")), 6 * 6 * 32),
        ((Passage("other"), Passage("flatten")), None),
        ((), None),
    ],
)
def test_maps_are_flattened_to_as_many_numbers_as_they_have(passages, inputs):
    first = network_layer(
        "Conv2D", (Passage("input", sides=(28, 28), channels=1),), WINDOW, out_features=32, kernel_size=[3]
    )
    found = inputs_by_list([first, network_layer("Dense", passages, out_features=10)])

    assert found[0]["in_features"] == 1
    assert found.get(1, {}).get("in_features") == inputs


@pytest.mark.parametrize(
    ("window", "side", "left"),
    [
        # By torch.nn.Conv2d's and keras.layers.Conv2D's formulas.
        (Window((3,)), 28, 26),
        (Window((3,), padding=(1,)), 28, 28),
        (Window((7,), (2,), (3,)), 224, 112),
        (Window((3,), (2,), (1,)), 112, 56),
        (Window((3,), (2,), is_same=True), 27, 14),
        (Window((3,), dilation=(2,)), 28, 24),
        (Window((2,), (2,), rounds_up=True), 13, 7),
        (Window((5,)), 4, None),
    ],
)
def test_a_window_leaves_so_many_positions(window, side, left):
    assert window.over((side, side)) == (None if left is None else (left, left))
