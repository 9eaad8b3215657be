from __future__ import annotations

import pytest


def test_a_misspelt_parameter_is_answered_with_those_that_there_are(client):
    ((error),) = client.get("/weights/he_normal?shape=2,2&sede=4").json()["errors"]

    assert "seed" in error["detail"]
    assert "nonlinearity" in error["detail"]


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("he_normal?shape=2,2&a=2.2", "did you mean negative_slope?"),
        ("uniform?shape=2&a=0&high=1", "did you mean low?"),
        ("uniform?shape=2&minval=0", "did you mean low?"),
        ("normal?shape=2&stddev=0.1", "did you mean std?"),
        ("normal?shape=2&scale=0.1", "did you mean std?"),
        ("he_normal?shape=2,2&scale=2", "did you mean gain?"),
        ("constant?shape=2&fill_value=1", "did you mean value?"),
        ("he_normal?shape=2,2&gain=tanh", "goes into nonlinearity"),
        ("he_normal?shape=2,2&flat=yes", "true or false"),
        ("uniform?shape=2&low=0&high=inf", "finite number"),
    ],
)
def test_what_another_framework_would_take_is_answered_with_what_to_write_here(client, query, hint):
    assert hint in client.get(f"/weights/{query}").json()["detail"]


@pytest.mark.parametrize("shape", ["256,784", 5, [2.5], ["2"], [True], [-1], {"0": 1}, [[2]]])
def test_a_shape_that_is_no_list_of_sizes_is_answered_with_how_to_write_one(client, shape):
    page = client.post("/weights", json={"initializer": "zeros", "shape": shape}).json()

    assert page["status"] == 422
    assert "[256, 784] in JSON" in page["detail"]


def test_one_mistake_is_told_once(client):
    page = client.post("/weights", json={"initializer": "zeros", "shape": [-1] * 30}).json()

    assert len(page["errors"]) == 1
