"""The description of keys, which a server may want or not: the document is the same of both."""

from __future__ import annotations

from service.api.explorer import OPEN_PATHS
from service.api.health import PROBES
from service.openapi.problems import problem_replies
from service.openapi.schema import Schema
from service.problems.types import KEY_IN_URL, KEY_NOT_ALLOWED, KEY_REQUIRED

_SCHEME = "key"
_OPEN = (*PROBES, *OPEN_PATHS)
_CHALLENGE: Schema = {
    "description": "What a key is wanted for, and what is wrong with the one that came (RFC 6750).",
    "required": True,
    "schema": {"type": "string"},
    "example": 'Bearer realm="fanin"',
}


def describe_access(page: Schema) -> None:
    """Add to the document that a key may be wanted, and what is answered without one."""
    page["components"]["securitySchemes"] = {
        _SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "Where the operator has set keys: one of them, in every request but those of the probes "
            "and of the page at /.",
        }
    }
    page["security"] = [{}, {_SCHEME: []}]
    for path, operations in page["paths"].items():
        for method, operation in operations.items():
            if path in _OPEN:
                operation["security"] = []
                continue
            replies = problem_replies((KEY_REQUIRED, KEY_NOT_ALLOWED), with_body=method != "head")
            for reply in replies.values():
                reply["headers"] = {"WWW-Authenticate": _CHALLENGE}
            operation["responses"] |= replies
            _add_problem(operation["responses"], method)


def _add_problem(responses: Schema, method: str) -> None:
    """Tell of keys in URLs, beside what else has the same status."""
    [(status, reply)] = problem_replies((KEY_IN_URL,), with_body=method != "head").items()
    if status in responses:
        description = f"{responses[status]['description']} Or: {reply['description']}"
        reply = {**responses[status], "description": description}
    responses[status] = reply
