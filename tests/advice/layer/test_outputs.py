"""Layers that their activation says to be outputs."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask

OUTPUTS = [
    ({"in_features": 784, "out_features": 10, "activation": "softmax"}, "head"),
    ({"in_features": 784, "out_features": 10, "activation": "nn.LogSoftmax"}, "head"),
    ({"classes": 10, "activation": "tf.nn.softmax"}, "head"),
    ({"shape": [1, 784], "activation": "sigmoid"}, "binary_head"),
    ({"in_features": 64, "out_features": 1, "activation": "nn.Sigmoid()"}, "binary_head"),
    ({"in_features": 64, "out_features": 1, "activation": "hard_sigmoid"}, "binary_head"),
]
NO_OUTPUTS = [
    {"shape": [256, 784], "activation": "sigmoid"},
    {"shape": [1, 784], "activation": "relu"},
    {"shape": [10, 784]},
    {"shape": [10, 784], "activation": "linear"},
]


@pytest.mark.parametrize(("members", "role"), OUTPUTS)
@pytest.mark.parametrize("layer", ["Linear", "Dense"])
def test_a_softmax_or_one_sigmoid_makes_an_output(layer, members, role):
    answer = ask(layer, **members)

    assert answer["layer"]["role"] == role
    assert answer["assumed"]["role"] == role
    assert "give role=" in answer["assumed"]["role_from"]
    assert answer["recommendation"]["weights"]["initializer"] == "zeros"
    assert not any("tanh" in warning for warning in answer["warnings"])


@pytest.mark.parametrize("members", NO_OUTPUTS)
def test_other_layers_are_hidden(members):
    answer = ask("Linear", **members)

    assert answer["layer"]["role"] == "hidden"
    assert "role_from" not in answer["assumed"]


@pytest.mark.parametrize("role", ["hidden", "router", "highway_gate"])
def test_a_role_that_is_said_stays(role):
    answer = ask("Linear", shape=[1, 64], activation="sigmoid", role=role)

    assert answer["layer"]["role"] == role
    assert "role" not in answer["assumed"]


def test_a_sigmoid_of_one_channel_ends_a_convolutional_network():
    assert ask("Conv2d", shape=[1, 512, 4, 4], activation="sigmoid")["layer"]["role"] == "binary_head"


def test_what_is_said_of_sigmoids_is_of_hidden_layers():
    (warning,) = (each for each in ask("Linear", shape=[64, 64], activation="sigmoid")["warnings"] if "tanh" in each)

    assert "hidden layers" in warning
    assert "role=head" in warning


def test_an_output_is_not_normalised():
    assert (
        ask("Linear", shape=[1000, 512], activation="softmax", architecture="resnet")["assumed"]["normalization"]
        == "none"
    )
