"""The JSON for a list of layers: what several have in common is told once, and layers alike are answered alike."""

from __future__ import annotations

import itertools
import json
from urllib.parse import parse_qs, urlsplit

import pytest

LINEAR = {"layer": "Linear", "shape": [64, 64], "activation": "relu"}
HEAD = {"layer": "head", "shape": [10, 64]}


def answer_of(client, *layers, **members):
    response = client.post("/advise", json={"layers": list(layers), **members})
    assert response.status_code == 200, response.text
    return response.json()


def test_a_warning_of_several_layers_is_told_once_with_their_names(client):
    of_dropout = {**LINEAR, "activation": "tanh", "dropout": 0.5}
    answer = answer_of(client, *[{**LINEAR, "normalization": "batch"}] * 3, of_dropout)
    told = {each["warning"]: each["layers"] for each in answer["warnings"]}
    (text,) = (text for text in told if "leave it out" in text)

    assert told[text] == ["layers.0", "layers.1", "layers.2"]
    assert all(text not in layer["warnings"] for layer in answer["layers"])
    assert any("Dropout" in warning for warning in answer["layers"][3]["warnings"])
    assert len(set(told)) == len(answer["warnings"])


def test_a_warning_of_one_layer_stands_there(client):
    answer = answer_of(client, LINEAR, {**LINEAR, "normalization": "batch"})

    assert any("leave it out" in warning for warning in answer["layers"][1]["warnings"])
    assert not any("leave it out" in each["warning"] for each in answer["warnings"])


@pytest.mark.parametrize("evidence", ["short", "full"])
def test_experiments_of_several_layers_are_told_once(client, evidence):
    answer = answer_of(client, LINEAR, LINEAR, HEAD, evidence=evidence)
    shared = {each["name"] for each in answer["experiments"]}
    own = [{each["name"] for each in layer["experiments"]} for layer in answer["layers"]]

    assert {"gain sweep", "measured variance"} <= shared
    assert own[2] >= {"loss at initialisation"}
    assert own[0] == ({"gain sweep", "measured variance"} if evidence == "full" else set())


def test_a_full_answer_has_the_evidence_that_a_short_one_leaves_out(client):
    short, full = (answer_of(client, LINEAR, LINEAR, framework="pytorch", evidence=each) for each in ("short", "full"))

    assert "evidence" not in short["layers"][0]["alternatives"][0]
    assert {"forward_ratio", "finite_width"} <= full["layers"][0]["alternatives"][0]["evidence"].keys()
    assert full["layers"][0]["framework_default"]["weights"]["href"]
    for of_short, of_full in zip(short["layers"], full["layers"], strict=True):
        assert of_short["recommendation"] == of_full["recommendation"]
        assert of_short["evidence"].items() <= of_full["evidence"].items()
        assert of_short["framework_default"].items() <= of_full["framework_default"].items()
    assert short["manifest"] == full["manifest"]
    assert len(json.dumps(full)) > 1.3 * len(json.dumps(short))


NAMES = ["a", "b.0", "name=a.", "ünï ~", "a&name=a", "100 %", "x" * 200]


def test_layers_alike_are_answered_as_each_by_itself(client):
    """Under every name the links are those of the manifest."""
    layers = [{**LINEAR, "name": name, "current": "normal?std=1"} for name in NAMES]
    answer = answer_of(client, *layers, seed=5, framework="pytorch", evidence="full", depth=7)
    for name, layer in zip(NAMES, answer["layers"], strict=True):
        (alone,) = answer_of(client, {**LINEAR, "name": name, "current": "normal?std=1"}, seed=5, framework="pytorch",
                             evidence="full", depth=7)["layers"]  # fmt: skip
        hrefs = [layer["recommendation"]["weights"]["href"], layer["recommendation"]["bias"]["href"]]
        named = [parse_qs(urlsplit(href).query)["name"] for href in hrefs]

        assert {**layer, "experiments": None, "warnings": None} == {**alone, "experiments": None, "warnings": None}
        assert layer["layer"]["name"] == name
        assert named == [[f"{name}.weight"], [f"{name}.bias"]]
        assert f"{name}.weight" in answer["manifest"]["tensors"]


def test_names_are_checked_of_layers_alike(client):
    layers = [LINEAR, {**LINEAR, "name": "x" * 201}, {**LINEAR, "name": 7}]
    found = client.post("/advise", json={"layers": layers}).json()["errors"]

    assert [error["pointer"] for error in found] == ["/layers/1/name"]
    assert client.post("/advise", json={"layers": [LINEAR, {**LINEAR, "name": 7}]}).status_code == 422


def test_parameters_are_called_by_their_own_names_among_layers_alike(client):
    token = {"layer": "class_token", "shape": [1, 1, 8]}
    names = ["cls_token", "dist_token", "extra"]
    tensors = answer_of(client, *({**token, "name": name} for name in names))["manifest"]["tensors"]

    assert [*tensors] == names


@pytest.mark.slow
def test_two_thousand_layers_are_less_than_five_megabytes(client):
    """Of a chain of shapes that all differ, with a framework's default for each."""
    sizes = [64 + index * 37 % 101 for index in range(2001)]
    layers = [
        {"layer": "Linear", "shape": [outputs, inputs], "activation": ["relu", "gelu", "tanh", "silu"][index % 4]}
        for index, (inputs, outputs) in enumerate(itertools.pairwise(sizes))
    ]
    response = client.post("/advise", json={"layers": layers, "framework": "pytorch"})

    assert response.status_code == 200
    assert len(response.content) < 5e6
    assert {layer["assumed"]["depth"] for layer in response.json()["layers"]} == {2000}
