"""Problems: the schema of their documents, and the replies that tell of them."""

from __future__ import annotations

from http import HTTPStatus

from service.openapi.headers import CONTENT_RANGE, RETRY_AFTER
from service.openapi.schema import Schema, reference
from service.problems.document import MEDIA_TYPE
from service.problems.types import BODY_TOO_LARGE, MALFORMED_BODY, UNSUPPORTED_MEDIA_TYPE, ProblemType

BODY_PROBLEMS = (UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY, BODY_TOO_LARGE)
"""What may be wrong with a body before anyone knows what it means."""

_HEADERS: dict[int, Schema] = {
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: CONTENT_RANGE,
    HTTPStatus.SERVICE_UNAVAILABLE: RETRY_AFTER,
    HTTPStatus.TOO_MANY_REQUESTS: RETRY_AFTER,
}

PROBLEM: Schema = {
    "title": "Problem",
    "type": "object",
    "description": "What is wrong, where, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "/problems/{slug}, which describes it."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Each thing wrong, by `parameter` (of the query) or `pointer` (into the body, RFC 6901).",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "parameter": {"type": "string"},
                    "pointer": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
        "nearest": {
            "type": "array",
            "description": "Names that resemble the one asked for.",
            "items": {"type": "string"},
        },
        "supported": {
            "type": "array",
            "description": "What can be had instead.",
            "items": {
                "type": "object",
                "required": ["format", "media_type"],
                "properties": {"format": {"type": "string"}, "media_type": {"type": "string"}},
                "additionalProperties": False,
            },
        },
        "error": {"type": "string", "description": "The detail again, on the Hub's routes, whose clients show it."},
        "limit": {"type": "integer"},
        "length": {"type": "integer", "description": "The bytes of the representation of which a range was asked."},
        "requested": {"type": "integer"},
    },
    "additionalProperties": False,
}


def problem_replies(types: tuple[ProblemType, ...], with_body: bool = True) -> Schema:
    """Return the responses that tell of these problems, by status."""
    by_status: dict[str, list[ProblemType]] = {}
    for problem_type in types:
        by_status.setdefault(str(problem_type.status.value), []).append(problem_type)
    return {
        status: problem_reply(
            " Or: ".join(f"{problem_type.title}. {problem_type.description}" for problem_type in group),
            with_body,
            _HEADERS.get(int(status)),
        )
        for status, group in sorted(by_status.items())
    }


def problem_reply(description: str, with_body: bool = True, headers: Schema | None = None) -> Schema:
    """Return a response that is a problem document."""
    reply: Schema = {"description": description}
    if headers:
        reply["headers"] = headers
    if with_body:
        reply["content"] = {MEDIA_TYPE: {"schema": reference("Problem")}}
    return reply
