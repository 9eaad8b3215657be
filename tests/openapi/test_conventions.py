"""What client generators need of the document, each the remedy for a generator that failed without it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from service.catalogue.catalogue import CATALOGUE
from service.openapi.conventions import follow_conventions
from service.requests.tensor_parameters import MAX_RANK

KEYWORDS = {
    "string": {"minLength", "maxLength", "pattern"},
    "array": {"minItems", "maxItems", "items", "prefixItems", "uniqueItems"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "object": {"properties", "required", "additionalProperties", "maxProperties"},
}
"""What says something of values of each type."""


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def every_schema(document):
    """Every schema of the document, with where it stands."""
    found = [*_held(document["paths"], "paths"), *_held(document["components"]["parameters"], "parameters")]
    for name, schema in document["components"]["schemas"].items():
        found += _within(schema, name)
    assert len(found) > 500
    return found


def _held(value, place):
    """Yield the schemas that parameters, headers and bodies have."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        if isinstance(value.get("schema"), dict):
            yield from _within(value["schema"], f"{place}/schema")
        for key, item in value.items():
            if key not in ("schema", "example", "examples"):
                yield from _held(item, f"{place}/{key}")


def _within(schema, place):
    """Yield a schema and those of its parts."""
    yield place, schema
    parts = {key: schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)}
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        parts |= {f"{key}/{index}": item for index, item in enumerate(schema.get(key, []))}
    for key, part in {**parts, **schema.get("properties", {})}.items():
        yield from _within(part, f"{place}/{key}")


def _validator(document, name):
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    )


def test_no_member_has_a_default(every_schema):
    """openapi-typescript makes it required, and datamodel-codegen sends it."""
    assert [place for place, schema in every_schema if "default" in schema] == []


def test_every_number_has_a_format_of_64_bits(every_schema):
    """Go, Java, Rust and C# read an integer without one in 32 bits, and a number as a float."""
    formats = {"integer": "int64", "number": "double"}

    bad = [place for place, s in every_schema if s.get("type") in formats and s.get("format") != formats[s["type"]]]
    assert bad == []


def test_a_title_is_the_name_of_one_component(document, every_schema):
    """openapi-python-client makes one class of two schemas with one title."""
    components = document["components"]["schemas"]

    assert all(schema["title"] == name for name, schema in components.items())
    assert [place for place, schema in every_schema if "title" in schema and place not in components] == []


def test_no_choice_has_enumerations_that_share_members(every_schema):
    """orval's object of the members would have one twice."""
    for place, schema in every_schema:
        members = [m for choice in schema.get("anyOf", []) for m in choice.get("enum", [])]
        assert len(members) == len(set(members)), place


def test_no_choice_is_exclusive(every_schema):
    """A value that is of two of the schemas of a oneOf is refused by clients in Go and Java."""
    assert [place for place, schema in every_schema if "oneOf" in schema] == []


def test_no_typed_members_stand_beside_typed_others(every_schema):
    """TypeScript has no type for such an object."""
    bad = [
        place
        for place, schema in every_schema
        if schema.get("properties") and isinstance(schema.get("additionalProperties"), dict)
    ]
    assert bad == []


def test_every_keyword_is_of_the_type_beside_it(every_schema):
    """maxLength says nothing of an array."""
    everything = set().union(*KEYWORDS.values())
    for place, schema in every_schema:
        if isinstance(schema.get("type"), str):
            assert not (everything - KEYWORDS.get(schema["type"], set())) & set(schema), place


def test_every_object_says_what_it_holds(every_schema):
    for place, schema in every_schema:
        if schema.get("type") == "object":
            assert "properties" in schema or "additionalProperties" in schema, place


def test_a_parameter_of_a_query_has_one_type(document):
    """Go writes the address of a choice into the query."""
    of_paths = [p for item in document["paths"].values() for op in item.values() for p in op.get("parameters", [])]
    for parameter in [*of_paths, *document["components"]["parameters"].values()]:
        assert "anyOf" not in parameter.get("schema", {}), parameter


def test_an_enumeration_of_several_members_is_a_component(every_schema):
    inline = [
        tuple(schema["enum"])
        for place, schema in every_schema
        if schema.get("type") == "string" and "enum" in schema and "/" in place and "/headers/" not in place
    ]

    assert len(set(inline)) == len(inline)


def test_every_operation_has_a_name_of_its_own(document):
    names = [op["operationId"] for item in document["paths"].values() for op in item.values()]

    assert len(set(names)) == len(names)


def test_every_operation_answers_json_of_one_schema(document):
    for path, item in document["paths"].items():
        for operation in item.values():
            content = operation["responses"]["200"].get("content", {})
            if "application/json" in content:
                assert set(content["application/json"]["schema"]) == {"$ref"}, path


def test_every_reference_leads_somewhere(document, every_schema):
    for place, schema in every_schema:
        if "$ref" in schema:
            assert schema["$ref"].rpartition("/")[2] in document["components"]["schemas"], place


def test_two_enumerations_of_one_member_have_names_of_their_own():
    def of(values):
        return {"type": "object", "properties": {"mode": {"type": "string", "enum": values, "description": "Which."}}}

    page = {"paths": {}, "components": {"schemas": {"A": of(["x"]), "B": of(["x"]), "C": of(["y"]), "D": of(["y"])}}}
    follow_conventions(page)

    schemas = page["components"]["schemas"]
    assert (schemas["ModeName"]["enum"], schemas["LayerModeName"]["enum"]) == (["x"], ["y"])
    assert schemas["D"]["properties"]["mode"] == {"$ref": "#/components/schemas/LayerModeName", "description": "Which."}


@pytest.mark.parametrize("name", ["he_normal", "HeNormal", "kaiming_normal_", "torch.nn.init.xavier_uniform_"])
def test_an_alias_is_valid_in_a_body_and_accepted(client, document, name):
    body = {"initializer": name, "shape": [2, 3], "seed": 1}

    assert _validator(document, "TensorRequest").is_valid(body)
    assert client.post("/weights", json=body).status_code == 200


@pytest.mark.parametrize("kind", list(CATALOGUE), ids=lambda kind: kind.name)
def test_every_initializer_s_parameters_are_those_of_the_body(document, kind):
    assert kind.model_fields.keys() <= document["components"]["schemas"]["TensorRequest"]["properties"].keys()


@pytest.mark.parametrize(
    ("seed", "is_valid"),
    [
        (0, True), (42, True), (2**53 + 1, True), (2**63 - 1, True), (2**64 - 1, True),
        (2**64, False), (-1, False), (1.5, False), (True, False),
        ("0", True), ("007", True), (str(2**63), True), (str(2**64 - 1), True), (str(2**64), False),
        ("99999999999999999999", False), ("", False), ("-1", False), ("0x2a", False), ("x", False),
    ],
)  # fmt: skip
def test_a_seed_is_valid_where_it_is_accepted(client, document, seed, is_valid):
    body = {"initializer": "normal", "shape": [2], "seed": seed}

    assert _validator(document, "TensorRequest").is_valid(body) == is_valid
    assert (client.post("/weights", json=body).status_code == 200) == is_valid


@pytest.mark.parametrize(
    ("shape", "is_valid"),
    [([], True), ([0], True), ([1] * MAX_RANK, True), ([1] * (MAX_RANK + 1), False), ([1] * 40, False), ([-1], False)],
)
def test_a_shape_is_valid_where_it_is_accepted(client, document, shape, is_valid):
    body = {"initializer": "zeros", "shape": shape}

    assert _validator(document, "TensorRequest").is_valid(body) == is_valid
    assert (client.post("/weights", json=body).status_code == 200) == is_valid


LAYERS: list[dict[str, Any]] = [
    {"layer": "Linear", "shape": [256, 784], "activation": "relu", "framework": "pytorch"},
    {"layer": "LSTM", "shape": [512, 128], "framework": "keras"},
    {"layer": "Conv2d", "shape": [64, 3, 7, 7], "current": "normal?std=1", "architecture": "resnet", "depth": 50},
    {"layer": "Embedding", "shape": [1000, 64], "tied": True, "parametrization": "mup", "width": 64, "base_width": 32},
    {"layer": "BatchNorm2d", "shape": [64]},
    {"layer": "head", "shape": [10, 256], "seed": "18446744073709551615", "dtype": "bfloat16"},
    {"layer": "Linear", "role": "query", "name": "layers.0.q", "shape": [64, 64], "architecture": "llama", "depth": 12},
    {"layer": "GRU", "units": 64, "inputs": 32, "longest": 100},
    {"layer": "Linear", "shape": [64, 64], "activation_table": {"x": [-1, 0, 1], "y": [0, 0, 1]}},
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer["layer"])
def test_advice_on_a_layer_is_of_its_schema(client, document, layer):
    _validator(document, "AdviceRequest").validate(layer)
    response = client.post("/advise", json=layer)

    assert response.status_code == 200, response.text
    _validator(document, "Advice").validate(response.json())


@pytest.mark.slow
def test_advice_on_a_network_is_of_its_schema_and_its_tensors_are_requests(client, document):
    layers = [{k: v for k, v in layer.items() if k not in ("seed", "dtype")} for layer in LAYERS]
    body = {"seed": 7, "layers": [{**layer, "name": f"l{index}"} for index, layer in enumerate(layers)]}
    _validator(document, "NetworkAdviceRequest").validate(body)
    response = client.post("/advise/network", json=body)

    assert response.status_code == 200, response.text
    _validator(document, "NetworkAdvice").validate(response.json())
    assert response.json() == client.post("/advise", json=body).json()
    for tensor in response.json()["manifest"]["tensors"].values():
        assert client.post("/weights", json=tensor).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/layers"), ({"layer": "Linear", "shape": [2, 3]}, "/layers"), ({"layers": []}, "/layers")],
)
def test_a_network_without_layers_is_refused(client, body, pointer):
    response = client.post("/advise/network", json=body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_a_shape_that_is_assumed_may_be_larger_than_one_that_is_asked_for(client, document):
    page = client.get("/advise?layer=Linear&fan_in=3&fan_out=5000000000").json()

    _validator(document, "Advice").validate(page)
    assert max(page["assumed"]["shape"]) > 2**31
