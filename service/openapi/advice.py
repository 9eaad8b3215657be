"""The description of `/advise`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, TypeAdapter

from service.advice.answer import Answer
from service.advice.description import Context, LayerDescription
from service.advice.network import NetworkAnswer
from service.api.advise import get_advice, post_advice
from service.openapi.parts import BODY_PROBLEMS, COMPONENT, fields, problems, query_parameter
from service.openapi.schemas import Schema
from service.problems.types import INVALID_REQUEST, OVERLOADED
from service.requests.advice_parameters import LayerParameters, LinkParameters

_BODY_ONLY = frozenset(("activation_table",))
"""What a query cannot say."""

_EXAMPLES = {"layer": "Linear", "activation": "relu", "current": "normal?std=1", "framework": "pytorch"}

_CACHE_CONTROL: Schema = {
    "Cache-Control": {
        "description": "no-cache: advice may be better in the next version.",
        "required": True,
        "schema": {"type": "string"},
        "example": "no-cache",
    }
}


def describe_advice(page: Schema) -> None:
    """Add the paths and schemas of `/advise` to the document."""
    schemas = page["components"]["schemas"]
    for name, kind in (("Advice", Answer), ("NetworkAdvice", NetworkAnswer)):
        schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template=COMPONENT)
        schemas |= schema.pop("$defs", {})
        schemas[name] = schema
    schemas["AdviceRequest"] = _object((LayerDescription, LayerParameters, LinkParameters), schemas)
    schemas["NetworkLayer"] = _object((LayerDescription, LayerParameters), schemas)
    shared = _object((Context, LinkParameters), schemas)
    layers = {"type": "array", "minItems": 1, "items": {"$ref": COMPONENT.format(model="NetworkLayer")}}
    shared["properties"]["layers"] = {**layers, "description": "In the order in which a signal meets them."}
    shared["required"] = ["layers"]
    schemas["NetworkAdviceRequest"] = shared
    page["paths"]["/advise"] = {
        "get": {
            **_operation("get_advice", "Advise on a layer", get_advice.__doc__),
            "parameters": _parameters(),
            "responses": {"200": _reply("Advice"), **problems((INVALID_REQUEST, OVERLOADED))},
        },
        "head": {
            **_operation("head_advice", "Look whether there is advice", get_advice.__doc__),
            "parameters": _parameters(),
            "responses": {
                "200": {"description": "There is advice.", "headers": _CACHE_CONTROL},
                **problems((INVALID_REQUEST, OVERLOADED), with_body=False),
            },
        },
        "post": {
            **_operation("post_advice", "Advise on a layer or a network", post_advice.__doc__),
            "requestBody": {"required": True, "content": {"application/json": _body()}},
            "responses": {
                "200": _reply("Advice", "NetworkAdvice"),
                **problems((INVALID_REQUEST, *BODY_PROBLEMS, OVERLOADED)),
            },
        },
    }


def _operation(identifier: str, summary: str, description: str | None) -> Schema:
    return {"tags": ["advice"], "summary": summary, "description": description, "operationId": identifier}


def _reply(*models: str) -> Schema:
    choices = [{"$ref": COMPONENT.format(model=model)} for model in models]
    schema: Schema = choices[0] if len(choices) == 1 else {"anyOf": choices}
    return {
        "description": "The advice.",
        "headers": _CACHE_CONTROL,
        "content": {"application/json": {"schema": schema}},
    }


def _parameters() -> list[Schema]:
    found = []
    for model in (LayerDescription, LayerParameters, LinkParameters):
        for field, schema, necessary in fields(model):
            if field in _BODY_ONLY:
                continue
            if field == "current":
                schema = {"type": "string", "description": schema["description"]}  # noqa: PLW2901
            parameter = query_parameter(field, schema, necessary)
            if field in _EXAMPLES:
                parameter["example"] = _EXAMPLES[field]
            found.append(parameter)
    return found


def _object(models: tuple[type[BaseModel], ...], schemas: Schema) -> Schema:
    """Return the schema of an object with the members of all models, and put what they refer to among `schemas`."""
    properties: dict[str, Any] = {}
    required = []
    for model in models:
        schemas |= model.model_json_schema(ref_template=COMPONENT).get("$defs", {})
        for field, schema, necessary in fields(model):
            properties[field] = schema
            if necessary:
                required.append(field)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _body() -> Schema:
    one, many = (COMPONENT.format(model=model) for model in ("AdviceRequest", "NetworkAdviceRequest"))
    layers = [{"layer": "Linear", "shape": [256, 784]}, {"layer": "head", "shape": [10, 256]}]
    return {
        "schema": {"oneOf": [{"$ref": one}, {"$ref": many}]},
        "example": {"framework": "pytorch", "layers": layers},
    }
