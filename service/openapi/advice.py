"""The description of `/advise`."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from pydantic import BaseModel, TypeAdapter

from service.advice.answer import Answer, NetworkAnswer
from service.advice.layer.description import LayerDescription, NetworkDescription
from service.api.advise import get_advice, post_advice
from service.openapi.fields import fields, object_schema, query_parameter
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import COMPONENT, Schema, reference
from service.problems.types import INVALID_REQUEST, OVERLOADED
from service.requests.advice_parameters import LayerParameters, LinkParameters

_BODY_ONLY = frozenset(("activation_table",))
"""What a query cannot say."""

_CACHE_CONTROL: Schema = {
    "Cache-Control": {
        "description": "no-cache: advice may be better in the next version.",
        "required": True,
        "schema": {"type": "string"},
        "example": "no-cache",
    }
}


_PUBLISHED_NAMES = {"Citation": "Source"}
"""Schemas whose name in the document is not that of the class: clients generate code by it."""


def describe_advice(page: Schema) -> None:
    """Add the paths and schemas of `/advise` to the document."""
    schemas = page["components"]["schemas"]
    for name, answer in (("Advice", Answer), ("NetworkAdvice", NetworkAnswer)):
        schema = _answer_schema(answer)
        schemas |= sorted(schema.pop("$defs", {}).items())
        schemas[name] = schema
    schemas["AdviceRequest"] = _object(schemas, LayerDescription, LayerParameters, LinkParameters)
    schemas["NetworkLayer"] = _object(schemas, LayerDescription, LayerParameters)
    schemas["NetworkAdviceRequest"] = _network(schemas)
    page["paths"]["/advise"] = {
        "get": {
            **_operation("get_advice", "Advise on a layer", get_advice),
            "parameters": _query_parameters(),
            "responses": {"200": _reply("Advice"), **problem_replies((INVALID_REQUEST, OVERLOADED))},
        },
        "head": {
            **_operation("head_advice", "Look whether there is advice", get_advice),
            "parameters": _query_parameters(),
            "responses": {
                "200": {"description": "There is advice.", "headers": _CACHE_CONTROL},
                **problem_replies((INVALID_REQUEST, OVERLOADED), with_body=False),
            },
        },
        "post": {
            **_operation("post_advice", "Advise on a layer or a network", post_advice),
            "requestBody": {"required": True, "content": {"application/json": _body()}},
            "responses": {
                "200": _reply("Advice", "NetworkAdvice"),
                **problem_replies((INVALID_REQUEST, *BODY_PROBLEMS, OVERLOADED)),
            },
        },
    }


def _answer_schema(answer: type[Answer | NetworkAnswer]) -> Schema:
    schema = orjson.dumps(TypeAdapter(answer).json_schema(mode="serialization", ref_template=COMPONENT))
    for name, published in _PUBLISHED_NAMES.items():
        schema = schema.replace(f'{name}"'.encode(), f'{published}"'.encode())
    renamed: Schema = orjson.loads(schema)
    return renamed


def _object(schemas: Schema, *models: type[BaseModel]) -> Schema:
    """Return the schema of an object with the members of all models, and put what they refer to among `schemas`."""
    for model in models:
        schemas |= model.model_json_schema(ref_template=COMPONENT).get("$defs", {})
    return object_schema(fields(*models))


def _network(schemas: Schema) -> Schema:
    network = _object(schemas, NetworkDescription, LinkParameters)
    network["properties"]["layers"] = {
        "type": "array",
        "minItems": 1,
        "items": reference("NetworkLayer"),
        "description": "In the order in which a signal meets them.",
    }
    network["required"] = ["layers"]
    return network


def _operation(identifier: str, summary: str, endpoint: Callable[..., object]) -> Schema:
    return {"tags": ["advice"], "summary": summary, "description": endpoint.__doc__, "operationId": identifier}


def _reply(*names: str) -> Schema:
    choices = [reference(name) for name in names]
    return {
        "description": "The advice.",
        "headers": _CACHE_CONTROL,
        "content": {"application/json": {"schema": choices[0] if len(choices) == 1 else {"anyOf": choices}}},
    }


def _query_parameters() -> list[Schema]:
    parameters = []
    for name, schema, is_required in fields(LayerDescription, LayerParameters, LinkParameters):
        if name == "current":
            schema = {"type": "string", "description": schema["description"]}  # noqa: PLW2901
        if name not in _BODY_ONLY:
            parameters.append(query_parameter(name, schema, is_required))
    return parameters


def _body() -> Schema:
    layers = [{"layer": "Linear", "shape": [256, 784]}, {"layer": "head", "shape": [10, 256]}]
    return {
        "schema": {"oneOf": [reference("AdviceRequest"), reference("NetworkAdviceRequest")]},
        "example": {"framework": "pytorch", "layers": layers},
    }
