"""The vocabulary of activations: the same words, under either name of the parameter, in `/weights` and `/advise`."""

from __future__ import annotations

import pytest

from service.activations.names import find_activation
from service.activations.table import ACTIVATIONS

NAMES = [name for family in ACTIVATIONS for name in (family.name, *family.other_names)]
TYPED = [
    ("nn.ReLU", "relu"), ("GELU", "gelu"), ("hard-swish", "hard_swish"), ("swish", "silu"), ("LeakyReLU", "leaky_relu"),
    ("torch.nn.Hardtanh", "hardtanh"), ("keras.activations.log_sigmoid", "log_sigmoid"), ("maxout", "maxout"),
    ("maxout_4", "maxout"), ("MaxOut-4", "maxout"),
]  # fmt: skip


def advised(client, parameter, name):
    reply = client.get("/advise", params={"layer": "dense", "shape": "4,4", parameter: name})
    assert reply.status_code == 200, reply.text
    return reply.json()["layer"]["activation"]


def located(client, parameter, name):
    """Return the activation in the canonical URL."""
    query = {"shape": "2,3", "seed": "1", parameter: name}
    reply = client.head("/weights/glorot_normal", params=query)
    assert reply.status_code == 200, reply.headers
    location = reply.headers["content-location"]
    return location.partition("nonlinearity=")[2].partition("&")[0] or "linear"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("parameter", ["activation", "nonlinearity"])
def test_weights_and_advice_take_every_name_of_the_table(client, parameter, name):
    assert advised(client, parameter, name) == find_activation(name).name
    assert located(client, parameter, name) == find_activation(name).full_name


@pytest.mark.parametrize(("typed", "name"), TYPED)
def test_weights_and_advice_take_any_spelling(client, typed, name):
    assert advised(client, "activation", typed) == name
    assert located(client, "nonlinearity", typed) == find_activation(typed).full_name


def test_the_canonical_url_says_nonlinearity(client):
    reply = client.get("/weights/he_normal?shape=2,3&seed=1&activation=nn.GELU")

    assert "&nonlinearity=gelu&" in reply.headers["content-location"]
    assert reply.json() == client.get("/weights/he_normal?shape=2,3&seed=1&nonlinearity=gelu").json()
    body = {"initializer": "he_normal", "shape": [2, 3], "seed": 1, "activation": "gelu"}
    assert client.post("/weights", json=body).json() == reply.json()


def test_advice_is_the_same_by_either_name(client):
    asked = "/advise?layer=dense&shape=8,8&{}=ELU&alpha=0.5&current=he_normal?{}=elu"
    replies = [client.get(asked.format(name, name)).json() for name in ("activation", "nonlinearity")]

    assert replies[0] == replies[1]
    assert replies[0]["verdict"] is not None


@pytest.mark.parametrize(
    "path", ["/weights/he_normal?shape=2,2&activation=relu&nonlinearity=relu",
             "/advise?layer=dense&nonlinearity=relu&activation=gelu"],
)  # fmt: skip
def test_both_names_are_one_too_many(client, path):
    (error,) = client.get(path).json()["errors"]

    assert error["parameter"] in {"activation", "nonlinearity"}
    assert "is another name of" in error["detail"]


def test_a_fault_is_told_by_the_name_that_the_request_has(client):
    (unknown,) = client.get("/weights/he_normal?shape=2,2&activation=rulu").json()["errors"]
    (advice,) = client.get("/advise?layer=dense&nonlinearity=rleu").json()["errors"]
    body = {"initializer": "he_normal", "shape": [2, 2], "activation": "relu", "gain": 1}
    (two_gains,) = client.post("/weights", json=body).json()["errors"]
    layers = {"layers": [{"layer": "dense"}, {"layer": "dense", "nonlinearity": 1}]}
    (pointed,) = client.post("/advise", json=layers).json()["errors"]
    current = client.get("/advise?layer=dense&current=he_normal?activation=rulu").json()["errors"]

    assert (unknown["parameter"], advice["parameter"]) == ("activation", "nonlinearity")
    assert "did you mean relu" in unknown["detail"]
    assert "did you mean relu" in advice["detail"]
    assert two_gains["pointer"] == "/activation"
    assert pointed["pointer"] == "/layers/1/nonlinearity"
    assert current[0]["detail"].startswith("activation: is not known")


def test_an_activation_whose_gain_is_not_tabulated_is_refused_with_what_to_do(client):
    (error,) = client.get("/weights/he_normal?shape=2,2&nonlinearity=maxout_6").json()["errors"]
    advice = client.get("/advise?layer=dense&shape=2,2&activation=maxout_6").json()

    assert error["parameter"] == "nonlinearity"
    assert "give it as gain: /advise computes it" in error["detail"]
    assert advice["recommendation"]["weights"]["parameters"]["gain"] > 0


def test_schemes_without_an_activation_take_neither_name(client):
    for name in ("activation", "nonlinearity"):
        (error,) = client.get(f"/weights/zeros?shape=2&{name}=relu").json()["errors"]
        assert error["parameter"] == name
        assert "takes no such parameter" in error["detail"]


@pytest.mark.slow
def test_the_document_has_both_names(client):
    page = client.get("/openapi.json").json()
    for path in ("/weights/{initializer}", "/advise"):
        parameters = page["paths"][path]["get"]["parameters"]
        names = [parameter.get("name", parameter.get("$ref", "").rpartition("/")[2]) for parameter in parameters]
        assert {"activation", "nonlinearity"} <= set(names)
        assert len(names) == len(set(names))
    for schema in ("TensorRequest", "AdviceRequest", "NetworkLayer"):
        assert {"activation", "nonlinearity"} <= page["components"]["schemas"][schema]["properties"].keys()
