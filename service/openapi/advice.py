"""The description of `/advise`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson
from pydantic import BaseModel, TypeAdapter

from service.advice.answer import NetworkAnswer
from service.advice.layer.description import GeneralDescription, LayerDescription, NetworkDescription
from service.api.advise import get_advice, post_advice, post_network_advice
from service.openapi.fields import fields, object_schema
from service.openapi.headers import VALIDATORS
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import COMPONENT, Schema, json_body, reference
from service.problems.types import INVALID_REQUEST, NOT_ACCEPTABLE, OVERLOADED
from service.requests.advice_parameters import (
    AnswerParameters,
    CurrentParameters,
    LayerParameters,
    LinkParameters,
)
from service.requests.answer_form import JSON

_BODY_ONLY = frozenset(("activation_table",))
"""What a query cannot say."""

_FOR_PEOPLE = frozenset(("format", "theme"))
"""What the document leaves out: a second type of answer would be one that generated clients must tell apart."""

_LAYER: Schema = {"layer": "Linear", "shape": [256, 784], "activation": "relu", "framework": "pytorch"}
_NETWORK: Schema = {
    "framework": "pytorch",
    "layers": [{"layer": "Linear", "shape": [256, 784]}, {"layer": "head", "shape": [10, 256]}],
}

_DESCRIBED_LAYER: Schema = {
    "description": "The layer, as it was understood.",
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "kind": {"type": "string"},
        "role": {"type": "string"},
        "activation": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "layout": {"type": "string"},
        "fan_in": {"type": "number"},
        "fan_out": {"type": "number"},
    },
    "required": ["kind", "role", "activation", "shape", "layout", "fan_in", "fan_out"],
    "additionalProperties": True,
}

_PROBLEMS = (INVALID_REQUEST, NOT_ACCEPTABLE, OVERLOADED)

_HEADERS: Schema = {
    "Vary": VALIDATORS["Vary"],
    "Cache-Control": {
        "description": "no-cache: advice may be better in the next version.",
        "required": True,
        "schema": {"type": "string"},
        "example": "no-cache",
    },
}


_PUBLISHED_NAMES = {"Answer": "Advice", "NetworkAnswer": "NetworkAdvice", "Citation": "Source"}
"""Schemas whose name in the document is not that of the class: clients generate code by it."""


_OF_ALL_LAYERS = (NetworkDescription, GeneralDescription, CurrentParameters, LinkParameters, AnswerParameters)
"""What a request with a list of layers says beside it."""

_WITHOUT_NULLS = ("TensorAdvice", "Evidence", "FiniteWidthEvidence")
"""Schemas whose members are absent where they would be null."""

_NOT_ALWAYS_TOLD: Mapping[str, tuple[str, ...]] = {
    "TensorAdvice": ("parameters", "href"),
    "Evidence": ("validity",),
    "Validity": ("reasons",),
    "Recommendation": ("tensors",),
    "Alternative": ("bias", "references", "evidence"),
    "FrameworkDefault": ("weights", "bias", "evidence"),
    "Verdict": ("evidence",),
    "Experiment": ("hrefs",),
    "Source": ("authors", "title", "year"),
    "Advice": ("references",),
}
"""Members that are absent where there are none of them, or where a short answer leaves them out."""


def describe_advice(page: Schema) -> None:
    """Add the paths and schemas of `/advise` to the document."""
    schemas = page["components"]["schemas"]
    schemas |= _answer_schemas()
    schemas |= {"DescribedLayer": _DESCRIBED_LAYER, "Assumed": _assumed()}
    for name in _WITHOUT_NULLS:
        schemas[name] = _without_nulls(schemas[name])
    for name, members in _NOT_ALWAYS_TOLD.items():
        schemas[name]["required"] = [member for member in schemas[name]["required"] if member not in members]
    schemas["NetworkAdvice"]["properties"]["references"] = {
        **schemas["Advice"]["properties"]["references"],
        "description": "The works that the layers' advice rests on.",
    }
    schemas["NetworkAdvice"]["properties"] |= _of_several_layers()
    schemas["NetworkAdvice"]["required"] += ["references", "warnings", "experiments"]
    for name in ("Alternative", "FrameworkDefault"):
        # A brief answer has none, and does not say null.
        schemas[name]["properties"]["evidence"] = reference("Evidence")
    schemas["Advice"]["properties"] |= {"layer": reference("DescribedLayer"), "assumed": reference("Assumed")}
    # A manifest's tensors are requests.
    schemas["Manifest"]["properties"]["tensors"]["additionalProperties"] = reference("TensorRequest")
    schemas["AdviceRequest"] = _object(schemas, LayerDescription, LayerParameters, LinkParameters, AnswerParameters)
    schemas["NetworkLayer"] = _object(schemas, LayerDescription, LayerParameters)
    schemas["NetworkAdviceRequest"] = _network(schemas)
    page["paths"] |= {
        "/advise": {
            "get": {
                **_operation("get_advice", "Advise on a layer", get_advice),
                "parameters": _query_parameters(),
                "responses": {"200": _reply("Advice"), **problem_replies(_PROBLEMS)},
            },
            "head": {
                **_operation("head_advice", "Look whether there is advice", get_advice),
                "parameters": _query_parameters(),
                "responses": {
                    "200": {"description": "There is advice.", "headers": _HEADERS},
                    **problem_replies(_PROBLEMS, with_body=False),
                },
            },
            "post": _post("post_advice", "Advise on a layer", post_advice, "Advice", _LAYER),
        },
        "/advise/network": {
            "post": _post("post_network_advice", "Advise on a network", post_network_advice, "NetworkAdvice", _NETWORK)
        },
    }


def _of_several_layers() -> Schema:
    """Return the schemas of what is told of several layers of a network at once."""
    warning: Schema = {
        "type": "object",
        "properties": {
            "warning": {"type": "string"},
            "layers": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Their names; empty where the warning is of the list itself.",
            },
        },
        "required": ["warning", "layers"],
    }
    return {
        "warnings": {
            "type": "array",
            "items": warning,
            "description": "What to beware of with the list, or with more than one layer.",
        },
        "experiments": {
            "type": "array",
            "items": reference("Experiment"),
            "description": "What is worth trying with more than one layer.",
        },
    }


def _answer_schemas() -> Schema:
    """Return the schemas of the answers and of all that they consist of, by their published names."""
    # A network's answer has those of its layers.
    page = TypeAdapter(NetworkAnswer).json_schema(mode="serialization", ref_template=COMPONENT)
    definitions = page.pop("$defs")
    text = orjson.dumps({**definitions, "NetworkAnswer": page})
    for name, published in _PUBLISHED_NAMES.items():
        text = text.replace(f'"{name}"'.encode(), f'"{published}"'.encode())
        text = text.replace(f'/{name}"'.encode(), f'/{published}"'.encode())
    renamed: Schema = orjson.loads(text)
    return renamed


def _without_nulls(schema: Schema) -> Schema:
    """Return a schema whose members are absent where they were null."""
    members = {name: _without_null(member) for name, member in schema["properties"].items()}
    required = [name for name in schema["required"] if members[name] == schema["properties"][name]]
    return {**schema, "properties": members, "required": required}


def _without_null(member: Schema) -> Schema:
    choices = [choice for choice in member.get("anyOf", []) if choice != {"type": "null"}]
    return {**{key: value for key, value in member.items() if key != "anyOf"}, **choices[0]} if choices else member


def _assumed() -> Schema:
    """Return the schema of what is assumed: members of a description, not always within what one may ask for."""
    return {
        "description": "What the request does not say, by the names that it would have there.",
        "type": "object",
        "properties": {field.name: _type(field.schema) for field in fields(LayerDescription) if "type" in field.schema},
        "additionalProperties": True,
    }


def _type(schema: Schema) -> Schema:
    return {"type": schema["type"]} | ({"items": _type(schema["items"])} if "items" in schema else {})


def _object(schemas: Schema, *models: type[BaseModel]) -> Schema:
    """Return the schema of an object with the members of all models, and put what they refer to among `schemas`."""
    for model in models:
        schemas |= model.model_json_schema(ref_template=COMPONENT).get("$defs", {})
    return object_schema([field for field in fields(*models) if field.name not in _FOR_PEOPLE])


def _network(schemas: Schema) -> Schema:
    network = _object(schemas, *_OF_ALL_LAYERS)
    network["properties"]["layers"] = {
        "type": "array",
        "minItems": 1,
        "items": reference("NetworkLayer"),
        "description": "In the order in which a signal meets them. An entry may be a text too, the call of a layer, of "
        "an activation or of what has no weights, and so may be all: nn.Sequential(nn.Linear(784, 256), nn.ReLU()).",
    }
    network["required"] = ["layers"]
    return network


def _post(identifier: str, summary: str, endpoint: Callable[..., object], answer: str, example: Schema) -> Schema:
    content = {"schema": reference(f"{answer}Request"), "example": example}
    return {
        **_operation(identifier, summary, endpoint),
        "requestBody": json_body(content),
        "responses": {
            "200": _reply(answer),
            **problem_replies((*_PROBLEMS, *BODY_PROBLEMS)),
        },
    }


def _operation(identifier: str, summary: str, endpoint: Callable[..., object]) -> Schema:
    return {"tags": ["advice"], "summary": summary, "description": endpoint.__doc__, "operationId": identifier}


def _reply(answer: str) -> Schema:
    return {
        "description": "The advice. For people there is a plain text too, with format=text or Accept: text/plain.",
        "headers": _HEADERS,
        "content": {JSON.media_type: {"schema": reference(answer)}},
    }


def _query_parameters() -> list[Schema]:
    described = fields(LayerDescription, LayerParameters, LinkParameters, AnswerParameters)
    return [field.parameter for field in described if field.name not in _BODY_ONLY | _FOR_PEOPLE]
