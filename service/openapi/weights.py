"""The description of `/weights`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from service.api.weights import get_weights, post_weights
from service.catalogue.catalogue import CATALOGUE
from service.formats.format import Format
from service.formats.registry import FORMATS
from service.openapi.fields import fields, object_schema, query_parameter
from service.openapi.headers import ACCEPT_RANGES, CONTENT_RANGE, REQUEST_HEADERS, TENSOR_HEADERS, VALIDATORS
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import Schema, reference
from service.problems.types import (
    INVALID_REQUEST,
    NOT_ACCEPTABLE,
    NOT_OF_SHAPE,
    OVER_LIMIT,
    OVERLOADED,
    PRECONDITION_FAILED,
    RANGE_NOT_SATISFIABLE,
    UNKNOWN_INITIALIZER,
)
from service.requests.tensor_parameters import DeliveryParameters, TensorParameters
from service.requests.tensor_request import axis_models

INITIALIZER: Schema = {
    "name": "initializer",
    "in": "path",
    "required": True,
    "description": "The name of an initializer, or any alias of it: he_normal, kaiming_normal_, HeNormal.",
    "schema": {"type": "string", "minLength": 1},
    "example": "he_normal",
}
"""The parameter of a path."""

_TENSOR_PROBLEMS = (INVALID_REQUEST, OVER_LIMIT, NOT_OF_SHAPE, UNKNOWN_INITIALIZER, NOT_ACCEPTABLE)
_HEAD_PROBLEMS = (*_TENSOR_PROBLEMS, PRECONDITION_FAILED)
_GET_PROBLEMS = (*_HEAD_PROBLEMS, RANGE_NOT_SATISFIABLE, OVERLOADED)
_POST_PROBLEMS = (*_TENSOR_PROBLEMS, *BODY_PROBLEMS, OVERLOADED)


def describe_weights(page: Schema) -> None:
    """Add the paths and schemas of `/weights` to the document, before the other paths."""
    schemas = page["components"]["schemas"]
    headers = {**TENSOR_HEADERS, **VALIDATORS, **ACCEPT_RANGES}
    location = {"Content-Location": TENSOR_HEADERS["Content-Location"]}
    not_modified = {"304": {"description": "The client has it.", "headers": {**location, **VALIDATORS}}}
    get = {
        **_operation("get_weights", "Make a tensor", get_weights),
        "parameters": [INITIALIZER, *_query_parameters(), *REQUEST_HEADERS],
        "responses": {
            "200": _tensor_reply("The tensor.", headers, FORMATS.values()),
            "206": _tensor_reply(
                "The range of its bytes that was asked for.",
                {**headers, **CONTENT_RANGE},
                [f for f in FORMATS.values() if f.has_ranges],
            ),
            **not_modified,
            **problem_replies(_GET_PROBLEMS),
        },
    }
    head = {
        **_operation("head_weights", "Describe a tensor", get_weights),
        "parameters": [INITIALIZER, *_query_parameters(), *REQUEST_HEADERS[:2]],
        "responses": {
            "200": {"description": "The headers of the tensor's reply.", "headers": headers},
            **not_modified,
            **problem_replies(_HEAD_PROBLEMS, with_body=False),
        },
    }
    post = {
        **_operation("post_weights", "Make a tensor", post_weights),
        "requestBody": {"required": True, "content": {"application/json": _body(schemas)}},
        "responses": {
            "200": _tensor_reply("The tensor.", TENSOR_HEADERS, FORMATS.values()),
            **problem_replies(_POST_PROBLEMS),
        },
    }
    page["paths"] = {
        "/weights/{initializer}": {"get": get, "head": head}, "/weights": {"post": post}, **page["paths"],
    }  # fmt: skip


def _operation(identifier: str, summary: str, endpoint: Callable[..., object]) -> Schema:
    return {"tags": ["weights"], "summary": summary, "description": endpoint.__doc__, "operationId": identifier}


def _tensor_reply(description: str, headers: Schema, formats: Iterable[Format]) -> Schema:
    content: Schema = {
        f.media_type: {"schema": reference(f.schema) if f.schema else {"type": "string", "format": "binary"}}
        for f in formats
    }
    return {"description": description, "headers": headers, "content": content}


def _query_parameters() -> list[Schema]:
    """Return the parameters of every tensor, then those of the initializers, with who takes each."""
    parameters = [query_parameter(*field) for field in fields(TensorParameters, DeliveryParameters)]
    takers: dict[str, list[tuple[str, Schema]]] = {}
    for kind in CATALOGUE:
        for field, schema, _ in fields(kind, *axis_models(kind)):
            takers.setdefault(field, []).append((kind.name, schema))
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


def _body(schemas: Schema) -> Schema:
    """Return the content of the POST: one schema an initializer, told apart by the member `initializer`."""
    references = {}
    for kind in CATALOGUE:
        title = f"{kind.name.title().replace('_', '')}Request"
        initializer = ("initializer", {"type": "string", "const": kind.name}, True)
        schema = object_schema([initializer, *fields(TensorParameters, kind, *axis_models(kind), DeliveryParameters)])
        schemas[title] = {"title": title, "type": "object", "description": kind.page().summary, **schema}
        references[kind.name] = reference(title)
    return {
        "schema": {
            "oneOf": list(references.values()),
            "discriminator": {
                "propertyName": "initializer",
                "mapping": {name: schema["$ref"] for name, schema in references.items()},
            },
        },
        "example": {"initializer": "he_normal", "shape": [256, 784], "seed": 42, "format": "npy"},
    }
