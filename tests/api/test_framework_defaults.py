from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest


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
        ("layer=LSTM&tensor=weigth_ih", "tensor", "is no tensor of PyTorch's LSTM; did you mean weight_ih"),
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
