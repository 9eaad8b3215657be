"""What to beware of with a layer."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask

RELU = {"activation": "relu", "shape": [512, 512]}


def warnings(layer, text, **members):
    return [warning for warning in ask(layer, **members)["warnings"] if text in warning]


@pytest.mark.parametrize(("depth", "is_warned"), [(19, False), (20, True)])
def test_gradients_that_grow_a_thousandfold_behind_normalisation_are_warned_of(depth, is_warned):
    """Batch normalisation multiplies them by pi / (pi - 1) a layer: 992 times through 19 layers, 1455 through 20."""
    found = warnings("dense", "add skips", normalization="batch", depth=depth, **RELU)

    assert bool(found) == is_warned
    assert all("by 1.4669 in each layer, by 1.5e+03 over 20 layers" in warning for warning in found)
    assert not warnings("dense", "add skips", normalization="batch", depth=100, residual=True, **RELU)


@pytest.mark.parametrize("normalization", ["batch", "instance", "group", "layer", "rms", "none", "weight"])
def test_what_subtracts_the_mean_takes_a_bias_away(normalization):
    """A group normalisation subtracts the mean over several units, whose biases differ."""
    takes_bias = normalization in {"batch", "instance"}
    answer = ask("dense", normalization=normalization, **RELU)

    assert (answer["recommendation"]["bias"] is None) == takes_bias
    assert any("leave it out" in warning for warning in answer["warnings"]) == takes_bias
    assert ask("dense", normalization=normalization, bias=True, **RELU)["recommendation"]["bias"]
    assert not warnings("dense", "leave it out", normalization=normalization, bias=False, **RELU)


@pytest.mark.parametrize(
    ("activation", "is_warned"),
    [("relu", False), ("leaky_relu", False), ("prelu", False), ("relu6", False), ("rrelu", False), ("linear", False),
     ("tanh", True), ("gelu", True)],
)  # fmt: skip
def test_dropout_is_made_up_for_where_the_activation_is_homogeneous(activation, is_warned):
    assert bool(warnings("dense", "Dropout", activation=activation, dropout=0.1)) == is_warned
    assert not warnings("dense", "Dropout", activation=activation)


def test_what_is_no_matrix_of_units_keeps_its_bias_before_a_normalisation():
    assert ask("LSTM", units=8, normalization="batch")["recommendation"]["bias"] is not None


@pytest.mark.parametrize(
    ("members", "is_warned"), [({}, True), ({"residual": True}, False), ({"normalization": "layer"}, False)]
)
def test_a_signal_that_fades_is_warned_of_where_nothing_keeps_it_up(members, is_warned):
    assert bool(warnings("dense", "fades", activation="tanh", **members)) == is_warned


@pytest.mark.parametrize(
    ("activation", "shape", "told"),
    [
        # fan_in · Var is 64 · 2 / 4160 by Glorot's scheme, and 1 by LeCun's.
        ("linear", [4096, 64], ("0.0308", "by 1")),
        # What widens the other way keeps more by the mean of both than by fan_in alone.
        ("tanh", [64, 4096], None),
        ("linear", [512, 256], None),
    ],
)
def test_what_the_mean_of_unequal_fans_does_is_told(activation, shape, told):
    found = [
        warning for warning in ask("Linear", shape=shape, activation=activation)["warnings"] if "unequal" in warning
    ]

    assert bool(found) == (told is not None)
    assert all(ratio in found[0] for ratio in told or ())
