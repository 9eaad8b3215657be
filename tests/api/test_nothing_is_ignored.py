"""What a request says where nobody reads it is refused, with its place."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

PLACES = [
    ("POST", "/weights?format=npy", "format", 'into the body, "format": "npy"'),
    ("POST", "/weights?seed=3&x=1", "x", 'into the body, "x": 1'),
    ("POST", "/weights?shape=2&shape=3", "shape", 'into the body, "shape": ["2", "3"]'),
    ("POST", "/advise?format=text", "format", 'into the body, "format": "text"'),
    ("POST", "/advise?residual=true", "residual", 'into the body, "residual": true'),
    ("POST", "/advise?activation=relu&bogus=1", "bogus", "into the body"),
    ("GET", "/initializers/he_normal?shape=2,3", "shape", "GET /weights/he_normal?shape=2,3"),
    ("GET", "/initializers?page=2", "page", "leave it out"),
    ("GET", "/livez?verbose", "verbose", "leave it out"),
    ("HEAD", "/readyz?x=1", None, ""),
    ("GET", "/problems/invalid-request?x=1", "x", "leave it out"),
    ("GET", "/docs?x=1", "x", "leave it out"),
    ("GET", "/openapi.json?x=1", "x", "leave it out"),
    ("GET", "/?x=1", "x", "leave it out"),
]


@pytest.mark.parametrize(("method", "url", "parameter", "said"), PLACES)
def test_a_query_that_nobody_reads_is_refused(client, method, url, parameter, said):
    body = {"initializer": "zeros", "shape": [2], "layer": "Linear"} if method == "POST" else None
    response = client.request(method, url, json=body)

    assert response.status_code == 422
    if parameter is not None:
        told = {error["parameter"]: error["detail"] for error in response.json()["errors"]}
        assert said in told[parameter]


@pytest.mark.parametrize("url", ["/weights/zeros?shape=2", "/advise?layer=Linear", "/initializers", "/livez"])
def test_the_body_of_a_get_is_refused(client, url):
    response = client.request("GET", url, json={"seed": 3})

    assert response.status_code == 422
    assert "body of a GET" in response.json()["detail"]
    assert client.request("GET", url, headers={"Content-Length": "0"}).status_code == 200


UNUSED = [
    ("stride", 2, "convolutions"),
    ("rank", 4, "adapters"),
    ("classes", 80, "role=head"),
    ("longest", 100, "recurrent"),
    ("num_layers", 2, "recurrent"),
    ("bidirectional", True, "recurrent"),
    ("proj_size", 4, "LSTM"),
    ("inputs", 4, "recurrent"),
    ("tensor", "input", "weight, bias"),
    ("tied", True, "embeddings"),
    ("equation", "ab,bc->ac", "EinsumDense"),
    ("axis", [-1], "DenseGeneral"),
    ("heads", 8, "attention"),
    ("head_size", 64, "CrossAttention"),
]


@pytest.mark.parametrize(("member", "value", "said"), UNUSED)
def test_a_member_without_use_is_refused_with_what_would_use_it(client, member, value, said):
    layer = {"layer": "Linear", member: value}
    (error,) = client.post("/advise", json=layer).json()["errors"]
    (of_network,) = client.post("/advise", json={"layers": [{"layer": "Linear"}, layer]}).json()["errors"]

    assert error["pointer"] == f"/{member}"
    assert of_network["pointer"] == f"/layers/1/{member}"
    assert said in error["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "layer=Conv2d&stride=2",
        "layer=Linear&units=4",
        "layer=LoRA&rank=4",
        "layer=Linear&role=head&classes=80",
        "layer=LSTM&longest=100&units=8",
        "layer=Linear&role=binary_head&prior=0.01",
        "layer=Linear&role=head&prior=0.01&shape=1,512",
        "layer=Linear&role=head&prior=0.01&shape=80,512&activation=sigmoid",
        "layer=Embedding&tied=true",
        "layer=Linear&role=head&tied=true&shape=50,4",
        "layer=Linear&stride=1&tied=false",
    ],
)
def test_a_member_with_use_is_taken(client, query):
    assert client.get(f"/advise?{query}").status_code == 200


@pytest.mark.parametrize("layer", ["Linear", "DenseGeneral", "Conv2d", "LSTM"])
@pytest.mark.parametrize("member", ["shape", "axis"])
def test_an_optional_list_that_is_empty_is_as_absent(client, layer, member):
    """As some generated clients write what is not given."""
    assert client.post("/advise", json={"layer": layer, member: []}).text == (
        client.post("/advise", json={"layer": layer}).text
    )
    of_network = {"layers": [{"layer": layer, member: []}]}
    assert (
        client.post("/advise", json=of_network).text == client.post("/advise", json={"layers": [{"layer": layer}]}).text
    )


def test_a_list_that_is_required_may_be_empty(client):
    assert client.post("/weights", json={"initializer": "zeros", "shape": []}).json()["shape"] == []
    assert client.post("/advise", json={"layers": []}).status_code == 422


def test_prior_on_a_head_of_many_classes_is_refused(client):
    (error,) = client.get("/advise?layer=Linear&role=head&prior=0.01&shape=10,512").json()["errors"]

    assert error["parameter"] == "prior"
    assert "role=binary_head" in error["detail"]


NETWORK = {
    "seed": 7,
    "dtype": "bfloat16",
    "layers": [
        {"name": "fc", "layer": "Linear", "shape": [8, 4], "activation": "relu"},
        {"layer": "Conv2d", "shape": [4, 2, 3, 3]},
        {"name": "rnn", "layer": "LSTM", "units": 4, "shape": [16, 4]},
        {"name": " e", "layer": "Embedding", "shape": [10, 4]},
        {"layer": "S4D", "shape": [2, 4]},
    ],
}


def test_each_entry_of_a_manifest_is_a_whole_request(client):
    answer = client.post("/advise", json=NETWORK).json()
    hrefs = {
        layer["layer"]["name"]: layer["recommendation"]["weights"]["href"]
        for layer in answer["layers"]
        if layer["recommendation"]["weights"]
    }
    assert len(answer["manifest"]["tensors"]) >= 8
    for name, entry in answer["manifest"]["tensors"].items():
        again = [client.post("/weights", json=entry, headers={"Accept": "*/*"}) for _ in range(2)]
        assert [reply.status_code for reply in again] == [200, 200]
        assert again[0].content == again[1].content
        assert again[0].headers["Fanin-Name"].replace("%20", " ") == name
        layer, _, tensor = name.rpartition(".")
        if tensor == "weight" and hrefs.get(layer):
            href = client.get(hrefs[layer], headers={"Accept": "*/*"})
            assert href.content == again[0].content
            assert href.headers["Content-Location"] == again[0].headers["Content-Location"]


def test_advice_writes_whole_fans_as_weights_do(client):
    text = client.get("/advise?layer=Linear&shape=256,784&activation=relu").text

    assert '"fan_in":784,' in text
    assert '"fan_in":784.0' not in text


@pytest.mark.parametrize("name", [" w", "w ", "  a b  ", " ", "é "])
def test_blanks_at_the_ends_of_a_name_survive_its_header(client, name):
    reply = client.get("/weights/zeros", params={"shape": "2", "name": name, "format": "raw"})

    assert unquote(reply.headers["Fanin-Name"]) == name


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("layer=Embedding&classes=10", "classes"),
        ("layer=LayerScale&groups=2", "groups"),
        ("layer=PReLU&groups=2", "groups"),
        ("layer=GRUCell&units=4&num_layers=2", "num_layers"),
        ("layer=LSTM&units=4&framework=keras&bidirectional=true", "bidirectional"),
        ("layer=GRU&units=4&proj_size=2", "proj_size"),
    ],
)
def test_a_member_that_another_layer_uses_is_refused(client, query, parameter):
    (error,) = client.get(f"/advise?{query}").json()["errors"]

    assert error["parameter"] == parameter
    assert "no use" in error["detail"]


def test_the_classes_of_a_head_are_its_outputs(client):
    """A shape that has others is refused."""
    told = client.get("/advise?layer=Dense&framework=keras&role=head&classes=10&in_features=256").json()
    alone = client.get("/advise?layer=Linear&role=head&classes=10").json()

    assert told["layer"]["shape"] == [256, 10]
    assert alone["layer"]["shape"] == [10, 512]
    (error,) = client.get("/advise?layer=Linear&role=head&classes=10&shape=30,64").json()["errors"]
    assert error["parameter"] == "classes"


def test_the_layers_of_a_recurrent_stack_are_told(client):
    answer = client.get("/advise?layer=LSTM&units=8&inputs=4&num_layers=2&bidirectional=true&name=rnn").json()
    tensors = answer["recommendation"]["tensors"]

    assert {"weight_ih_l1", "weight_hh_l1_reverse", "bias_ih_l0_reverse"} <= tensors.keys()
    assert "name=rnn.weight_ih_l1&" in tensors["weight_ih_l1"]["href"]
    assert "shape=32,16" in tensors["weight_ih_l1"]["href"]
    assert client.get("/advise?layer=LSTM&units=8&inputs=4").json()["recommendation"]["tensors"].keys() == {"input"}
