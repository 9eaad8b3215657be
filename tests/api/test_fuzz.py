"""Whatever a client sends, the reply is one that the document tells of."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.app import create_app
from service.catalogue.catalogue import CATALOGUE
from service.tensors.dtypes import DTYPES
from tests.limited import LIMITED


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(LIMITED), raise_server_exceptions=False) as client:
        yield client


def _assert_is_documented(response, statuses):
    assert response.status_code in statuses, response.text
    if response.status_code != 200:
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["detail"]


KEYS = sorted(
    {
        "shape",
        "seed",
        "name",
        "dtype",
        "stream",
        "format",
        "flat",
        *(f for kind in CATALOGUE for f in kind.model_fields),
    }
)
NAMES = st.sampled_from([kind.name for kind in CATALOGUE])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "0", "1", "-1", "2,3", "4,6,2", "0,3", "1e9", "nan", "inf", "-0.0", "null", "true", "relu", "in_out", "9" * 50]
)


@pytest.mark.slow
@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    NAMES | TEXTS,
    st.lists(st.tuples(st.sampled_from(KEYS) | TEXTS, TEXTS), max_size=6)
    .map(lambda pairs: "&".join(f"{quote(key)}={quote(value)}" for key, value in pairs))
    .flatmap(lambda query: st.just(query) | st.just("shape=2,4&" + query))
    | st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=40),
)
def test_any_query_is_answered(client, name, query):
    """A slash in the name, or none at all, is another path."""
    _assert_is_documented(client.get(f"/weights/{quote(name, safe='')}?{query}"), {200, 404, 405, 406, 422})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.slow
@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    JSON
    | st.fixed_dictionaries(
        {"initializer": NAMES, "shape": st.lists(st.integers(0, 6), max_size=4)},
        optional={
            "seed": st.integers(),
            "dtype": st.sampled_from([*DTYPES]),
            **{key: JSON for key in KEYS if key not in {"shape", "dtype", "seed"}},
        },
    )
    | st.dictionaries(st.sampled_from(["initializer", *KEYS]) | st.text(st.characters(), max_size=5), JSON, max_size=6)
)
def test_any_json_body_is_answered(client, value):
    response = client.post("/weights", content=json.dumps(value), headers={"Content-Type": "application/json"})

    _assert_is_documented(response, {200, 400, 404, 406, 422})


@pytest.mark.slow
@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.binary(max_size=40) | st.text('{}[]",:0123456789.eE-+truefalsn \\u', max_size=40).map(str.encode))
def test_any_bytes_are_answered(client, body):
    response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    _assert_is_documented(response, {400, 422})


NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-3, 3)
    | st.sampled_from([0.0, -0.0, 5e-324, 1e308, 1e-308])
)
SMALL = st.lists(st.integers(0, 4), max_size=4)
LARGE = st.lists(st.sampled_from([0, 1, 2**31, 2**48]), max_size=32)


def _parameters(kind):
    """Return a strategy for the parameters of an initializer, each of the right type, with any number."""
    own = {}
    for key, field in kind.model_json_schema().get("properties", {}).items():
        choices = field.get("anyOf", [field])
        allowed = next((choice["enum"] for choice in (*choices, field) if "enum" in choice), None)
        if allowed:
            own[key] = st.sampled_from(allowed)
        else:
            own[key] = st.integers(1, 4) if {"integer"} & {choice.get("type") for choice in choices} else NUMBERS
    return st.fixed_dictionaries({}, optional=own)


REQUESTS = st.sampled_from(list(CATALOGUE)).flatmap(
    lambda kind: st.tuples(
        st.just(kind.name),
        _parameters(kind),
        st.fixed_dictionaries({"shape": SMALL, "dtype": st.sampled_from([*DTYPES]), "format": st.just("json")})
        | st.fixed_dictionaries(
            {
                "shape": SMALL | LARGE,
                "dtype": st.sampled_from([*DTYPES]),
                "format": st.sampled_from(["npy", "raw", "safetensors"]),
            }
        ),
    )
)


@pytest.mark.slow
@settings(derandomize=True, max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(request_=REQUESTS)
def test_numbers_of_any_size_make_a_tensor_that_its_location_makes_again(client, request_):
    name, own, general = request_
    response = client.post("/weights", json={"initializer": name, "seed": 1, **own, **general})

    _assert_is_documented(response, {200, 406, 422})
    if response.status_code == 200:
        assert client.get(response.headers["Content-Location"]).content == response.content
        assert not any(text in value for value in response.headers.values() for text in ("inf,", "nan"))
        if general["format"] == "json":
            assert b"null" not in response.content
