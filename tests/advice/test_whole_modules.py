"""Modules with several tensors, asked for alone; cells whose matrices are kernels, or one for inputs and state."""

from __future__ import annotations

import re

import pytest


def advised(client, **members):
    reply = client.get("/advise", params=members)
    assert reply.status_code == 200, reply.text
    return reply.json()


def shapes(answer):
    """Return the shapes of all tensors of a layer, by their names in a checkpoint."""
    tensors = answer["recommendation"]
    told = [tensors["weights"], tensors["bias"], *tensors.get("tensors", {}).values()]
    found = [re.search(r"shape=([0-9,]+)&name=([\w.]+)", each["href"]) for each in told if each]
    return {each[2]: [*map(int, each[1].split(","))] for each in found}


# As torch.nn's state_dict has them, and Keras's variables.
MODULES = {
    "nn.MultiheadAttention(64, 4)": {
        "in_proj_weight": [192, 64], "in_proj_bias": [192], "out_proj.weight": [64, 64], "out_proj.bias": [64],
    },
    "nn.TransformerEncoderLayer(64, 4, 128)": {
        "self_attn.in_proj_weight": [192, 64], "self_attn.in_proj_bias": [192], "self_attn.out_proj.weight": [64, 64],
        "self_attn.out_proj.bias": [64], "linear1.weight": [128, 64], "linear1.bias": [128],
        "linear2.weight": [64, 128], "linear2.bias": [64], "norm1.weight": [64], "norm1.bias": [64],
        "norm2.weight": [64], "norm2.bias": [64],
    },
    "keras.layers.MultiHeadAttention(num_heads=4, key_dim=16)": {
        **{f"{part}.kernel": [64, 4, 16] for part in ("query", "key", "value")},
        **{f"{part}.bias": [4, 16] for part in ("query", "key", "value")},
        "attention_output.kernel": [4, 16, 64], "attention_output.bias": [64],
    },
    # Equinox's makes no biases unless it is told to.
    "eqx.nn.MultiheadAttention(4, 64)": {
        f"{part}_proj.weight": [64, 64] for part in ("query", "key", "value", "output")
    },
    "keras.layers.ConvLSTM2D(32, 3, input_shape=(10, 64, 64, 3))": {
        "kernel": [3, 3, 3, 128], "recurrent_kernel": [3, 3, 32, 128], "bias": [128],
    },
    "nn.ConvLSTMCell(features=32, kernel_size=(3, 3))": {
        "ih.kernel": [3, 3, 32, 128], "hh.kernel": [3, 3, 32, 128], "ih.bias": [128],
        "hh.bias": [128],
    },
    "hk.LSTM(64)": {"linear.w": [128, 256], "linear.b": [256]},
}  # fmt: skip


@pytest.mark.parametrize("call", MODULES)
def test_the_answer_for_a_module_has_all_of_its_tensors(client, call):
    found = shapes(advised(client, layer=call))

    assert found.keys() == MODULES[call].keys()
    assert sorted(found.values()) == sorted(MODULES[call].values())


@pytest.mark.parametrize("call", MODULES)
def test_the_manifest_of_a_list_has_the_same_tensors(client, call):
    answer = client.post("/advise", json={"layers": [{"layer": call, "name": "m"}]}).json()

    found = {name.removeprefix("m."): tensor["shape"] for name, tensor in answer["manifest"]["tensors"].items()}
    assert sorted(found.values()) == sorted(MODULES[call].values())


def test_one_projection_that_is_asked_for_has_no_others_beside_it(client):
    answer = advised(client, layer="MultiheadAttention", framework="pytorch", tensor="out_proj.weight", shape="64,64")

    assert "tensors" not in answer["recommendation"]


@pytest.mark.parametrize(
    ("shape", "tensor", "fan_in", "std"),
    [
        # keras.layers.ConvLSTM2D: glorot_uniform of all gates, sqrt(2 / (9 · (3 + 128))); orthogonal, (288, 128).
        ("3,3,3,128", "kernel", 27, (2.0 / (9 * (3 + 128))) ** 0.5),
        ("3,3,32,128", "recurrent_kernel", 288, 288**-0.5),
    ],
)
def test_a_convolutional_cell_is_stored_and_starts_as_keras_has_it(client, shape, tensor, fan_in, std):
    answer = advised(client, layer="ConvLSTM2D", framework="keras", shape=shape)

    assert answer["layer"]["fan_in"] == fan_in
    assert answer["framework_default"]["weights"]["parameters"]["tensor"] == tensor
    assert answer["framework_default"]["weights"]["std"] == pytest.approx(std)


@pytest.mark.parametrize("members", [{"units": 64, "inputs": 32}, {"units": 64, "shape": "96,256"}])
def test_haikus_lstm_has_one_matrix_for_inputs_and_state(client, members):
    """haiku/_src/recurrent.py: a Linear(4 · units) of both together, and 1 added to the forget gate in the call."""
    answer = advised(client, layer="LSTM", framework="haiku", **members)

    assert (answer["layer"]["shape"], answer["layer"]["fan_in"]) == ([96, 256], 96)
    assert shapes(answer) == {"linear.w": [96, 256], "linear.b": [256]}
    assert answer["recommendation"]["weights"]["std"] == pytest.approx(96**-0.5)
    assert answer["recommendation"]["bias"]["initializer"] == "zeros"
    assert "inputs" not in answer["assumed"]


@pytest.mark.parametrize(
    ("call", "has_bias"),
    [
        ("nn.Bilinear(20, 30, 40)", True),
        ("nn.Bilinear(20, 30, 40, bias=False)", False),
        ("nn.MultiheadAttention(64, 4)", True),
        ("mlx.nn.MultiHeadAttention(64, 4)", False),
        ("GCNConv(16, 32)", True),
        ("GATConv(16, 32, bias=False)", False),
        ("keras.layers.SeparableConv2D(64, 3)", True),
        ("keras.layers.SeparableConv2D(64, 3, use_bias=False)", False),
    ],
)
def test_a_constructor_makes_the_bias_that_its_framework_makes(client, call, has_bias):
    answer = client.post("/advise", json={"layers": [{"layer": call, "name": "m"}, "nn.BatchNorm2d(64)"]}).json()

    names = [name for name in answer["manifest"]["tensors"] if name.startswith("m.")]
    assert any("bias" in name for name in names) is has_bias, names


@pytest.mark.parametrize(
    ("members", "judgement", "said"),
    [
        ({}, "reject", "lets nothing of the input through"),
        ({"residual": "true"}, "acceptable", "last normalisation of a residual branch"),
        ({"role": "residual_last"}, "good", "as recommended"),
        ({"architecture": "gemma", "layer": "RMSNorm"}, "good", "as recommended"),
    ],
)
def test_a_scale_of_zero_is_judged_by_whether_a_skip_goes_around_it(client, members, judgement, said):
    verdict = advised(client, **{"layer": "BatchNorm2d", "shape": "64", "current": "zeros", **members})["verdict"]

    assert verdict["judgement"] == judgement
    assert said in verdict["statement"]


@pytest.mark.parametrize("call", ["keras.layers.Dense(10)", "nn.Linear(784, 10)", "nn.Dense(10)"])
def test_what_frameworks_give_a_classifiers_head_is_ordinary_practice(client, call):
    verdict = advised(client, layer=call, in_features=784, role="head", current="default")["verdict"]

    assert verdict["judgement"] == "acceptable"
    assert "zeros are recommended here" in verdict["statement"]


@pytest.mark.parametrize(("framework", "call"), [("haiku", "hk.Conv2DLSTM"), ("flax", "nn.ConvLSTMCell")])
def test_a_cell_that_adds_one_to_its_forget_gate_starts_with_biases_of_zero(client, framework, call):
    bias = advised(client, layer=call, framework=framework, units=8)["recommendation"]["bias"]

    assert bias["initializer"] == "zeros"


def test_densenet_adds_nothing(client):
    answer = advised(client, layer="Conv2d", architecture="densenet", shape="32,64,3,3", activation="relu")

    assert answer["assumed"]["residual"] is False
