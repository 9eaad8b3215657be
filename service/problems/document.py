"""A problem, and its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from service.problems.types import ProblemType

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """A problem of one of the types. `members` are its extension members."""

    type: ProblemType
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return the reply that tells of the problem."""
        body = _document(f"/problems/{self.type.slug}", self.type.title, self.type.status, self.detail, self.members)
        return _response(body, self.type.status, self.headers)


def blank_document(status: int, detail: str, members: Mapping[str, Any] | None = None) -> bytes:
    """Return the document of a problem of which the status says all that a type would (RFC 9457 section 4.2.1)."""
    return _document("about:blank", HTTPStatus(status).phrase, status, detail, members)


def blank_response(
    status: int, detail: str, headers: Mapping[str, str], members: Mapping[str, Any] | None = None
) -> Response:
    """Return the reply that tells of such a problem; `members` are its extension members."""
    return _response(blank_document(status, detail, members), status, headers)


def _document(uri: str, title: str, status: int, detail: str, members: Mapping[str, Any] | None = None) -> bytes:
    return orjson.dumps({"type": uri, "title": title, "status": status, "detail": detail, **(members or {})})


def _response(body: bytes, status: int, headers: Mapping[str, str]) -> Response:
    return Response(body, status, {"Cache-Control": "no-store", **headers}, MEDIA_TYPE)
