"""The description of `/weights`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from service.api.weights import get_weights, post_weights
from service.catalogue.catalogue import CATALOGUE
from service.formats.format import Format
from service.formats.registry import FORMATS
from service.framework_streams.registry import STREAMS
from service.openapi.fields import Field, fields, merged_fields, object_schema
from service.openapi.headers import ACCEPT_RANGES, CONTENT_RANGE, REQUEST_HEADERS, TENSOR_HEADERS, VALIDATORS
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import Schema, json_body, reference
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

_INITIALIZER_NAME = Field(
    "initializer",
    {"type": "string", "minLength": 1, "examples": [kind.name for kind in CATALOGUE]},
    "The name of an initializer, or any alias of it: he_normal, kaiming_normal_; with a module "
    "(keras.initializers.HeNormal) it is that framework's, with its defaults and arguments.",
    is_required=True,
)
"""An open text: no list has all spellings of the aliases."""

INITIALIZER: Schema = {
    **_INITIALIZER_NAME.parameter,
    "in": "path",
    "example": "he_normal",
}
"""The parameter of a path."""

_TENSOR_PROBLEMS = (INVALID_REQUEST, OVER_LIMIT, NOT_OF_SHAPE, UNKNOWN_INITIALIZER, NOT_ACCEPTABLE)
_HEAD_PROBLEMS = (*_TENSOR_PROBLEMS, PRECONDITION_FAILED)
_POST_PROBLEMS = (*_TENSOR_PROBLEMS, *BODY_PROBLEMS, OVERLOADED)

_HEADERS: Schema = {**TENSOR_HEADERS, **VALIDATORS, **ACCEPT_RANGES}
_NOT_MODIFIED: Schema = {
    "304": {
        "description": "The client has it.",
        "headers": {"Content-Location": TENSOR_HEADERS["Content-Location"], **VALIDATORS},
    }
}


def describe_weights(page: Schema) -> None:
    """Add the paths and schemas of `/weights` to the document, before the other paths."""
    members = _members()
    page["components"]["schemas"]["TensorRequest"] = {
        "description": "A tensor to be made: the members of the GET's query.",
        **object_schema([_INITIALIZER_NAME, *members]),
    }
    page["components"]["parameters"] = {field.name: field.parameter for field in members}
    get, head = _get(members, FORMATS.values()), _head(members)
    of_formats = {f"/weights/{{initializer}}.{f.extension}": {"get": _get_in(f, members)} for f in FORMATS.values()}
    page["paths"] = {
        "/weights/{initializer}": {"get": get, "head": head}, **of_formats, "/weights": {"post": _post()},
        **page["paths"],
    }  # fmt: skip


def _members() -> list[Field]:
    """Return the members of every tensor, then those of the initializers, with who takes each."""
    own = merged_fields((kind.name, model) for kind in CATALOGUE for model in (kind, *axis_models(kind)))
    of_streams = merged_fields((f"stream={stream.name}", stream.parameters) for stream in STREAMS)
    return [*fields(TensorParameters, DeliveryParameters), *of_streams, *own]


def _get(members: Iterable[Field], formats: Collection[Format]) -> Schema:
    has_ranges = any(f.has_ranges for f in formats)
    part = _tensor_reply("The range of its bytes that was asked for.", {**_HEADERS, **CONTENT_RANGE}, formats)
    if len(formats) > 1:
        # Clients in Java give an operation one type of reply, and would take that of the parts for the whole's.
        del part["content"]
    return {
        **_operation("get_weights", "Make a tensor", get_weights),
        "parameters": [*_parameters(members), *(REQUEST_HEADERS if has_ranges else REQUEST_HEADERS[:2])],
        "responses": {
            "200": _tensor_reply("The tensor.", _HEADERS, formats),
            **({"206": part} if has_ranges else {}),
            **_NOT_MODIFIED,
            **problem_replies((*_HEAD_PROBLEMS, *((RANGE_NOT_SATISFIABLE,) if has_ranges else ()), OVERLOADED)),
        },
    }


def _get_in(format_: Format, members: Iterable[Field]) -> Schema:
    """Return the operation of the path that ends in the format's extension: clients get one type of reply from it."""
    left_out = {"format"} if format_.takes_flat else {"format", "flat"}
    return {
        **_get([field for field in members if field.name not in left_out], [format_]),
        "operationId": f"get_weights_{format_.name}",
        "summary": f"Make a tensor, as {format_.name}",
        "description": f"As GET /weights/{{initializer}} with format={format_.name}.",
    }


def _head(members: Iterable[Field]) -> Schema:
    return {
        **_operation("head_weights", "Describe a tensor", get_weights),
        "parameters": [*_parameters(members), *REQUEST_HEADERS[:2]],
        "responses": {
            "200": {"description": "The headers of the tensor's reply.", "headers": _HEADERS},
            **_NOT_MODIFIED,
            **problem_replies(_HEAD_PROBLEMS, with_body=False),
        },
    }


def _post() -> Schema:
    content = {
        "schema": reference("TensorRequest"),
        "example": {"initializer": "he_normal", "shape": [256, 784], "seed": 42, "format": "npy"},
    }
    return {
        **_operation("post_weights", "Make a tensor", post_weights),
        "requestBody": json_body(content),
        "responses": {
            "200": _tensor_reply("The tensor.", TENSOR_HEADERS, FORMATS.values()),
            **problem_replies(_POST_PROBLEMS),
        },
    }


def _operation(identifier: str, summary: str, endpoint: Callable[..., object]) -> Schema:
    return {"tags": ["weights"], "summary": summary, "description": endpoint.__doc__, "operationId": identifier}


def _parameters(members: Iterable[Field]) -> list[Schema]:
    return [INITIALIZER, *({"$ref": f"#/components/parameters/{field.name}"} for field in members)]


def _tensor_reply(description: str, headers: Schema, formats: Iterable[Format]) -> Schema:
    content: Schema = {
        f.media_type: {"schema": reference(f.schema) if f.schema else {"type": "string", "format": "binary"}}
        for f in formats
    }
    return {"description": description, "headers": headers, "content": content}
