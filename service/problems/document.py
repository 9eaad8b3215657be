"""A problem, and its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        body = orjson.dumps(
            {
                "type": f"/problems/{self.type.slug}",
                "title": self.type.title,
                "status": self.type.status,
                "detail": self.detail,
                **self.members,
            }
        )
        return Response(body, self.type.status, {"Cache-Control": "no-store", **self.headers}, MEDIA_TYPE)
