"""The description of `/propagation`."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from service.api.propagation import get_propagation, post_propagation
from service.openapi.fields import fields, object_schema
from service.openapi.headers import VALIDATORS
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import Schema, json_body, reference
from service.problems.types import INVALID_REQUEST, NOT_ACCEPTABLE, OVERLOADED
from service.requests.answer_form import JSON
from service.requests.propagation_parameters import (
    ExperimentParameters,
    PropagationAnswerParameters,
    StackParameters,
)

_MODELS = (StackParameters, ExperimentParameters, PropagationAnswerParameters)

_FOR_PEOPLE = frozenset(("format", "theme"))
"""What the document leaves out: a second type of answer would be one that generated clients must tell apart."""

_EXAMPLE: Schema = {
    "width": 64,
    "depth": 10,
    "activation": "tanh",
    "candidates": ["glorot_normal", "normal?std=0.02", "pytorch default"],
    "seed": 42,
}

_PROBLEMS = (INVALID_REQUEST, NOT_ACCEPTABLE, OVERLOADED)

_HEADERS: Schema = {
    "Vary": VALIDATORS["Vary"],
    "Cache-Control": {
        "description": "no-cache: theory and verdicts may be better in the next version.",
        "required": True,
        "schema": {"type": "string"},
        "example": "no-cache",
    },
}

_JUDGEMENT: Schema = {"type": "string", "enum": ["good", "acceptable", "poor", "reject"]}
_WORD: Schema = {"type": "string", "enum": ["stable", "vanishes", "explodes"]}
_NUMBERS: Schema = {"type": "array", "items": {"type": "number"}}
_INTEGERS: Schema = {"type": "array", "items": {"type": "integer"}}


def _object(description: str, properties: Schema, optional: frozenset[str] = frozenset()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _described(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _maybe(description: str) -> Schema:
    return {"anyOf": [_NUMBERS, {"type": "null"}], "description": description}


_SCHEMAS: Schema = {
    "PropagationStack": _object(
        "The stack, as it was understood.",
        {
            "widths": _described(_INTEGERS, "Units at each of `layers`."),
            "depth": {"type": "integer", "description": "Layers, the inputs counted as the first, or blocks."},
            "activation": {"type": "string"},
            "normalization": {"type": "string"},
            "residual": {"type": "boolean"},
            "norm_position": {"type": "string", "description": "Of residual blocks with a normalisation."},
            "layers_per_branch": {"type": "integer", "description": "Of residual blocks."},
            "residual_scale": {"type": "number", "description": "Of residual blocks."},
            "parameters": {"type": "integer", "description": "Elements of all matrices."},
        },
        frozenset(("norm_position", "layers_per_branch", "residual_scale")),
    ),
    "PropagationTensor": _object(
        "Tensors that are drawn, of one name but for a number.",
        {
            "name": {"type": "string", "description": "With {layer} or {block} in the place of the number."},
            "numbers": _described({**_INTEGERS, "minItems": 2, "maxItems": 2}, "The first and the last number."),
            "shape": _INTEGERS,
            "href": {"type": "string", "description": "Where they can be had: a template (RFC 6570), of {seed} too."},
        },
    ),
    "PropagationNormal": _object(
        "Standard normal numbers that are drawn.",
        {
            "shape": _INTEGERS,
            "href": {"type": "string", "description": "Where they can be had: a template (RFC 6570) of {seed}."},
        },
    ),
    "PropagationCourse": _object(
        "Mean squares at each of `layers`, over that where the signal, or the gradient, comes from.",
        {
            "measured": _described(_NUMBERS, "The geometric mean over the seeds, each the mean over its inputs."),
            "low": _described(_NUMBERS, "The least of the seeds'."),
            "high": _described(_NUMBERS, "The greatest of them."),
            "predicted": _maybe("By mean-field theory; null where there is none."),
            "predicted_low": _maybe("Above which 97.5 % of draws lie in layers so wide; null where it cannot be told."),
            "predicted_high": _maybe("Below which 97.5 % lie."),
        },
    ),
    "PropagationPassing": _object(
        "What becomes of the signal, or of the gradient, on its way.",
        {
            "word": _WORD,
            "layer": {
                "anyOf": [{"type": "integer"}, {"type": "null"}],
                "description": "The first on its way whose mean square has changed by more than a factor of 10.",
            },
            "factor": {"type": "number", "description": "By which it has changed where it has changed most."},
            "judgement": _described(_JUDGEMENT, "In the words of /advise, by its thresholds."),
        },
    ),
    "PropagationVerdict": _object(
        "The verdict on a candidate, by its draws: that on the worse of both.",
        {
            "word": _WORD,
            "judgement": _JUDGEMENT,
            "signal": reference("PropagationPassing"),
            "gradient": reference("PropagationPassing"),
        },
    ),
    "PropagationCandidate": _object(
        "A candidate, and what became of it.",
        {
            "candidate": {"type": "string", "description": "As the request has it."},
            "rank": {"type": "integer", "description": "From 1; shared where draws of both go as far."},
            "initializer": {"type": "string"},
            "parameters": {"type": "object", "additionalProperties": True},
            "std": {"anyOf": [{"type": "number"}, {"type": "null"}], "description": "Of the first matrix."},
            "tensors": {"type": "array", "items": reference("PropagationTensor")},
            "verdict": reference("PropagationVerdict"),
            "validity": _object(
                "How far to trust what is predicted.",
                {
                    "level": {"type": "string", "enum": ["high", "medium", "low", "none"]},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                },
            ),
            "signal": reference("PropagationCourse"),
            "gradient": reference("PropagationCourse"),
            "bias": _object(
                "What the biases start with; absent where there are none.",
                {"initializer": {"type": "string"}, "parameters": {"type": "object", "additionalProperties": True}},
            ),
        },
        frozenset(("bias",)),
    ),
    "Propagation": _object(
        "What becomes of signals and gradients in a stack with each of several schemes.",
        {
            "stack": reference("PropagationStack"),
            "assumed": {
                "type": "object",
                "description": "What the request does not say.",
                "additionalProperties": True,
            },
            "seeds": {"type": "array", "items": {"type": "string"}},
            "batch_size": {"type": "integer", "description": "Inputs of each draw."},
            "inputs": _described(reference("PropagationNormal"), "The pre-activations of the first layer."),
            "output_gradient": _described(reference("PropagationNormal"), "The gradients at the last layer."),
            "unit": {"type": "string", "enum": ["layer", "block"], "description": "What `layers` counts."},
            "layers": _described(
                _INTEGERS, "Where mean squares are told: from layer 1, the inputs, or from block 0, before the first."
            ),
            "ranking": {"type": "array", "items": {"type": "string"}, "description": "The candidates, best first."},
            "candidates": {"type": "array", "items": reference("PropagationCandidate")},
        },
    ),
}


def describe_propagation(page: Schema) -> None:
    """Add the paths and schemas of `/propagation` to the document."""
    schemas = page["components"]["schemas"]
    request = object_schema([field for field in fields(*_MODELS) if field.name not in _FOR_PEOPLE])
    # Generators of clients in Java have no type for a text or an object; the description tells of the object.
    request["properties"]["candidates"]["items"] = {"type": "string"}
    # Conventions are applied in place.
    schemas |= {**deepcopy(_SCHEMAS), "PropagationRequest": request}
    page["paths"]["/propagation"] = {
        "get": {
            **_operation("get_propagation", "Try schemes in a stack", get_propagation),
            "parameters": _query_parameters(),
            "responses": {"200": _reply(), **problem_replies(_PROBLEMS)},
        },
        "head": {
            **_operation("head_propagation", "Look whether schemes can be tried", get_propagation),
            "parameters": _query_parameters(),
            "responses": {
                "200": {"description": "They can.", "headers": deepcopy(_HEADERS)},
                **problem_replies(_PROBLEMS, with_body=False),
            },
        },
        "post": {
            **_operation("post_propagation", "Try schemes in a stack", post_propagation),
            "requestBody": json_body({"schema": reference("PropagationRequest"), "example": deepcopy(_EXAMPLE)}),
            "responses": {"200": _reply(), **problem_replies((*_PROBLEMS, *BODY_PROBLEMS))},
        },
    }


def _operation(identifier: str, summary: str, endpoint: Callable[..., object]) -> Schema:
    return {"tags": ["advice"], "summary": summary, "description": endpoint.__doc__, "operationId": identifier}


def _reply() -> Schema:
    return {
        "description": "What was drawn and predicted. For people there are a plain text and pictures too, with "
        "format=text, svg or png, or the Accept header.",
        "headers": deepcopy(_HEADERS),
        "content": {JSON.media_type: {"schema": reference("Propagation")}},
    }


def _query_parameters() -> list[Schema]:
    return [field.parameter for field in fields(*_MODELS) if field.name not in _FOR_PEOPLE]
