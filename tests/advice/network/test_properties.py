"""What holds of every list of layers."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.advice.network.network_layer import InvalidLayer
from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask_network

SIZES = st.sampled_from((8, 12, 16, 32))
NAMES = st.sampled_from(
    ("a", "b", "block.0.fc", "block.0.downsample", "block.1.fc", "layer2.0.conv1", "m", "m.dt_proj")
)


def layer_of_two(word, *kernel, **members):
    return st.tuples(SIZES, SIZES).map(lambda sides: {"layer": word, "shape": [*sides, *kernel], **members})


def vector(word, **members):
    return SIZES.map(lambda size: {"layer": word, "shape": [size], **members})


ROLES = st.sampled_from(
    ("residual_last", "query", "value", "attention_output", "mlp_up", "mlp_gate", "mlp_down", "shortcut", "head",
     "lm_head", "value_head")
)  # fmt: skip
LAYERS = st.one_of(
    layer_of_two("Linear"), layer_of_two("Linear", activation="tanh"), layer_of_two("Conv2d", 3, 3),
    layer_of_two("Conv2d", 1, 1), layer_of_two("ConvTranspose2d", 2, 2), layer_of_two("Embedding"),
    vector("BatchNorm2d"), vector("LayerNorm"), vector("RMSNorm"), vector("LayerScale"), vector("PReLU"),
    SIZES.map(lambda units: {"layer": "LSTM", "units": units, "num_layers": 2}),
    SIZES.map(lambda units: {"layer": "GRU", "units": units, "bidirectional": True}),
    SIZES.map(lambda width: {"layer": "MultiheadAttention", "shape": [3 * width, width]}),
    SIZES.map(lambda size: {"layer": "Mamba", "shape": [size, 4]}),
    ROLES.flatmap(lambda role: layer_of_two("Linear", role=role)),
)  # fmt: skip
NETWORKS = st.lists(LAYERS, min_size=1, max_size=12)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "architecture": st.sampled_from(("mlp", "resnet", "unet", "gpt", "llama", "vit", "rnn")),
        "residual": st.booleans(),
        "normalization": st.sampled_from(("none", "batch", "layer")),
        "layers_per_branch": st.integers(1, 4),
        "norm_position": st.sampled_from(("pre", "post")),
        "framework": st.sampled_from(("pytorch", None)),
    },
)
NOT_COUNTED = {"Embedding", "BatchNorm2d", "LayerNorm", "RMSNorm", "LayerScale", "PReLU"}


def answer_of(layers, members):
    try:
        return ask_network(*layers, **members)
    except InvalidParameter:
        # Of a layer by itself.
        return None


@pytest.mark.slow
@settings(max_examples=150, deadline=None, derandomize=True)
@given(NETWORKS, MEMBERS)
def test_the_answers_are_in_the_order_of_the_layers_and_the_manifest_is_complete(layers, members):
    answer = answer_of(layers, members)
    if answer is None:
        return
    names = [layer["layer"]["name"] for layer in answer["layers"]]
    tensors = answer["manifest"]["tensors"]

    assert names == [f"layer{index}" for index in range(len(layers))]
    owners = [name.partition(".")[0] for name in tensors]
    assert [*dict.fromkeys(owners)] == names
    assert all(tensor["name"] == name for name, tensor in tensors.items())
    for layer in answer["layers"]:
        for key in ("weights", "bias"):
            tensor = layer["recommendation"][key]
            if tensor is not None:
                own = [each for each in tensors.values() if f"name={each['name']}" in tensor["href"].split("&")]
                assert [each["initializer"] for each in own] == [tensor["initializer"]]


@pytest.mark.slow
@settings(max_examples=150, deadline=None, derandomize=True)
@given(NETWORKS, MEMBERS)
def test_every_layer_has_one_depth_and_a_signal_follows_their_order(layers, members):
    answer = answer_of(layers, members)
    if answer is None:
        return
    depths = {layer["assumed"].get("depth") for layer in answer["layers"]}
    counted = sum(layer.get("num_layers", 1) for layer in layers if layer["layer"] not in NOT_COUNTED)
    followed = [step["layer"] for step in answer["network"]["signal"]]
    places = [int(name.removeprefix("layer")) for name in followed]

    assert len(depths) == 1
    assert depths == {None} or 2 <= depths.pop() <= counted
    assert places == sorted(set(places))
    assert answer["network"]["layers"] == len(followed)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(NAMES, LAYERS), min_size=2, max_size=6, unique_by=lambda named: named[0]))
def test_no_two_tensors_have_one_name(named):
    """Of layers whose names are parts of each other's: every tensor is of one, or the two are named."""
    layers = [{**layer, "name": name} for name, layer in named]
    try:
        answer = ask_network(*layers)
    except InvalidLayer as error:
        owners = [name for name, _ in named if f"{name} (" in error.detail]
        assert len(owners) >= 2
        return
    except InvalidParameter:
        return
    alone = [ask_network(layer)["manifest"]["tensors"] for layer in layers]

    assert {*answer["manifest"]["tensors"]} <= {tensor for tensors in alone for tensor in tensors}
    assert all(any(tensor in answer["manifest"]["tensors"] for tensor in tensors) for tensors in alone)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(SIZES, min_size=2, max_size=10), st.sampled_from((None, "pytorch", "keras")))
def test_a_chain_of_shapes_meets_and_a_broken_one_is_told_where_it_breaks(sizes, framework):
    word, is_keras = ("Dense" if framework == "keras" else "Linear"), framework == "keras"
    pairs = [pair if is_keras else pair[::-1] for pair in itertools.pairwise(sizes)]
    layers = [{"layer": word, "shape": [*pair], "framework": framework} for pair in pairs]
    broken = [*layers, {"layer": word, "shape": [7, 7], "framework": framework}]

    whole, told = (
        [any("meet" in warning for warning in layer["warnings"]) for layer in ask_network(*each)["layers"]]
        for each in (layers, broken)
    )

    assert not any(whole)
    assert told == [False] * len(layers) + [True]
