"""The OpenAPI document: what FastAPI cannot see, for endpoints that read queries and bodies themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from service.api.parameters import DeliveryParameters, TensorParameters
from service.formats.json import Json
from service.formats.registry import FORMATS
from service.initializers.catalogue import CATALOGUE
from service.problems import (
    BODY_TOO_LARGE,
    INVALID_REQUEST,
    MALFORMED_BODY,
    MEDIA_TYPE,
    NOT_ACCEPTABLE,
    NOT_READY,
    OVER_LIMIT,
    UNKNOWN_INITIALIZER,
    UNSUPPORTED_MEDIA_TYPE,
    Kind,
)
from service.tensors.dtypes import DTYPES

Schema = dict[str, Any]

DESCRIPTION = """
Weights for neural networks: name an initializer, give a shape and a seed, and load the tensor.

    curl 'localhost:8000/weights/he_normal?shape=256,784&seed=42&format=npy' -o w.npy

The same URL gives the same bytes on every machine and for ever. Parameters have the same names in the query
of a GET and in the JSON body of a POST; one that is unknown, or that the initializer does not take, is an error.
Every error is a problem document (RFC 9457).
"""

_BINARY = [f for f in FORMATS.values() if not isinstance(f, Json)]

_HEADERS: Schema = {
    "Content-Location": {
        "description": "The canonical URL, with which anyone gets the same bytes again.",
        "required": True,
        "schema": {"type": "string"},
        "example": "/weights/he_normal?shape=2,3&seed=42&dtype=float32&stream=1&format=json",
    },
    "Fanin-Shape": {
        "description": "The sizes of the axes; empty for a scalar.",
        "required": True,
        "schema": {"type": "string"},
        "example": "2,3",
    },
    "Fanin-Dtype": {
        "description": "The element type.",
        "required": True,
        "schema": {"type": "string", "enum": list(DTYPES)},
        "example": "float32",
    },
    "Fanin-Initializer": {
        "description": "The canonical name of the initializer.",
        "required": True,
        "schema": {"type": "string"},
        "example": "he_normal",
    },
    "Fanin-Stream": {
        "description": "The version of the random stream.",
        "required": True,
        "schema": {"type": "string"},
        "example": "1",
    },
    "Fanin-Seed": {
        "description": "The seed, given or drawn; absent when the initializer draws nothing.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "42",
    },
    "Fanin-Std": {
        "description": "The standard deviation of the elements. Every other parameter, given, assumed or derived "
        "(fan_in, gain, bound, ...), stands in a header of its own in the same way.",
        "schema": {"type": "number"},
        "example": 0.8164965809277261,
    },
}

_EXAMPLE: Schema = {
    "name": "weight",
    "shape": [2, 3],
    "datatype": "FP32",
    "data": [[-0.9283797, -0.2555138, -1.4465622], [0.38304043, 0.5695671, 0.10273228]],
    "parameters": {
        "initializer": "he_normal", "seed": "42", "distribution": "normal", "mode": "fan_in",
        "gain": 1.4142135623730951, "nonlinearity": "relu", "fan_in": 3, "fan_out": 2,
        "std": 0.8164965809277261, "stream": "1",
    },
}  # fmt: skip

_TENSOR: Schema = {
    "title": "Tensor",
    "type": "object",
    "description": "A tensor, with the member names of the Open Inference Protocol.",
    "required": ["name", "shape", "datatype", "data", "parameters"],
    "properties": {
        "name": {"type": "string", "description": "The tensor's name, or weight when it has none."},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "datatype": {
            "type": "string",
            "enum": [d.open_inference_name for d in DTYPES.values() if d.open_inference_name],
        },
        "data": {
            "description": "Nested lists, one level an axis; one list with flat=true; a number for a scalar.",
            "anyOf": [{"type": "number"}, {"type": "array", "items": {}}],
        },
        "parameters": {
            "type": "object",
            "description": "What another program needs to make or check the tensor: the initializer, the seed (a "
            "string), the stream, and every parameter, given, assumed or derived.",
            "required": ["initializer", "stream"],
            "properties": {
                "initializer": {"type": "string"},
                "seed": {"type": "string", "pattern": "^[0-9]+$"},
                "name": {"type": "string"},
                "fan_in": {"type": "number"},
                "fan_out": {"type": "number"},
                "gain": {"type": "number"},
                "std": {"type": "number"},
                "bound": {"type": "number"},
                "stream": {"type": "string"},
            },
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        },
    },
    "additionalProperties": False,
    "example": _EXAMPLE,
}

_PROBLEM: Schema = {
    "title": "Problem",
    "type": "object",
    "description": "What is wrong, where, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "/problems/{slug}, which describes it, or about:blank."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Each thing wrong, by `parameter` (of the query) or `pointer` (into the body, RFC 6901).",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "parameter": {"type": "string"},
                    "pointer": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
        "nearest": {
            "type": "array",
            "description": "Names that resemble the one asked for.",
            "items": {"type": "string"},
        },
        "supported": {
            "type": "array",
            "description": "What can be had instead.",
            "items": {
                "type": "object",
                "required": ["format", "media_type"],
                "properties": {"format": {"type": "string"}, "media_type": {"type": "string"}},
                "additionalProperties": False,
            },
        },
        "limit": {"type": "integer"},
        "requested": {"type": "integer"},
    },
    "additionalProperties": False,
}

_TENSOR_PROBLEMS = (INVALID_REQUEST, OVER_LIMIT, UNKNOWN_INITIALIZER, NOT_ACCEPTABLE)
_BODY_PROBLEMS = (UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY, BODY_TOO_LARGE)


def complete(app: FastAPI) -> None:
    """Give `app` an OpenAPI document in which every parameter, response, header and problem stands."""

    def document() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> Schema:
    page = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=DESCRIPTION,
        license_info=app.license_info,
        routes=app.routes,
    )
    schemas = page.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {"Tensor": _TENSOR, "Problem": _PROBLEM}
    paths = page["paths"]
    weights, collection = paths["/weights/{initializer}"], paths["/weights"]
    name = {
        "name": "initializer",
        "in": "path",
        "required": True,
        "description": "The name of an initializer, or any alias of it: he_normal, kaiming_normal_, HeNormal.",
        "schema": {"type": "string", "minLength": 1},
        "example": "he_normal",
    }
    for method in ("get", "head"):
        weights[method]["parameters"] = [name, *_query_parameters()]
        weights[method]["responses"] = _responses(
            _tensor_reply(body=method == "get"), _TENSOR_PROBLEMS, method == "get"
        )
    collection["post"]["requestBody"] = {"required": True, "content": {"application/json": _body(schemas)}}
    collection["post"]["responses"] = _responses(_tensor_reply(body=True), (*_TENSOR_PROBLEMS, *_BODY_PROBLEMS))
    initializer = paths["/initializers/{initializer}"]["get"]
    initializer["parameters"] = [name]
    for operation, kinds in (
        (initializer, (UNKNOWN_INITIALIZER,)),
        (paths["/readyz"]["get"], (NOT_READY,)),
        (paths["/problems/{slug}"]["get"], ()),
    ):
        operation["responses"].pop("422", None)
        operation["responses"] |= _problems(kinds)
    paths["/problems/{slug}"]["get"]["responses"]["404"] = _problem_reply("No such type of problem.")
    return page


def _responses(success: Schema, kinds: tuple[Kind, ...], with_body: bool = True) -> Schema:
    return {"200": success, **_problems(kinds, with_body)}


def _problems(kinds: tuple[Kind, ...], with_body: bool = True) -> Schema:
    by_status: dict[str, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(str(kind.status.value), []).append(kind)
    return {
        status: _problem_reply(" Or: ".join(f"{kind.title}. {kind.description}" for kind in group), with_body)
        for status, group in sorted(by_status.items())
    }


def _problem_reply(description: str, with_body: bool = True) -> Schema:
    reply: Schema = {"description": description}
    if with_body:
        reply["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return reply


def _tensor_reply(body: bool) -> Schema:
    content: Schema = {Json.media_type: {"schema": {"$ref": "#/components/schemas/Tensor"}}}
    content |= {f.media_type: {"schema": {"type": "string", "format": "binary"}} for f in _BINARY}
    reply: Schema = {
        "description": "The tensor." if body else "The headers of the tensor's reply.",
        "headers": _HEADERS,
    }
    if body:
        reply["content"] = content
    return reply


def _query_parameters() -> list[Schema]:
    """Return the parameters of every tensor, then those of the initializers, with who takes each."""
    parameters = [_query_parameter(*item) for item in _fields(TensorParameters)]
    parameters += [_query_parameter(*item) for item in _fields(DeliveryParameters)]
    takers: dict[str, list[tuple[str, Schema]]] = {}
    for kind in CATALOGUE:
        for field, schema, _ in _fields(kind):
            takers.setdefault(field, []).append((kind.entry.name, schema))
    for field, taking in takers.items():
        schemas = []
        for _, schema in taking:
            bare = {key: value for key, value in schema.items() if key not in ("description", "default", "title")}
            if bare not in schemas:
                schemas.append(bare)
        descriptions = dict.fromkeys(schema["description"] for _, schema in taking if "description" in schema)
        parameters.append(
            {
                "name": field,
                "in": "query",
                "description": " ".join([*descriptions, f"Taken by {', '.join(name for name, _ in taking)}."]),
                "schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas},
            }
        )
    return parameters


def _query_parameter(field: str, schema: Schema, required: bool) -> Schema:
    description = schema.pop("description", "")
    if field == "shape":
        schema = {"type": "string", "pattern": "^([0-9]+(,[0-9]+)*)?$"}
    parameter: Schema = {
        "name": field,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }
    examples = {"shape": "256,784", "seed": "42", "format": "npy"}
    if field in examples:
        parameter["example"] = examples[field]
    return parameter


def _fields(model: type[BaseModel]) -> list[tuple[str, Schema, bool]]:
    """Return the name, the schema without null (which a query cannot say) and the necessity of each field."""
    page = model.model_json_schema()
    required = page.get("required", [])
    return [(name, _without_null(schema), name in required) for name, schema in page.get("properties", {}).items()]


def _without_null(schema: Schema) -> Schema:
    schema = {
        key: value for key, value in schema.items() if key != "title" and not (key == "default" and value is None)
    }
    choices = [choice for choice in schema.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **schema}
    return {**schema, "anyOf": choices} if choices else schema


def _body(schemas: Schema) -> Schema:
    """Return the content of the POST: one schema an initializer, told apart by the member `initializer`."""
    mapping = {}
    for kind in CATALOGUE:
        title = f"{kind.entry.name.title().replace('_', '')}Request"
        properties: Schema = {"initializer": {"type": "string", "const": kind.entry.name}}
        required = ["initializer"]
        for model in (TensorParameters, kind, DeliveryParameters):
            for field, schema, necessary in _fields(model):
                properties[field] = schema
                if necessary:
                    required.append(field)
        schemas[title] = {
            "title": title, "type": "object", "description": kind.entry.summary,
            "properties": properties, "required": required, "additionalProperties": False,
        }  # fmt: skip
        mapping[kind.entry.name] = f"#/components/schemas/{title}"
    return {
        "schema": {
            "oneOf": [{"$ref": reference} for reference in mapping.values()],
            "discriminator": {"propertyName": "initializer", "mapping": mapping},
        },
        "example": {"initializer": "he_normal", "shape": [256, 784], "seed": 42, "format": "npy"},
    }
