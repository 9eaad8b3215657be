"""What the surroundings of a layer give reason to beware of."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask

GROWS = "multiplies the gradient's squared norm"


def has_warning(text, layer="dense", **members):
    return any(text in warning for warning in ask(layer, **members)["warnings"])


@pytest.mark.parametrize(("depth", "is_warned"), [(19, False), (20, True)])
def test_a_gradient_that_grows_a_thousandfold_through_normalised_layers_is_warned_of(depth, is_warned):
    """Yang et al., arXiv:1902.08129: π / (π - 1) a layer; to the 18th power it is 985, to the 19th 1445."""
    assert has_warning(GROWS, activation="relu", normalization="batch", depth=depth) == is_warned


@pytest.mark.parametrize("members", [{"residual": True}, {"normalization": "none"}])
def test_with_skips_or_without_a_normalisation_it_does_not_grow_so(members):
    members = {"activation": "relu", "normalization": "batch", "depth": 100, **members}

    assert not has_warning(GROWS, **members)


@pytest.mark.parametrize(
    ("members", "is_warned"),
    [
        ({"normalization": "batch"}, True),
        ({"normalization": "instance"}, True),
        ({"normalization": "group"}, True),
        ({"normalization": "layer"}, False),
        ({"normalization": "batch", "bias": True}, False),
        ({"normalization": "batch", "bias": False}, False),
        ({}, False),
    ],
)
def test_a_bias_before_a_normalisation_that_centres_is_left_out(members, is_warned):
    answer = ask("dense", activation="relu", **members)

    assert has_warning("takes any bias away", activation="relu", **members) == is_warned
    assert (answer["recommendation"]["bias"] is None) == (is_warned or members.get("bias") is False)


def test_what_is_no_matrix_of_units_keeps_its_bias_before_a_normalisation():
    assert ask("LSTM", units=8, normalization="batch")["recommendation"]["bias"] is not None


@pytest.mark.parametrize(
    ("activation", "is_warned"),
    [("relu", False), ("leaky_relu", False), ("prelu", False), ("relu6", False), ("rrelu", False), ("linear", False),
     ("tanh", True), ("gelu", True), ("elu", True)],
)  # fmt: skip
def test_a_gain_makes_up_for_dropout_only_where_the_signal_is_scaled(activation, is_warned):
    assert has_warning("Dropout adds noise", activation=activation, dropout=0.1) == is_warned
    assert not has_warning("Dropout adds noise", activation=activation)


@pytest.mark.parametrize(
    ("members", "is_warned"), [({}, True), ({"residual": True}, False), ({"normalization": "layer"}, False)]
)
def test_a_signal_that_fades_is_warned_of_where_nothing_keeps_it_up(members, is_warned):
    assert has_warning("fades", activation="tanh", **members) == is_warned
