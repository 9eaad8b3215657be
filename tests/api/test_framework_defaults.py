from __future__ import annotations

import itertools
import math
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import safetensors.numpy
from scipy import stats


@pytest.mark.parametrize(
    ("query", "layer", "tensor"),
    [
        ("pytorch_default?shape=8,2,3,3&layer=nn.conv2d&tensor=features.0.weight", "Conv", "weight"),
        ("pytorch_default?shape=8,3&layer=LSTM&tensor=weight_ih_l0_reverse", "LSTM", "weight_ih"),
        ("keras_default?shape=3,2,2&layer=GroupQueryAttention&tensor=key/kernel", "MultiHeadAttention", "key.kernel"),
        ("burn_default?shape=3,2&layer=BiLstm&tensor=forward.cell_gate.input_transform.weight", "Lstm",
         "input_transform.weight"),
    ],
)  # fmt: skip
def test_however_a_layer_is_written_its_location_is_one(client, query, layer, tensor):
    response = client.get(f"/weights/{query}&seed=1")
    location = response.headers["Content-Location"]
    said = parse_qs(urlsplit(location).query)

    assert (said["layer"], said["tensor"]) == ([layer], [tensor])
    assert client.get(location).json() == response.json()


@pytest.mark.parametrize(
    ("query", "parameter", "text"),
    [
        ("layer=Liner&tensor=weight", "layer", "is not a layer of PyTorch; did you mean Linear"),
        ("layer=LSTM&tensor=weigth_ih", "tensor", "is not a tensor of PyTorch's LSTM; did you mean weight_ih"),
        ("layer=Linear", "tensor", "is required: one of weight, bias"),
        ("layer=nn.LSTM", "tensor", "is required: one of weight_ih, weight_hh, bias_ih, bias_hh"),
        ("tensor=weight", "layer", "is required: one of Linear, Bilinear, Conv"),
        ("layer=Linear&tensor=bias", "fan_in", "give that of the layer's weight"),
        ("layer=LayerNorm&tensor=bias&units=4", "units", "does not depend on it"),
        ("layer=Linear&tensor=weight&equation=ab,bc->ac", "equation", "takes no such parameter"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(client, query, parameter, text):
    response = client.get(f"/weights/pytorch_default?shape=8&{query}")
    (error,) = response.json()["errors"]

    assert response.status_code == 422
    assert error["parameter"] == parameter
    assert text in error["detail"]


def _numbers(client, query):
    return np.frombuffer(client.get(f"/weights/{query}&format=raw").content, "<f4")


# The tensors of one layer, of which no two may be one stream, and parameters of each.
LAYERS = [
    ("pytorch_default?layer=LSTM&shape=", {
        "weight_ih": "64,16", "weight_hh": "64,16", "bias_ih": "64", "bias_hh": "64",
    }),
    ("pytorch_default?layer=Linear&shape=", {"weight": "32,32", "bias": "32&fan_in=32"}),
    ("keras_default?layer=MultiHeadAttention&shape=", {
        "query.kernel": "16,4,8", "key.kernel": "16,4,8", "value.kernel": "16,4,8", "attention_output.kernel": "4,8,16",
    }),
    ("flax_default?layer=LSTMCell&shape=", {"ii.kernel": "16,32", "if.kernel": "16,32", "hi.kernel": "32,32"}),
    ("burn_default?layer=MultiHeadAttention&shape=", {"query.weight": "16,16", "query.bias": "16&fan_in=16"}),
    ("candle_default?layer=GRU&shape=", {"weight_ih": "48,16", "weight_hh": "48,16"}),
    ("mlx_default?layer=LSTM&shape=", {"Wx": "64,16", "Wh": "64,16", "bias": "64"}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "tensors"), LAYERS, ids=[query.partition("&")[0] for query, _ in LAYERS])
def test_the_tensors_of_a_layer_are_independent_without_names(client, query, tensors):
    drawn = {name: _numbers(client, f"{query}{rest}&tensor={name}&seed=7") for name, rest in tensors.items()}

    for one, other in itertools.combinations(drawn.values(), 2):
        size = min(one.size, other.size)
        correlation = stats.spearmanr(one[:size], other[:size]).statistic
        assert abs(correlation) < 4.5 / math.sqrt(size)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("pytorch_default?shape=8,3&layer=LSTM&tensor=rnn.weight_ih_l0_reverse", "rnn.weight_ih_l0_reverse"),
        ("pytorch_default?shape=8,3&layer=LSTM&tensor=WEIGHT_HH_L1", "weight_hh_l1"),
        (
            "pytorch_default?shape=8,8&layer=TransformerDecoderLayer&tensor=multihead_attn.out_proj.weight",
            "multihead_attn.out_proj.weight",
        ),
        ("keras_default?shape=3,2,2&layer=GroupQueryAttention&tensor=key/kernel", "key.kernel"),
        ("flax_default?shape=3,2&layer=LSTMCell&tensor=if_.kernel", "if.kernel"),
        ("pytorch_default?shape=8,3&layer=Linear&tensor=weight&name=", "weight"),
    ],
)
def test_a_tensor_without_a_name_has_that_of_its_layer(client, query, name):
    response = client.get(f"/weights/{query}&seed=1")
    page = response.json()

    assert (page["name"], page["parameters"]["name"]) == (name, name)
    assert parse_qs(urlsplit(response.headers["Content-Location"]).query)["name"] == [name]


def test_a_tensor_without_a_name_is_called_so_in_its_file(client):
    query = "/weights/pytorch_default?shape=8,3&layer=LSTM&tensor=weight_hh_l0&seed=1"

    assert list(safetensors.numpy.load(client.get(f"{query}&format=safetensors").content)) == ["weight_hh_l0"]


@pytest.mark.parametrize("name", ["encoder.0.weight_ih", "weight_hh", " ", "weight"])
def test_a_given_name_decides_the_stream(client, name):
    query = "/weights/pytorch_default?shape=8,4&layer=LSTM&tensor=weight_ih&seed=1"
    named = client.get(query, params={**_members(query), "name": name})
    same_law = client.get("/weights/uniform", params={"shape": "8,4", "fan_in": 2, "seed": 1, "name": name})

    assert named.json()["data"] == same_law.json()["data"]
    assert parse_qs(urlsplit(named.headers["Content-Location"]).query)["name"] == [name]


def _members(query):
    return {name: value for name, (value,) in parse_qs(urlsplit(query).query).items()}


@pytest.mark.parametrize(("query", "tensors"), LAYERS, ids=[query.partition("&")[0] for query, _ in LAYERS])
def test_a_default_is_the_named_tensor_of_its_canonical_url(client, query, tensors):
    for tensor, rest in tensors.items():
        response = client.get(f"/weights/{query}{rest}&tensor={tensor}&seed=7")
        again = client.get(response.headers["Content-Location"])

        assert again.content == response.content
        assert again.headers["ETag"] == response.headers["ETag"]


def test_the_row_of_a_padding_token_is_zeros_in_every_part_of_the_tensor(client):
    """torch.nn.Embedding(5, 3, padding_idx=-1).weight[-1] is zeros."""
    query = "/weights/pytorch_default?shape=5,3&layer=Embedding&tensor=weight&seed=1"
    whole = client.get(query).json()["data"]
    padded = client.get(f"{query}&padding_idx=-1").json()

    assert padded["data"] == [*whole[:4], [0.0, 0.0, 0.0]]
    assert padded["parameters"]["padding_idx"] == 4
    assert client.get(f"{query}&padding_idx=-1&slice=3:,1").json()["data"] == [whole[3][1], 0.0]


def test_the_bias_of_a_layer_without_inputs_is_zeros(client):
    """torch.nn.Linear(0, 4).bias is four zeros."""
    page = client.get("/weights/pytorch_default?shape=4&layer=Linear&tensor=bias&fan_in=0&seed=1").json()

    assert page["data"] == [0.0] * 4
    assert page["parameters"]["fan_in"] == 0


# A framework, one of its layers with a weight, and that weight's standard deviation as the framework's source has it.
KNOWN = [
    ("tensorflow_js", "Dense", "kernel", "784,256", 0.87962566103423978 * math.sqrt(2 / 1040)),
    ("paddle", "Linear", "weight", "784,256", math.sqrt(2 / 1040)),
    ("equinox", "Linear", "weight", "256,784", 1 / math.sqrt(3 * 784)),
    ("haiku", "Linear", "w", "784,256", 0.87962566103423978 / 28),
    ("flux", "Dense", "weight", "256,784", math.sqrt(2 / 1040)),
    ("mindspore", "Dense", "weight", "256,784", 1 / math.sqrt(3 * 784)),
    ("tinygrad", "Linear", "weight", "256,784", 1 / math.sqrt(3 * 784)),
    ("dl4j", "DenseLayer", "W", "784,256", math.sqrt(2 / 1040)),
]


@pytest.mark.parametrize(("framework", "layer", "tensor", "shape", "std"), KNOWN)
def test_a_framework_whose_layers_are_known_has_an_entry_and_advice(client, framework, layer, tensor, shape, std):
    weights = client.get(f"/weights/{framework}_default?layer={layer}&tensor={tensor}&shape={shape}&seed=1")
    advice = client.get(f"/advise?framework={framework}&layer={layer}&tensor={tensor}&shape={shape}&activation=relu")

    told = weights.json()["parameters"]
    assert told.get("std_after", told["std"]) == pytest.approx(std, rel=1e-9)
    default = advice.json()["framework_default"]
    assert default["weights"]["std"] == pytest.approx(std, rel=1e-9)
    assert client.get(default["weights"]["href"]).status_code == 200


@pytest.mark.parametrize("framework", ["lux", "mxnet", "chainer", "nothing"])
def test_a_framework_whose_layers_are_not_known_is_answered_with_those_that_are(client, framework):
    advice = client.get(f"/advise?framework={framework}&layer=Linear&shape=256,784")
    (error,) = advice.json()["errors"]

    assert (advice.status_code, error["parameter"]) == (422, "framework")
    assert all(known in error["detail"] for known in ("pytorch", "keras", *(known for known, *_ in KNOWN)))
    weights = client.get(f"/weights/{framework}_default?layer=Linear&tensor=weight&shape=256,784")
    assert weights.status_code == 404
    assert "_default" in weights.json()["detail"]
