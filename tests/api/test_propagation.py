from __future__ import annotations

import json

import pytest

from service.app import create_app
from service.settings import Settings
from tests.in_process import in_process

SMALL = {"width": 16, "depth": 4, "seeds": 2, "candidates": ["he_normal"]}


def _post(client, **members):
    return client.post("/propagation", json=members)


def test_a_get_answers_as_a_post(client):
    told = _post(client, **{**SMALL, "candidates": ["he_normal", "normal?std=0.1", "kaiming_normal_(w, a=0)"]}).json()
    query = "width=16&depth=4&seeds=2&candidates=he_normal,normal%3Fstd%3D0.1,kaiming_normal_(w, a=0)"

    assert client.get(f"/propagation?{query}").json() == told
    repeated = query.replace(",normal", "&candidates=normal")
    assert client.get(f"/propagation?{repeated}").json() == told


def test_what_is_not_said_is_assumed_and_told(client):
    answer = client.get("/propagation?width=16&depth=3&seeds=1").json()

    assert answer["assumed"] == {
        "activation": "relu",
        "candidates": [
            "he_normal",
            "glorot_normal",
            "lecun_normal",
            "orthogonal",
            "normal?std=0.02",
            "pytorch default",
        ],
        "batch_size": 16,
        "seed": "0",
    }  # fmt: skip
    assert [each["candidate"] for each in answer["candidates"]] == answer["assumed"]["candidates"]
    assert sorted(answer["ranking"]) == sorted(answer["assumed"]["candidates"])
    assert client.get("/propagation?candidates=zeros&seeds=1").json()["stack"]["widths"] == [256] * 20


def test_the_same_request_has_the_same_answer_and_other_seeds_another(client):
    first, again = (_post(client, **SMALL).content for _ in range(2))
    other = _post(client, **SMALL, seed=2).content

    assert first == again
    assert first != other


def test_the_threads_are_not_in_the_answer():
    answers = set()
    for threads in (1, 3):
        with in_process(create_app(Settings(threads=threads))) as client:
            answers.add(_post(client, **{**SMALL, "candidates": ["he_normal", "glorot_normal"]}).content)

    assert len(answers) == 1


def test_seeds_are_one_after_another_and_begin_again_after_the_last(client):
    assert _post(client, **SMALL, seed="18446744073709551615").json()["seeds"] == ["18446744073709551615", "0"]


def test_each_seed_is_the_same_by_itself(client):
    both = _post(client, **SMALL).json()["candidates"][0]["signal"]
    alone = [_post(client, **{**SMALL, "seeds": 1, "seed": seed}).json()["candidates"][0]["signal"] for seed in (0, 1)]

    assert both["low"] == [min(pair) for pair in zip(*(each["measured"] for each in alone), strict=True)]
    assert both["high"] == [max(pair) for pair in zip(*(each["measured"] for each in alone), strict=True)]


def test_code_that_says_the_shape_of_the_matrices_is_a_candidate(client):
    told = _post(client, **{**SMALL, "candidates": ["torch.randn(16, 16) * 0.1", "normal?std=0.1"]}).json()

    code, named = told["candidates"]
    assert code["candidate"] == "torch.randn(16, 16) * 0.1"
    assert code["signal"] == named["signal"]


def test_the_frameworks_words_are_understood(client):
    candidates = [
        "xavier_uniform_", "keras.initializers.HeNormal()", "nn.init.normal_(w, 0, 0.1)", "keras default",
        {"initializer": "VarianceScaling", "scale": 2.0, "mode": "fan_in"}, "pytorch default",
    ]  # fmt: skip
    told = _post(client, **{**SMALL, "candidates": candidates}).json()["candidates"]

    assert [each["initializer"] for each in told] == [
        "glorot_uniform", "he_normal", "normal", "keras_default", "variance_scaling", "pytorch_default",
    ]  # fmt: skip


def test_a_text_is_for_people(client):
    by_format = client.get("/propagation?format=text&width=16&depth=4&candidates=he_normal,zeros")
    by_accept = client.get("/propagation?width=16&depth=4&candidates=he_normal,zeros", headers={"Accept": "text/plain"})

    assert by_format.headers["Content-Type"].startswith("text/plain")
    assert by_format.text == by_accept.text
    assert by_accept.headers["Vary"] == "Accept"
    assert "signal vanishes at layer 2" in by_format.text


@pytest.mark.parametrize(
    ("members", "pointer", "words"),
    [
        ({"widht": 4}, "/widht", "did you mean width?"),
        ({"widths": [4, 8], "width": 4}, "/width", "give one of them"),
        ({"widths": [4, 8], "depth": 2}, "/depth", "give one of them"),
        ({"widths": [4]}, "/widths", "2"),
        ({"widths": [4, 8], "residual": True}, "/widths", "alike"),
        ({"width": 0}, "/width", "1"),
        ({"depth": 1}, "/depth", "2"),
        ({"depth": 513}, "/depth", "512"),
        ({"activation": "reluu"}, "/activation", "relu"),
        ({"activation": "swiglu"}, "/activation", "no function of each pre-activation"),
        ({"activation": "relu", "alpha": 1.0}, "/alpha", "relu has no alpha"),
        ({"layers_per_branch": 2}, "/layers_per_branch", "residual"),
        ({"norm_position": "post"}, "/norm_position", "residual"),
        ({"residual": True, "norm_position": "post"}, "/norm_position", "normalization"),
        ({"normalization": "group"}, "/normalization", "batch"),
        ({"normalization": "batch", "batch_size": 1}, "/batch_size", "2"),
        ({"batch_size": 257}, "/batch_size", "256"),
        ({"seeds": 33}, "/seeds", "32"),
        ({"candidates": []}, None, None),
        ({"candidates": ["he_normal"] * 9}, "/candidates", "8"),
        ({"candidates": ["he_normal", "he_normul"]}, "/candidates/1", "he_normal"),
        ({"candidates": [{"initializer": "normal", "std": -1}]}, "/candidates/0", "std"),
        ({"candidates": [{"std": 1}]}, "/candidates/0", "initializer"),
        ({"candidates": ["he_normal?shape=2,3"]}, "/candidates/0", "shape"),
        ({"candidates": ["torch.randn(784, 16) * 0.01"]}, "/candidates/0", "has the shape 784,16"),
        ({"candidates": ["keras.initializers.HeNormal(seed=1)"]}, "/candidates/0", "says seed"),
        ({"candidates": ["caffe default"]}, "/candidates/0", ""),
        ({"candidates": [7]}, "/candidates", ""),
        ({"candidates": [{"initializer": "he_normal", "bias": 3.5}]}, "/candidates/0", "name"),
        ({"candidates": ["s4d_lin"]}, "/candidates/0", ""),
        ({"seed": -1}, "/seed", "integer"),
        ({"evidence": "full"}, "/evidence", "no such parameter"),
    ],
    ids=str,
)
def test_what_makes_no_experiment_is_refused_where_it_stands(client, members, pointer, words):
    response = _post(client, **members, **({} if "candidates" in members else {"candidates": ["he_normal"]}))
    if pointer is None:
        assert response.status_code == 200
        return

    assert response.status_code == 422, response.text
    problem = response.json()
    places = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert pointer in places
    assert words in places[pointer]


def test_in_a_query_a_candidate_is_called_by_its_number(client):
    response = client.get("/propagation?candidates=he_normal,he_normul")

    (error,) = response.json()["errors"]
    assert error["parameter"] == "candidates"
    assert error["detail"].startswith("number 2: ")


def test_the_work_is_bounded_and_the_limit_told(client):
    response = _post(client, width=4096, depth=50, seeds=32, candidates=["orthogonal"] * 8)

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/over-limit"
    assert "fewer candidates" in response.json()["detail"]
    assert "FANIN_MAX_SECONDS" in response.json()["detail"]


def test_an_operators_limit_holds():
    with in_process(create_app(Settings(max_seconds=1))) as client:
        assert _post(client, width=512, depth=50, seeds=8, candidates=["he_normal"] * 8).status_code == 422


def test_a_head_has_no_body(client):
    response = client.head("/propagation?width=8&depth=3&candidates=zeros")

    assert response.status_code == 200
    assert response.content == b""


def test_the_numbers_are_those_that_were_told_before(client):
    """Golden: what a stream of version 1 leaves, to the digits that are told, is the same on every machine."""
    told = _post(client, **SMALL, activation="tanh").json()["candidates"][0]

    assert json.dumps(told["signal"]["measured"]) == "[1.0, 0.7403, 0.6481, 0.63]"
