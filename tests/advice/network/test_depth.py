"""The depth of a network by the list of its layers, where nobody says it."""

from __future__ import annotations

import pytest

from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.network.context import in_context
from service.advice.network.network_layer import NetworkLayer
from service.advice.recipe import Recipe
from service.advice.theory.prediction import scaling_of, stack_scaling_of
from service.catalogue.catalogue import CATALOGUE
from tests.advice.asking import ask, ask_network
from tests.advice.network.models import layers_of

TANH = {"layer": "Linear", "shape": [256, 256], "activation": "tanh"}
BLOCK = [
    {"layer": "Linear", "role": "qkv", "shape": [192, 64]},
    {"layer": "Linear", "role": "attention_output", "shape": [64, 64]},
    {"layer": "Linear", "role": "mlp_up", "shape": [256, 64]},
    {"layer": "Linear", "role": "mlp_down", "shape": [64, 256]},
]
LLAMA_BLOCK = [
    *({"layer": "Linear", "role": role, "shape": [64, 64]} for role in ("query", "key", "value", "attention_output")),
    *({"layer": "Linear", "role": role, "shape": [64, 64]} for role in ("mlp_gate", "mlp_up", "mlp_down")),
]
NORM = {"layer": "LayerNorm", "shape": [64]}
RESIDUAL = {"residual": True, "normalization": "none", "activation": "relu"}


def depths(*layers, **members):
    return [layer["assumed"].get("depth") for layer in ask_network(*layers, **members)["layers"]]


def test_sixty_layers_in_a_list_are_advised_as_one_of_depth_60():
    """A deep tanh network needs orthogonal matrices (Saxe et al., arXiv:1312.6120), its depth said or not."""
    alone = ask(**TANH, depth=60)["recommendation"]
    listed = ask_network(*[TANH] * 60)["layers"]

    assert {layer["recommendation"]["weights"]["initializer"] for layer in listed} == {"orthogonal"}
    assert {layer["recommendation"]["rule"] for layer in listed} == {alone["rule"]}
    assert {layer["recommendation"]["weights"]["std"] for layer in listed} == {alone["weights"]["std"]}


@pytest.mark.parametrize(
    ("layers", "members", "depth"),
    [
        ([TANH] * 3, {}, 3),
        ([*[TANH] * 3, {"layer": "head", "shape": [10, 256]}], {}, 4),
        # What is no step from units to units does not count.
        ([{"layer": "Embedding", "shape": [100, 256]}, TANH, {"layer": "LayerNorm", "shape": [256]}, TANH], {}, 2),
        ([TANH, {"layer": "PReLU", "shape": [1]}, TANH, {"layer": "LayerScale", "shape": [256]}, TANH], {}, 3),
        # Heads beside each other are one layer.
        (
            [TANH, TANH, {"layer": "policy_head", "shape": [4, 256]}, {"layer": "value_head", "shape": [1, 256]}],
            {},
            3,
        ),
        ([{"layer": "LSTM", "units": 32, "num_layers": 3}, {"layer": "head", "shape": [4, 32]}], {}, 4),
        # Attention and the feed-forward branch after it are one block.
        (BLOCK * 5, {"architecture": "gpt"}, 5),
        (LLAMA_BLOCK * 4, {"architecture": "llama"}, 4),
        ([NORM, *BLOCK[:2], NORM, *BLOCK[2:], NORM, *BLOCK[:2], NORM, *BLOCK[2:], NORM], {"architecture": "gpt"}, 2),
        ([{"layer": "MultiheadAttention", "shape": [192, 64]}, *BLOCK[2:]] * 3, {"architecture": "vit"}, 3),
        (BLOCK[:2] * 4, {"architecture": "gpt"}, 4),
        # Plain branches, by the number of layers in each.
        ([{"layer": "Linear", "shape": [64, 64]}] * 8, RESIDUAL, 4),
        ([{"layer": "Linear", "shape": [64, 64]}] * 8, {**RESIDUAL, "layers_per_branch": 1}, 8),
        ([{"layer": "Linear", "shape": [64, 64]}] * 8, {**RESIDUAL, "layers_per_branch": 3}, 3),
        # By the roles of those that end them.
        (
            [*[{"layer": "Linear", "shape": [64, 64]}] * 3, {"layer": "Linear", "shape": [64, 64],
                                                             "role": "residual_last"}] * 2,
            RESIDUAL,
            2,
        ),
        (layers_of("resnet18"), {"architecture": "resnet"}, 8),
        (layers_of("resnet50"), {"architecture": "resnet"}, 16),
    ],
)  # fmt: skip
def test_the_depth_is_the_number_of_layers_or_of_blocks(layers, members, depth):
    assert set(depths(*layers, **members)) == {depth}


def test_a_depth_that_is_said_stands():
    assert depths(TANH, TANH, depth=7) == [None, None]
    assert depths({**TANH, "depth": 7}, TANH, TANH) == [None, 3, 3]
    assert depths(*BLOCK, decoder_layers=6, architecture="gpt") == [None] * 4


@pytest.mark.parametrize("layer", [TANH, {"layer": "regression_head", "shape": [1, 8]}, {"layer": "LSTM", "units": 8}])
def test_one_layer_alone_is_no_network(layer):
    assert depths(layer) == [None]


def test_encoder_and_decoder_are_counted_apart():
    stacks = [("encoder", BLOCK * 3), ("decoder", BLOCK * 2)]
    layers = [{**layer, "stack": stack} for stack, blocks in stacks for layer in blocks]

    assert depths(*layers, architecture="transformer") == [3] * 12 + [2] * 8


def test_names_say_where_a_branch_ends():
    """Bottlenecks of three layers, whatever is usual."""
    names = [f"layer1.{block}.conv{number}" for block in range(2) for number in (1, 2, 3)]
    layers = [{"name": name, "layer": "Conv2d", "shape": [64, 64, 3, 3]} for name in names]

    assert set(depths(*layers, architecture="resnet")) == {2}


def test_gpt_scales_what_ends_a_branch_by_the_number_of_blocks_in_the_list():
    """Radford et al. 2019: 0.02 / sqrt(2 L)."""
    down = ask_network(*BLOCK * 8, architecture="gpt")["layers"][-1]["recommendation"]["weights"]

    assert down["std"] == pytest.approx(0.02 / 4.0)


def test_a_rectangular_layer_is_followed_through_the_other_layers_of_its_list():
    """One matrix of another shape among 59 square ones changes the signal once, not in every other layer."""
    layers = [{"layer": "Linear", "shape": [256, 784 if number == 0 else 256]} for number in range(59)]
    answer = ask_network(*layers, {"layer": "Linear", "shape": [10, 256], "role": "head"}, activation="tanh")
    first, second = (each["evidence"]["depth"] for each in answer["layers"][:2])

    assert first["layers"] == 60
    assert first["forward"] == pytest.approx(second["forward"], rel=0.01)
    assert first["backward"] == pytest.approx(second["backward"], rel=0.01)


@pytest.mark.parametrize(
    ("shapes", "hidden"),
    [
        # He's variance is 2 / fan_in in each, and the mean square of a rectifier's outputs half of it.
        ([[64, 784], [128, 64], [32, 128], [10, 32]], 1.0),
    ],
)
def test_the_scale_of_a_stack_is_the_geometric_mean_over_the_list(shapes, hidden):
    answer = ask_network(*({"layer": "Linear", "shape": shape} for shape in shapes), activation="relu")

    assert answer["layers"][0]["evidence"]["depth"]["forward"] == pytest.approx(hidden)


def test_weights_of_one_size_are_followed_by_the_geometric_mean_of_the_inputs():
    shapes = [[512, 128], [128, 512], [128, 128]]
    layers = [{"layer": "Linear", "shape": shape} for shape in (*shapes, [10, 128])]
    resolved = in_context([NetworkLayer(resolve(LayerDescription(**each), LinkOptions(name=str(number))))
                           for number, each in enumerate(layers)])  # fmt: skip
    parameters = {"std": 0.02}
    weights = Recipe.of(CATALOGUE.get("normal")(**parameters)).on(resolved.layers[0].layer)
    layer = resolved.layers[0].layer
    scaling = stack_scaling_of(layer, weights, scaling_of(layer, weights, None))
    inputs = (128 * 512 * 128) ** (1 / 3)

    assert scaling is not None
    assert scaling.weight == pytest.approx(inputs * 0.02**2)
