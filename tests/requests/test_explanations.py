from __future__ import annotations

import pytest


def test_a_misspelt_parameter_is_answered_with_those_that_there_are(client):
    ((error),) = client.get("/weights/he_normal?shape=2,2&sede=4").json()["errors"]

    assert "seed" in error["detail"]
    assert "nonlinearity" in error["detail"]


def test_of_several_unknown_parameters_one_lists_those_that_there_are(client):
    errors = client.get("/weights/he_normal?shape=2,2&foo=4&bar=5&sede=6").json()["errors"]

    assert ["it takes layout" in error["detail"] for error in errors] == [True, False, False]
    assert errors[1]["detail"] == "he_normal takes no such parameter"
    assert errors[2]["detail"] == "he_normal takes no such parameter; did you mean seed?"


@pytest.mark.parametrize(
    ("query", "parameter", "told"),
    [
        ("zeros?shape=2&name=" + "a" * 257, "name", "has more than 256 characters"),
        ("zeros?shape=" + ",".join("1" * 33), "shape", "has more than 32 axes"),
    ],
)
def test_what_is_too_long_is_told_in_its_units(client, query, parameter, told):
    ((error),) = client.get(f"/weights/{query}").json()["errors"]

    assert (error["parameter"], error["detail"]) == (parameter, told)


HINTS = [
    ("he_normal?shape=2,2&a=2.2", "did you mean negative_slope=2.2?"),
    ("uniform?shape=2&a=0&high=1", "did you mean low=0?"),
    ("truncated_normal?shape=2&a=-2&b=2", "did you mean low=-2&bounds=absolute?"),
    ("truncated_normal?shape=2&a=-2&b=2", "did you mean high=2&bounds=absolute?"),
    ("truncated_normal?shape=2&minval=-1", "did you mean low=-1&bounds=absolute?"),
    ("truncated_normal?shape=2&bound=0.04", "did you mean low=-0.04&high=0.04&bounds=absolute?"),
    ("uniform?shape=2&minval=0", "did you mean low=0?"),
    ("uniform?shape=2&min=-1&max=1", "did you mean low=-1?"),
    ("uniform?shape=2&min=-1&max=1", "did you mean high=1?"),
    ("uniform?shape=2&bound=0.5", "did you mean low=-0.5&high=0.5?"),
    ("normal?shape=2&stddev=0.1", "did you mean std=0.1?"),
    ("normal?shape=2&sigma=0.1", "did you mean std=0.1?"),
    ("normal?shape=2&mu=0.1", "did you mean mean=0.1?"),
    ("normal?shape=2&loc=0.1&scale=2", "did you mean mean=0.1?"),
    ("normal?shape=2&variance=4", "did you mean std=2?"),
    ("normal?shape=2&scale=0.1", "did you mean std=0.1?"),
    ("uniform?shape=2&variance=1", "(normal, truncated_normal and others take std); did you mean low=-1.73205081&"),
    ("uniform?shape=2&std=0.1", "others take std); did you mean low=-0.173205081&high=0.173205081?"),
    ("uniform?shape=2&stdev=x", "did you mean low and high?"),
    ("uniform?shape=2&variance=-1", "did you mean low and high?"),
    ("uniform?shape=2&variance=1e308", "did you mean low and high?"),
    ("uniform?shape=2&scale=0.1", "(variance_scaling takes scale); did you mean low=0&high=0.1?"),
    ("uniform?shape=2&gain=2", "(glorot_uniform, glorot_normal and others take gain)"),
    ("normal?shape=2&limit=0.1", "(uniform, truncated_normal and mamba2_a_log take low)"),
    ("normal?shape=2&low=-2", "(uniform, truncated_normal and mamba2_a_log take low)"),
    ("normal?shape=2&sparsity=0.1", "(sparse takes sparsity)"),
    ("he_normal?shape=2,2&std=0.1", "take std); did you mean gain?"),
    ("variance_scaling?shape=2,2&gain=2", "others take gain); did you mean scale=4?"),
    ("normal?shape=2&random_state=7", "did you mean seed=7?"),
    ("normal?size=2", "did you mean shape=2?"),
    ("normal?n=2", "did you mean shape=2?"),
    ("he_normal?shape=2,2&scale=2", "did you mean gain=1.41421356?"),
    ("he_normal?shape=2,2&in_features=3", "did you mean fan_in=3?"),
    ("he_normal?shape=2,2&out_features=3", "did you mean fan_out=3?"),
    ("he_normal?rows=2&cols=2", "did you mean shape?"),
    ("he_normal?shape=2,2&data_type=float16", "did you mean dtype=float16?"),
    ("he_normal?shape=2,2&Seed=3", "did you mean seed?"),
    ("constant?shape=2&fill_value=1", "did you mean value=1?"),
    ("he_normal?shape=2,2&gain=tanh", "goes into nonlinearity"),
    ("he_normal?shape=2,2&flat=maybe", "true or false"),
    ("uniform?shape=2&low=0&high=inf", "finite number"),
    ("zeros?shape=2&dtype=f8", "'f8' may mean float64 or float8_e4m3fn or float8_e5m2"),
    ("zeros?shape=2&dtype=torch.float8_e4m3", "may mean float8_e4m3fn or float8_e5m2"),
    ("zeros?shape=2&dtype=flaot32", "did you mean float32?"),
    ("zeros?shape=2&format=npz", "did you mean npy?"),
    ("he_normal?shape=2,2&mode=fan", "may mean fan_in or fan_out"),
]


@pytest.mark.parametrize(("query", "hint"), HINTS)
def test_what_another_framework_would_take_is_answered_with_what_to_write_here(client, query, hint):
    assert hint in client.get(f"/weights/{query}").json()["detail"]


@pytest.mark.parametrize("shape", ["256,x", True, [2.5], ["2", "x"], [True], [-1], {"0": 1}, [[2]]])
def test_a_shape_that_is_no_list_of_sizes_is_answered_with_how_to_write_one(client, shape):
    page = client.post("/weights", json={"initializer": "zeros", "shape": shape}).json()

    assert page["status"] == 422
    assert "[256, 784] in JSON" in page["detail"]


def test_one_mistake_is_told_once(client):
    page = client.post("/weights", json={"initializer": "zeros", "shape": [-1] * 30}).json()

    assert len(page["errors"]) == 1


@pytest.mark.parametrize("name", ["norm", "table", "x", "qq", "llama"])
def test_what_is_like_no_parameter_has_no_guess(client, name):
    ((error),) = client.get(f"/weights/zeros?shape=2&{name}=1").json()["errors"]

    assert "did you mean" not in error["detail"]
