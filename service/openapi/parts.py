"""What the descriptions of all resources are made of: parameters, problems."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import BaseModel

from service.openapi.schemas import CONTENT_RANGE, RETRY_AFTER, Schema
from service.problems.document import MEDIA_TYPE
from service.problems.types import BODY_TOO_LARGE, MALFORMED_BODY, UNSUPPORTED_MEDIA_TYPE, ProblemType

_HEADERS: dict[int, Schema] = {
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: CONTENT_RANGE,
    HTTPStatus.SERVICE_UNAVAILABLE: RETRY_AFTER,
}


COMPONENT = "#/components/schemas/{model}"

BODY_PROBLEMS = (UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY, BODY_TOO_LARGE)
"""What may be wrong with a body before anyone knows what it means."""


def problems(kinds: tuple[ProblemType, ...], with_body: bool = True) -> Schema:
    """Return the responses that tell these problems, by status."""
    by_status: dict[str, list[ProblemType]] = {}
    for kind in kinds:
        by_status.setdefault(str(kind.status.value), []).append(kind)
    return {
        status: problem_reply(
            " Or: ".join(f"{kind.title}. {kind.description}" for kind in group), with_body, _HEADERS.get(int(status))
        )
        for status, group in sorted(by_status.items())
    }


def problem_reply(description: str, with_body: bool = True, headers: Schema | None = None) -> Schema:
    reply: Schema = {"description": description}
    if headers:
        reply["headers"] = headers
    if with_body:
        reply["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return reply


def query_parameter(field: str, schema: Schema, required: bool) -> Schema:
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


def fields(model: type[BaseModel]) -> list[tuple[str, Schema, bool]]:
    """Return the name, the schema without null (which no request may say) and the necessity of each field."""
    page = model.model_json_schema(ref_template=COMPONENT)
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
