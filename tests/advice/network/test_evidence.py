"""A signal through layers that differ, followed here by quadrature; how far it is trusted; the tensors of them all."""

from __future__ import annotations

import math

import pytest
from scipy import integrate, special

from tests.advice.asking import ask_network

TOKEN = 0.02
"""The standard deviation of a transformer's matrices (Radford et al. 2019)."""


def moment(function, q):
    """Return E[f(z)²], z ~ N(0, q)."""
    return integrate.quad(
        lambda z: function(math.sqrt(q) * z) ** 2 * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi), -12.0, 12.0
    )[0]


def gelu(z):
    return z * special.ndtr(z)


def gelu_slope(z):
    return special.ndtr(z) + z * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def tanh_slope(z):
    return 1.0 - math.tanh(z) ** 2


def second_moments(network):
    return [step["second_moment"] for step in network["signal"]]


def gradients(network):
    return [step["gradient"] for step in network["signal"]]


def test_a_signal_is_followed_through_plain_layers_of_any_width():
    shapes = ([64, 32], [128, 64], [64, 128])
    network = ask_network(*({"layer": "dense", "shape": shape} for shape in shapes), activation="tanh")["network"]
    # Glorot's variance; the first layer gets the input as it is.
    first, second, third = (2.0 * inputs / (inputs + units) for units, inputs in shapes)
    q = [first]
    q.append(second * moment(math.tanh, q[0]))
    q.append(third * moment(math.tanh, q[1]))
    through_third = third * moment(tanh_slope, q[1])
    through_second = second * moment(tanh_slope, q[0])

    assert network["layers"] == 3
    assert second_moments(network) == pytest.approx(q, rel=1e-6)
    assert gradients(network) == pytest.approx([through_second * through_third, through_third, 1.0], rel=1e-6)
    assert network["forward"] == second_moments(network)[-1]
    assert network["backward"] == gradients(network)[0]


def test_a_normalised_layer_gives_a_unit_signal_and_divides_the_gradient():
    """Batch normalisation after tanh's layers: what comes in is normalised, and the gradient divided by what was."""
    network = ask_network(
        *({"layer": "dense", "shape": [64, 64]} for _ in range(3)), activation="tanh", normalization="layer"
    )["network"]
    # Glorot's variance is 1 / fan_in here; the nonlinearity gets unit pre-activations.
    ratio = moment(tanh_slope, 1.0) / moment(math.tanh, 1.0)

    assert second_moments(network) == [1.0, 1.0, 1.0]
    assert gradients(network) == pytest.approx([ratio**2, ratio, 1.0], rel=1e-6)


BLOCK = (
    {"layer": "dense", "role": "mlp_up", "shape": [256, 64]},
    {"layer": "dense", "role": "mlp_down", "shape": [64, 256]},
)
UP, DOWN = 64 * TOKEN**2, 256 * TOKEN**2
"""fan_in · Var(w) of the two; a GELU stands between them."""
SCALED_DOWN = DOWN / 4.0
"""GPT-2's, whose variance is divided by the number of branches: two a block, in two blocks."""


def test_normalised_branches_add_the_same_to_the_stream_each():
    network = ask_network(*BLOCK, *BLOCK, architecture="gpt")["network"]
    branch, jacobian = SCALED_DOWN * moment(gelu, UP), UP * SCALED_DOWN * moment(gelu_slope, UP)

    assert second_moments(network) == pytest.approx([UP, 1.0 + branch, UP, 1.0 + 2.0 * branch], rel=1e-6)
    first, last = 1.0 + jacobian, 1.0 + jacobian / (1.0 + branch)
    assert gradients(network) == pytest.approx([first * last, last, last, 1.0], rel=1e-6)


def test_normalised_sums_keep_the_stream():
    answer = ask_network(*BLOCK, *BLOCK, architecture="gpt", norm_position="post")
    network, widths = answer["network"], (64, 256)
    stds = [layer["recommendation"]["weights"]["std"] for layer in answer["layers"][:2]]
    up, down = (width * std**2 for width, std in zip(widths, stds, strict=True))
    branch, jacobian = down * moment(gelu, up), up * down * moment(gelu_slope, up)
    factor = (1.0 + jacobian) / (1.0 + branch)

    assert second_moments(network) == pytest.approx([up, 1.0, up, 1.0], rel=1e-6)
    assert gradients(network) == pytest.approx([factor**2, factor, factor, 1.0], rel=1e-6)


def test_bare_branches_add_to_the_stream():
    """LeCun's variance halves what a rectifier gets; the input of the network goes through none, and is kept."""
    members = {"residual": True, "normalization": "none", "layers_per_branch": 1, "activation": "relu"}
    layer = {"layer": "dense", "shape": [64, 64], "parametrization": "mup", "optimizer": "sgd"}
    network = ask_network(*(layer for _ in range(3)), **members)["network"]

    assert second_moments(network) == pytest.approx([2.0, 3.0, 4.5], rel=1e-9)
    assert gradients(network) == pytest.approx([2.25, 1.5, 1.0], rel=1e-9)


def test_bare_branches_have_fixups_scale_by_the_depth_of_the_list():
    """Zhang et al., arXiv:1901.09321: He's variance over the number of branches, of one layer each."""
    members = {"residual": True, "normalization": "none", "layers_per_branch": 1, "activation": "relu"}
    network = ask_network(*({"layer": "dense", "shape": [64, 64]} for _ in range(3)), **members)["network"]

    assert second_moments(network) == pytest.approx([5.0 / 3.0, 20.0 / 9.0, 80.0 / 27.0], rel=1e-9)
    assert gradients(network) == pytest.approx([16.0 / 9.0, 4.0 / 3.0, 1.0], rel=1e-9)


def test_the_branch_is_as_long_as_it_is_said_to_be():
    members = {"residual": True, "normalization": "none", "layers_per_branch": 3, "activation": "relu"}
    network = ask_network(*({"layer": "dense", "shape": [64, 64]} for _ in range(3)), **members)["network"]

    assert second_moments(network) == pytest.approx([2.0, 2.0, 3.0], rel=1e-9)


def validity(*layers, **members):
    found = ask_network(*layers, **members)["network"]["validity"]
    return found["level"], found["reasons"]


DENSE = {"layer": "dense", "activation": "relu"}
NOT_FOLLOWED = ["recurrence and attention are not followed"]


@pytest.mark.parametrize(
    ("layers", "level", "reasons"),
    [
        ([DENSE], "high", []),
        ([DENSE, {"layer": "head"}], "medium", ["theory says nothing of layer1"]),
        (
            [DENSE, {"layer": "dense", "role": "mlp_up"}],
            "medium",
            ["branches and their sum are assumed to be independent"],
        ),
        ([DENSE, {"layer": "LSTM", "units": 64}], "low", ["theory says nothing of layer1", *NOT_FOLLOWED]),
        ([{"layer": "head"}], "none", ["theory says nothing of layer0"]),
        (
            [DENSE, *[{"layer": "head"}] * 8],
            "medium",
            ["theory says nothing of layer1, layer2, layer3, layer4, layer5, layer6, layer7, layer8"],
        ),
        (
            [DENSE, *[{"layer": "head"}] * 9],
            "medium",
            ["theory says nothing of layer1, layer2, layer3, layer4, layer5, layer6, layer7, layer8, ..."],
        ),
    ],
)
def test_what_is_not_followed_is_told(layers, level, reasons):
    assert validity(*layers) == (level, reasons)


def test_attention_is_not_followed():
    level, reasons = validity({"layer": "attention", "shape": [192, 64]})

    assert level == "low"
    assert "recurrence and attention are not followed" in reasons


def test_a_network_of_which_theory_says_nothing_passes_its_input_on():
    network = ask_network({"layer": "head"})["network"]

    assert (network["layers"], network["forward"], network["backward"]) == (0, 1.0, 1.0)
    assert network["signal"] == []


def test_each_tensor_says_its_dtype():
    tensors = ask_network({"layer": "S4D", "shape": [2, 4]}, DENSE)["manifest"]["tensors"]

    assert tensors["layer0.weight"]["dtype"] == "complex64"
    assert tensors["layer1.weight"]["dtype"] == "float32"


def test_the_manifest_has_the_seed_zero_where_none_is_given():
    assert ask_network(DENSE)["manifest"]["seed"] == "0"
