"""The OpenAPI document: what FastAPI cannot see, for endpoints that read queries and bodies themselves."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.api.weights import get_weights, post_weights
from service.formats.format import Format
from service.formats.json import Json
from service.formats.registry import FORMATS
from service.initializers.catalogue import CATALOGUE
from service.openapi.advice import describe_advice
from service.openapi.parts import BODY_PROBLEMS, fields, problem_reply, problems, query_parameter
from service.openapi.schemas import (
    ACCEPT_RANGES,
    CONTENT_RANGE,
    PROBLEM,
    REQUEST_HEADERS,
    TENSOR,
    TENSOR_HEADERS,
    VALIDATORS,
    Schema,
)
from service.problems.types import (
    INVALID_REQUEST,
    NOT_ACCEPTABLE,
    NOT_OF_SHAPE,
    NOT_READY,
    OVER_LIMIT,
    OVERLOADED,
    PRECONDITION_FAILED,
    RANGE_NOT_SATISFIABLE,
    UNKNOWN_INITIALIZER,
)
from service.requests.tensor_parameters import DeliveryParameters, TensorParameters

DESCRIPTION = """
Weights for neural networks: name an initializer, give a shape and a seed, and load the tensor.

    curl 'localhost:8000/weights/he_normal?shape=256,784&seed=42&format=npy' -o w.npy

The same URL gives the same bytes on every machine and for ever. Parameters have the same names in the query
of a GET and in the JSON body of a POST; one that is unknown, or that the initializer does not take, is an error.
Every error is a problem document (RFC 9457).
"""

_TENSOR_PROBLEMS = (INVALID_REQUEST, OVER_LIMIT, NOT_OF_SHAPE, UNKNOWN_INITIALIZER, NOT_ACCEPTABLE)
_HEAD_PROBLEMS = (*_TENSOR_PROBLEMS, PRECONDITION_FAILED)
_GET_PROBLEMS = (*_HEAD_PROBLEMS, RANGE_NOT_SATISFIABLE, OVERLOADED)


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
    schemas |= {"Tensor": TENSOR, "Problem": PROBLEM}
    weights = {method: _operation(f"{method}_weights", get_weights) for method in ("get", "head")}
    collection = {"post": _operation("post_weights", post_weights)}
    paths = page["paths"] = {"/weights/{initializer}": weights, "/weights": collection, **page["paths"]}
    name = {
        "name": "initializer",
        "in": "path",
        "required": True,
        "description": "The name of an initializer, or any alias of it: he_normal, kaiming_normal_, HeNormal.",
        "schema": {"type": "string", "minLength": 1},
        "example": "he_normal",
    }
    location = {"Content-Location": TENSOR_HEADERS["Content-Location"]}
    cached = {**TENSOR_HEADERS, **VALIDATORS, **ACCEPT_RANGES}
    not_modified = {"304": {"description": "The client has it.", "headers": {**location, **VALIDATORS}}}
    for method in ("get", "head"):
        weights[method]["parameters"] = [name, *_query_parameters(), *REQUEST_HEADERS[: 4 if method == "get" else 2]]
    weights["get"]["responses"] = {
        "200": _tensor_reply("The tensor.", cached),
        "206": _tensor_reply(
            "The range of its bytes that was asked for.", {**cached, **CONTENT_RANGE}, FORMATS["json"]
        ),
        **not_modified,
        **problems(_GET_PROBLEMS),
    }
    weights["head"]["responses"] = {
        "200": {"description": "The headers of the tensor's reply.", "headers": cached},
        **not_modified,
        **problems(_HEAD_PROBLEMS, with_body=False),
    }
    collection["post"]["requestBody"] = {"required": True, "content": {"application/json": _body(schemas)}}
    collection["post"]["responses"] = {
        "200": _tensor_reply("The tensor.", TENSOR_HEADERS),
        **problems((*_TENSOR_PROBLEMS, *BODY_PROBLEMS, OVERLOADED)),
    }
    initializer = paths["/initializers/{initializer}"]["get"]
    initializer["parameters"] = [name]
    for operation, kinds in (
        (initializer, (UNKNOWN_INITIALIZER, NOT_OF_SHAPE)),
        (paths["/readyz"]["get"], (NOT_READY,)),
        (paths["/problems/{slug}"]["get"], ()),
    ):
        operation["responses"].pop("422", None)
        operation["responses"] |= problems(kinds)
    describe_advice(page)
    paths["/problems/{slug}"]["get"]["responses"]["404"] = problem_reply("No such type of problem.")
    return page


def _operation(identifier: str, endpoint: Callable[..., object]) -> Schema:
    summary = "Describe a tensor" if identifier.startswith("head") else "Make a tensor"
    return {"tags": ["weights"], "summary": summary, "description": endpoint.__doc__, "operationId": identifier}


def _tensor_reply(description: str, headers: Schema, *without: Format) -> Schema:
    content: Schema = {
        f.media_type: {
            "schema": {"$ref": "#/components/schemas/Tensor"}
            if isinstance(f, Json)
            else {"type": "string", "format": "binary"}
        }
        for f in FORMATS.values()
        if f not in without
    }
    return {"description": description, "headers": headers, "content": content}


def _query_parameters() -> list[Schema]:
    """Return the parameters of every tensor, then those of the initializers, with who takes each."""
    parameters = [query_parameter(*item) for item in fields(TensorParameters)]
    parameters += [query_parameter(*item) for item in fields(DeliveryParameters)]
    takers: dict[str, list[tuple[str, Schema]]] = {}
    for kind in CATALOGUE:
        for field, schema, _ in fields(kind):
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
    mapping = {}
    for kind in CATALOGUE:
        title = f"{kind.name.title().replace('_', '')}Request"
        properties: Schema = {"initializer": {"type": "string", "const": kind.name}}
        required = ["initializer"]
        for model in (TensorParameters, kind, DeliveryParameters):
            for field, schema, necessary in fields(model):
                properties[field] = schema
                if necessary:
                    required.append(field)
        schemas[title] = {
            "title": title, "type": "object", "description": kind.page().summary,
            "properties": properties, "required": required, "additionalProperties": False,
        }  # fmt: skip
        mapping[kind.name] = f"#/components/schemas/{title}"
    return {
        "schema": {
            "oneOf": [{"$ref": reference} for reference in mapping.values()],
            "discriminator": {"propertyName": "initializer", "mapping": mapping},
        },
        "example": {"initializer": "he_normal", "shape": [256, 784], "seed": 42, "format": "npy"},
    }
