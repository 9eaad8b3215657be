"""Which layers of a list end the network, where no roles are said."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask_network


def linear(in_, out, **members):
    return {"layer": "Linear", "in_features": in_, "out_features": out, **members}


def conv(in_, out, side, **members):
    return {"layer": "Conv2d", "in_features": in_, "out_features": out, "kernel_size": [side], **members}


RELU = {"activation": "relu"}
TANH = {"activation": "tanh"}
HIDDEN = linear(784, 256, **RELU)

LAST = [
    # Nothing follows the last one.
    ([HIDDEN, linear(256, 10)], {}, "head"),
    ([linear(784, 256), linear(256, 10)], {}, "head"),
    ([linear(512, 512, **RELU), linear(512, 1000)], {}, "head"),
    ([linear(13, 64, **RELU), linear(64, 1)], {}, "regression_head"),
    ([HIDDEN, linear(256, 10, activation="softmax")], {}, "head"),
    ([HIDDEN, linear(256, 10, activation="linear")], {}, "head"),
    # A sigmoid of one, of several, of as many as there are inputs.
    ([HIDDEN, linear(256, 1, activation="sigmoid")], {}, "binary_head"),
    ([HIDDEN, linear(256, 10, activation="sigmoid")], {}, "head"),
    ([HIDDEN, linear(256, 784, activation="sigmoid")], {}, "reconstruction_head"),
    ([linear(784, 32, **RELU), linear(32, 784)], {}, "reconstruction_head"),
    # After other kinds of layers.
    ([conv(3, 64, 3), linear(64, 100)], {}, "head"),
    ([{"layer": "LSTM", "inputs": 8, "units": 16}, linear(16, 32)], {}, "head"),
    ([{"layer": "Embedding", "shape": [100, 8]}, linear(8, 100)], {}, "lm_head"),
    ([conv(3, 64, 3, **RELU), conv(64, 21, 1)], {}, "head"),
    # In some networks the last layer has a rule of its own.
    ([linear(4, 64, **TANH), linear(64, 2)], {"architecture": "actor_critic"}, "policy_head"),
    ([linear(4, 64, **TANH), linear(64, 1)], {"architecture": "actor_critic"}, "value_head"),
]  # fmt: skip
HIDDEN_LAST = [
    ([HIDDEN, linear(256, 256, **RELU)], {}),
    ([linear(784, 256), linear(256, 256)], {}),
    ([linear(64, 64, activation="linear"), linear(64, 64, activation="linear")], {}),
    ([linear(64, 64), linear(64, 64)], {"residual": True}),
    ([linear(8, 64, **TANH), linear(64, 2, **TANH)], {}),
    ([conv(3, 64, 3), conv(64, 64, 3)], {}),
    ([HIDDEN, linear(256, 10), {"layer": "BatchNorm1d", "shape": [10]}], {}),
    ([HIDDEN, linear(256, 10, role="hidden")], {}),
    ([{"name": "blocks.0.fc", **HIDDEN}, {"name": "blocks.1.fc", **linear(256, 10)}], {}),
    ([linear(784, 10)], {}),
]


@pytest.mark.parametrize(("layers", "members", "role"), LAST)
def test_the_last_layer_that_nothing_follows_is_the_output(layers, members, role):
    last = ask_network(*layers, **members)["layers"][-1]

    assert last["layer"]["role"] == role
    assert last["assumed"]["role"] == role
    assert "give role=" in last["assumed"]["role_from"]
    assert not any("tanh" in warning for warning in last["warnings"])


@pytest.mark.parametrize(("layers", "members"), HIDDEN_LAST)
def test_others_are_hidden(layers, members):
    answer = ask_network(*layers, **members)
    roles = [layer["layer"]["role"] for layer in answer["layers"]]

    assert set(roles) == {"hidden"}


def test_an_open_question_is_told():
    last = ask_network(linear(784, 256), linear(256, 256))["layers"][-1]

    assert "role=head" in last["assumed"]["role_from"]


@pytest.mark.parametrize(
    ("name", "out", "role"),
    [
        ("classifier", 10, "head"), ("model.lm_head", 100, "lm_head"), ("policy", 2, "policy_head"),
        ("value", 1, "value_head"), ("fc_mu", 20, "variational_head"), ("z_log_var", 20, "variational_head"),
    ],
)  # fmt: skip
def test_heads_are_known_by_their_names(name, out, role):
    """Though other layers follow in the list."""
    answer = ask_network(linear(4, 64, **TANH), {"name": name, **linear(64, out)}, linear(64, 3))

    assert answer["layers"][1]["layer"]["role"] == role


def test_a_name_within_a_block_says_no_head():
    answer = ask_network(HIDDEN, {"name": "layer.0.output", **linear(256, 256)}, linear(256, 10))

    assert answer["layers"][1]["layer"]["role"] == "hidden"


def test_heads_beside_each_other_both_get_what_the_trunk_gives():
    answer = ask_network(linear(4, 64, **TANH), {"name": "policy", **linear(64, 2)}, {"name": "value", **linear(64, 1)})

    assert not any("meet" in warning for layer in answer["layers"] for warning in layer["warnings"])
