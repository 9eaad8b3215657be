"""What frameworks give layers by themselves, by the formulas of their documentation."""

from __future__ import annotations

import math

import pytest

from tests.advice.asking import ask


def default(layer, **members):
    return ask(layer, **members)["framework_default"]


def uniform(fan_in):
    """PyTorch's and MLX's: uniform on ±1 / sqrt(fan_in)."""
    return 1.0 / math.sqrt(3.0 * fan_in)


def glorot(fan_in, fan_out):
    """Keras's."""
    return math.sqrt(2.0 / (fan_in + fan_out))


PYTORCH, KERAS, FLAX, HAIKU, MLX = ({"framework": name} for name in ("pytorch", "keras", "flax", "haiku", "mlx"))
CUT = 0.8796256610342398
"""Of a standard deviation, by a cut at two sigmas."""

# The layer's name there, then the standard deviations of weights and biases.
DEFAULTS = [
    ("dense", {**PYTORCH, "shape": [96, 64]}, "Linear", uniform(64), uniform(64)),
    ("conv", {**PYTORCH, "shape": [96, 64, 3, 3]}, "Conv", uniform(576), uniform(576)),
    ("conv", {**PYTORCH, "shape": [96, 16, 3, 3], "groups": 4}, "Conv", uniform(144), uniform(144)),
    ("conv", {**PYTORCH, "shape": [64, 1, 3, 3], "groups": 64}, "Conv", uniform(9), uniform(9)),
    # It takes the second axis for the inputs, whatever the stride (pytorch#30079).
    ("ConvTranspose2d", {**PYTORCH, "shape": [96, 64, 3, 3], "stride": 2}, "ConvTranspose", uniform(576), uniform(576)),
    ("ConvTranspose2d", {**PYTORCH, "shape": [96, 16, 3, 3], "groups": 4}, "ConvTranspose", uniform(144), uniform(144)),
    # Recurrent layers by their units, whatever the inputs.
    ("LSTM", {**PYTORCH, "units": 64}, "LSTM", uniform(64), uniform(64)),
    ("LSTM", {**PYTORCH, "shape": [256, 16]}, "LSTM", uniform(64), uniform(64)),
    ("GRU", {**PYTORCH, "units": 64}, "GRU", uniform(64), uniform(64)),
    ("rnn", {**PYTORCH, "units": 64}, "RNN", uniform(64), uniform(64)),
    ("embedding", {**PYTORCH, "shape": [100, 64]}, "Embedding", 1.0, None),
    ("attention", {**PYTORCH, "shape": [192, 64]}, "MultiheadAttention", glorot(64, 192), 0.0),
    ("LayerNorm", {**PYTORCH, "shape": [64]}, "LayerNorm", 0.0, 0.0),
    ("dense", {**KERAS, "shape": [64, 96]}, "Dense", glorot(64, 96), 0.0),
    ("dense", {**KERAS, "shape": [96, 64], "layout": "out_in"}, "Dense", glorot(64, 96), 0.0),
    ("conv", {**KERAS, "shape": [3, 3, 64, 96]}, "Conv", glorot(576, 864), 0.0),
    # (*kernel, channels, multiplier): it counts all channels.
    ("DepthwiseConv2D", {**KERAS, "shape": [3, 3, 64, 2]}, "DepthwiseConv", glorot(576, 18), 0.0),
    ("DepthwiseConv2D", {**KERAS, "shape": [64, 1, 3, 3], "layout": "out_in", "groups": 64}, "DepthwiseConv",
     glorot(576, 9), 0.0),
    ("LSTM", {**KERAS, "shape": [32, 256]}, "LSTM", glorot(32, 256), None),
    ("PReLU", {**KERAS, "shape": [64]}, "PReLU", 0.0, None),
    # LeCun's variance after the cut.
    ("dense", {**FLAX, "shape": [64, 96]}, "Dense", math.sqrt(1.0 / 64), 0.0),
    # Haiku's before the cut.
    ("dense", {**HAIKU, "shape": [64, 96]}, "Linear", CUT * math.sqrt(1.0 / 64), 0.0),
    ("Linear", {**HAIKU, "shape": [8, 64, 96]}, "Linear", CUT * math.sqrt(1.0 / 64), 0.0),
    ("Conv2D", {**HAIKU, "shape": [3, 3, 16, 96], "groups": 4}, "Conv", CUT / 12, 0.0),
    # (*kernel, 1, channels · multiplier).
    ("DepthwiseConv2D", {**HAIKU, "shape": [3, 3, 1, 64]}, "DepthwiseConv", CUT / 3, 0.0),
    ("SeparableDepthwiseConv2D", {**HAIKU, "shape": [4, 1, 1, 64]}, "DepthwiseConv", CUT / 2, 0.0),
    ("Embed", {**HAIKU, "shape": [1000, 64]}, "Embed", CUT, None),
    ("VanillaRNN", {**HAIKU, "units": 64}, "VanillaRNN", CUT / 8, 0.0),
    # The inputs, 30, and the state, 70, in one matrix.
    ("LSTM", {**HAIKU, "shape": [100, 280]}, "LSTM", CUT / 10, 0.0),
    ("LSTM", {**HAIKU, "units": 64, "inputs": 36}, "LSTM", CUT / 10, 0.0),
    ("Conv2DLSTM", {**HAIKU, "shape": [3, 3, 16, 64]}, "ConvLSTM", CUT / 12, 0.0),
    # LeCun's, corrected.
    ("GRU", {**HAIKU, "units": 64}, "GRU", 1.0 / 8, 0.0),
    ("GRU", {**HAIKU, "shape": [25, 192]}, "GRU", 1.0 / 5, 0.0),
    ("RMSNorm", {**HAIKU, "shape": [64]}, "RMSNorm", 0.0, None),
    ("dense", {**MLX, "shape": [96, 64]}, "Linear", uniform(64), uniform(64)),
    ("conv", {**MLX, "shape": [96, 3, 3, 64]}, "Conv", uniform(576), 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "members", "name", "std", "bias_std"), DEFAULTS)
def test_a_layer_starts_as_the_framework_documents_it(layer, members, name, std, bias_std):
    found = default(layer, **members)

    assert found["layer"] == name
    assert found["weights"]["std"] == pytest.approx(std, rel=1e-9)
    bias = found["bias"] and found["bias"]["std"]
    assert bias == (None if bias_std is None else pytest.approx(bias_std, rel=1e-9))


def shape_of(tensor):
    return tensor["href"].partition("shape=")[2].partition("&")[0]


@pytest.mark.parametrize(
    ("layer", "members", "weights", "bias"),
    [
        ("dense", {**KERAS, "shape": [96, 64], "layout": "out_in"}, "64,96", "96"),
        ("conv", {**MLX, "shape": [96, 64, 3, 3], "layout": "out_in"}, "96,3,3,64", "96"),
        ("conv", {**KERAS, "shape": [96, 64, 3, 3], "layout": "out_in"}, "3,3,64,96", "96"),
        ("conv", {**PYTORCH, "shape": [3, 3, 64, 96], "layout": "in_out"}, "96,64,3,3", "96"),
        ("DepthwiseConv2D", {**KERAS, "shape": [64, 1, 3, 3], "layout": "out_in", "groups": 64}, "3,3,64,1", "64"),
        ("ConvTranspose2d", {**PYTORCH, "shape": [8, 6, 3, 3], "groups": 4}, "8,6,3,3", "24"),
        # reset_after=True, the default: a bias of the inputs and one of the state.
        ("GRU", {**KERAS, "units": 64}, "64,192", "2,192"),
        ("LayerNorm", {**KERAS, "shape": [64]}, "64", "64"),
    ],
)
def test_a_default_is_of_the_shape_as_the_framework_stores_it(layer, members, weights, bias):
    found = default(layer, **members)

    assert (shape_of(found["weights"]), shape_of(found["bias"])) == (weights, bias)


def test_a_layer_without_a_bias_has_none_there():
    assert default("dense", framework="pytorch", bias=False)["bias"] is None


@pytest.mark.parametrize(("tensor", "name"), [(None, "weight_hh"), ("recurrent", "weight_hh"), ("input", "weight_ih")])
def test_the_matrix_of_a_recurrent_layer_is_the_one_that_is_asked_for(tensor, name):
    parameters = default("LSTM", framework="pytorch", shape=[256, 64], tensor=tensor)["weights"]["parameters"]

    assert parameters["tensor"] == name


@pytest.mark.parametrize(("layer", "members"), [
    ("mamba", PYTORCH), ("graph", PYTORCH), ("router", {}), ("dense", {}),
    # hk.MultiHeadAttention must be given its w_init.
    ("MultiHeadAttention", {**HAIKU, "shape": [64, 64]}),
])  # fmt: skip
def test_without_a_framework_or_such_a_layer_there_is_no_default(layer, members):
    assert default(layer, **members) is None


def test_gpts_last_projection_of_a_branch_has_a_default_of_its_own():
    """Hugging Face divides 0.02 by sqrt(2 L) there."""
    members = {"framework": "transformers", "shape": [64, 64], "depth": 8}
    own = default("dense", role="attention_output", architecture="gpt", **members)["weights"]["std"]
    others = [
        default("dense", role=role, architecture=architecture, **members)["weights"]["std"]
        for role, architecture in (("attention_output", "bert"), ("query", "gpt"))
    ]

    assert own == pytest.approx(0.02 / 4.0, rel=1e-9)
    assert others == [0.02, 0.02]


@pytest.mark.parametrize(
    ("framework", "layer", "shape", "factor"),
    [
        # U(±1/sqrt(fan_in)) has a variance of 1 / (3 fan_in), LeCun's of 1 / fan_in, of either shape.
        ("pytorch", "Linear", [64, 128], 1 / 6),
        ("pytorch", "Linear", [512, 128], 1 / 6),
        ("pytorch", "Conv2d", [64, 32, 3, 3], 1 / 6),
        ("burn", "Linear", [128, 64], 1 / 6),
        ("flax", "Dense", [64, 128], 1 / 2),
        ("flax", "Conv", [3, 3, 32, 64], 1 / 2),
    ],
)
def test_a_default_of_the_fan_in_is_that_of_the_transposed_layer_too(framework, layer, shape, factor):
    signal = default(layer, framework=framework, shape=shape, activation="relu", depth=20)["evidence"]

    assert signal["forward_ratio"] == pytest.approx(factor)
    assert signal["depth"]["forward"] == pytest.approx(factor**19)


def test_glorots_default_of_a_rectangular_layer_knows_both_sides():
    signal = default("Dense", framework="keras", shape=[64, 128], activation="relu", depth=20)["evidence"]

    # 2 / (64 + 128) in both shapes: in each pair of layers 64 * 128 / 4 of its square.
    assert signal["depth"]["forward"] == pytest.approx((0.5 * math.sqrt(64 * 128) * 2 / 192) ** 19)


def test_an_alternative_of_the_fan_in_is_that_of_the_transposed_layer_too():
    current = ("uniform", {"fan_in": 128})
    verdict = ask("Linear", current, shape=[64, 128], activation="relu", depth=20)["verdict"]["evidence"]

    assert verdict["depth"]["forward"] == pytest.approx((1 / 6) ** 19)


def test_a_row_of_padding_does_not_hide_the_deviation_of_the_others():
    """PyTorch's Embedding: N(0, 1), and zeros in the row padding_idx."""
    answer = default("Embedding", framework="pytorch", shape=[1000, 64], padding_idx=3)

    assert answer["weights"]["std"] == 1.0
