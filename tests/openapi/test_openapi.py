from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest
from openapi_spec_validator import validate

from service.catalogue.catalogue import CATALOGUE
from service.formats.registry import FORMATS
from service.framework_streams.registry import STREAMS
from service.requests.other_names import OTHER_NAMES
from service.requests.tensor_parameters import DeliveryParameters, TensorParameters
from service.requests.tensor_request import axis_models

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


def _parameters(document, path, method="get"):
    """Return the parameters of an operation, those among the components in their places."""
    shared = document["components"]["parameters"]
    return [
        shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        for parameter in document["paths"][path][method]["parameters"]
    ]


def _validate(value, document, name):
    """Check a value against a schema among the components."""
    jsonschema.validate(value, {"$ref": f"#/components/schemas/{name}", "components": document["components"]})


@pytest.mark.slow
def test_the_committed_document_is_the_codes():
    """`make openapi` writes it."""
    written = subprocess.run(
        [sys.executable, "-m", "scripts.write_openapi"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert (ROOT / "openapi" / "openapi.json").read_text() == written


def test_the_served_document_is_the_committed_one(document):
    assert document == json.loads((ROOT / "openapi" / "openapi.json").read_text())


@pytest.mark.slow
def test_the_document_is_valid(document):
    validate(document)


def test_the_paths_are_those_that_are_promised(document):
    assert {(path, method) for path, item in document["paths"].items() for method in item} >= {
        ("/weights/{initializer}", "get"), ("/weights/{initializer}", "head"), ("/weights", "post"),
        ("/weights/{initializer}.npy", "get"), ("/weights/{initializer}.json", "get"),
        ("/weights/{initializer}.safetensors", "get"), ("/weights/{initializer}.raw", "get"),
        ("/advise", "get"), ("/advise", "post"), ("/advise/network", "post"),
        ("/initializers", "get"), ("/initializers/{initializer}", "get"), ("/livez", "get"), ("/readyz", "get"),
    }  # fmt: skip


def test_every_parameter_of_every_initializer_is_in_the_query(document):
    parameters = _parameters(document, "/weights/{initializer}")
    documented = {p["name"] for p in parameters if p["in"] != "header"}
    own = {name for kind in CATALOGUE for model in (kind, *axis_models(kind)) for name in model.model_fields}

    own |= {OTHER_NAMES[name] for name in own & OTHER_NAMES.keys()}
    own |= {name for stream in STREAMS for name in stream.parameters.model_fields}
    own |= TensorParameters.model_fields.keys() | DeliveryParameters.model_fields.keys()
    assert documented == own | {"initializer"}


def test_every_parameter_says_what_it_is(document):
    for parameter in _parameters(document, "/weights/{initializer}"):
        assert len(parameter["description"]) > 10


def test_a_head_takes_what_a_get_takes_but_for_ranges(document):
    kept = [p for p in _parameters(document, "/weights/{initializer}") if p["name"] not in {"Range", "If-Range"}]

    assert _parameters(document, "/weights/{initializer}", "head") == kept


def test_a_body_has_the_members_of_the_query(document):
    body = document["components"]["schemas"]["TensorRequest"]
    query = {p["name"] for p in _parameters(document, "/weights/{initializer}") if p["in"] != "header"}

    assert set(body["properties"]) == query
    assert body["required"] == ["initializer", "shape"]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_path_of_a_format_takes_what_the_plain_one_takes_but_the_format(document, format_):
    own = _parameters(document, f"/weights/{{initializer}}.{FORMATS[format_].extension}")
    left_out = {"format"} if format_ == "json" else {"format", "flat"}
    left_out |= set() if FORMATS[format_].has_ranges else {"Range", "If-Range"}

    assert own == [p for p in _parameters(document, "/weights/{initializer}") if p["name"] not in left_out]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_path_of_a_format_answers_in_one_media_type(document, format_):
    responses = document["paths"][f"/weights/{{initializer}}.{FORMATS[format_].extension}"]["get"]["responses"]

    assert list(responses["200"]["content"]) == [FORMATS[format_].media_type]
    assert ("206" in responses) == FORMATS[format_].has_ranges == ("416" in responses)


@pytest.mark.parametrize(("path", "method"), [("/weights/{initializer}", "get"), ("/weights", "post")])
def test_every_problem_is_documented(document, path, method):
    responses = document["paths"][path][method]["responses"]

    assert {"200", "404", "406", "422"} <= set(responses)
    for status in set(responses) - {"200", "206", "304"}:
        assert set(responses[status]["content"]) == {"application/problem+json"}


def test_the_example_of_a_body_makes_a_tensor(client, document):
    example = document["paths"]["/weights"]["post"]["requestBody"]["content"]["application/json"]["example"]

    assert client.post("/weights", json=example).status_code == 200


def test_the_example_of_a_tensor_is_what_its_location_gives(client, document):
    location = document["paths"]["/weights/{initializer}"]["get"]["responses"]["200"]["headers"]["Content-Location"][
        "example"
    ]
    schema = document["components"]["schemas"]["Tensor"]
    example = schema.get("example") or schema["examples"][0]

    assert client.get(location).json() == example


@pytest.mark.parametrize("name", [kind.name for kind in CATALOGUE])
def test_replies_are_of_the_schema(client, document, name):
    page = client.get(client.get(f"/initializers/{name}").json()["example"]).json()

    _validate(page, document, "Tensor")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/weights/nothing?shape=2", {}),
        ("/weights/zeros?shape=x", {}),
        ("/weights/zeros?shape=99999999999&format=raw", {}),
        ("/weights/zeros?shape=2&dtype=bfloat16&format=npy", {}),
        ("/weights/zeros?shape=2", {"If-Match": '"a"'}),
        ("/weights/zeros?shape=2&format=raw", {"Range": "bytes=8-"}),
    ],
)
def test_problems_are_of_the_schema(client, document, path, fields):
    response = client.get(path, headers=fields)

    assert response.status_code >= 400
    _validate(response.json(), document, "Problem")


def test_nothing_in_the_document_names_a_machine(document):
    for server in document.get("servers", []):
        assert urlsplit(server["url"]).netloc == ""
