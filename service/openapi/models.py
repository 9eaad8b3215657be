"""The description of POST /models, which reads its body itself."""

from __future__ import annotations

from service.api.models import ModelReply, post_model
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import Schema, json_body, reference
from service.problems.types import INVALID_REQUEST, OVER_LIMIT, OVERLOADED

_REQUEST: Schema = {
    "description": "The config.json of a model; one that is sent as it is is read too.",
    "type": "object",
    "properties": {"config": {"type": "object", "additionalProperties": True}},
    "required": ["config"],
    "additionalProperties": True,
}

_EXAMPLE: Schema = {
    "config": {"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 2, "n_positions": 64, "vocab_size": 256}
}


def describe_models(page: Schema) -> None:
    """Add POST /models to the document."""
    page["components"]["schemas"]["ModelRequest"] = _REQUEST
    page["paths"]["/models"]["post"] = {
        "tags": ["models"],
        "summary": "Name a model by its configuration",
        "description": post_model.__doc__,
        "operationId": "post_model",
        "requestBody": json_body({"schema": reference("ModelRequest"), "example": _EXAMPLE}),
        "responses": {
            "200": {
                "description": "The model, whose name is its id.",
                "headers": {
                    "Content-Location": {
                        "description": "Where it is described.",
                        "schema": {"type": "string"},
                        "example": "/models/aGvLx3XPh",
                    }
                },
                "content": {"application/json": {"schema": reference(ModelReply.__name__)}},
            },
            **problem_replies((INVALID_REQUEST, OVER_LIMIT, *BODY_PROBLEMS, OVERLOADED)),
        },
    }
