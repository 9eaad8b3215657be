"""The OpenAPI document: what FastAPI sees of the application, and what it cannot see."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.openapi.access import describe_access
from service.openapi.advice import describe_advice
from service.openapi.checkpoints import describe_checkpoints
from service.openapi.conventions import follow_conventions
from service.openapi.fields import COMPONENTS
from service.openapi.hub import describe_hub
from service.openapi.models import describe_models
from service.openapi.problems import PROBLEM, problem_replies, problem_reply
from service.openapi.propagation import describe_propagation
from service.openapi.schema import Schema
from service.openapi.tensor import TENSOR
from service.openapi.weights import INITIALIZER, describe_weights
from service.problems.types import NOT_OF_SHAPE, NOT_READY, UNKNOWN_INITIALIZER

DESCRIPTION = """
Weights for neural networks: name an initializer, give a shape and a seed, and load the tensor.

    curl 'localhost:8000/weights/he_normal?shape=256,784&seed=42&format=npy' -o w.npy

The same URL gives the same bytes on every machine and for ever. Parameters have the same names in the query
of a GET and in the JSON body of a POST; one that is unknown, or that the initializer does not take, is an error.
Every error is a problem document (RFC 9457).
"""


def add_document(app: FastAPI) -> None:
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
    schemas |= {"Tensor": TENSOR, "Problem": PROBLEM, **COMPONENTS}
    _describe_problems(page["paths"])
    page["paths"]["/"]["get"]["responses"]["200"]["content"]["text/html"] = {"schema": {"type": "string"}}
    describe_weights(page)
    describe_advice(page)
    describe_propagation(page)
    describe_checkpoints(page)
    describe_models(page)
    describe_hub(page)
    describe_access(page)
    follow_conventions(page)
    return page


def _describe_problems(paths: Schema) -> None:
    """Put the service's problems in the place of FastAPI's, for the resources that it describes."""
    initializer = paths["/initializers/{initializer}"]["get"]
    initializer["parameters"] = [INITIALIZER]
    problem_type = paths["/problems/{slug}"]["get"]
    for operation, replies in (
        (initializer, problem_replies((UNKNOWN_INITIALIZER, NOT_OF_SHAPE))),
        (paths["/readyz"]["get"], problem_replies((NOT_READY,))),
        (paths["/models/{model}"]["get"], {"404": problem_reply("No such model.")}),
        (problem_type, {"404": problem_reply("No such type of problem.")}),
    ):
        operation["responses"].pop("422", None)
        operation["responses"] |= replies
