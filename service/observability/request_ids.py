"""A name for each request, by which the client, a proxy and the log speak of the same one."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from service.access.reply_fields import Fields

REQUEST_ID = "fanin.request_id"
"""Where the scope of a request has it."""

FIELD = b"x-request-id"

_VALID = re.compile(rb"[A-Za-z0-9._:=+/@-]{1,128}")
"""Those of others that are taken: UUIDs and all that proxies make, and nothing that could break a line."""


class RequestIds:
    """ASGI middleware that takes the `X-Request-ID` of a request, or makes one; one that `is_secret` is not taken."""

    def __init__(self, app: ASGIApp, is_secret: Callable[[bytes], bool]) -> None:
        self._app = app
        self._is_secret = is_secret
        # Each process has its own, so that a counter is enough.
        self._prefix = f"{secrets.token_hex(8)}-"
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[REQUEST_ID] = self._taken(scope) or f"{self._prefix}{next(self._numbers)}"
        await self._app(scope, receive, send)

    def _taken(self, scope: Scope) -> str | None:
        for name, value in scope["headers"]:
            if name == FIELD:
                return value.decode() if _VALID.fullmatch(value) and not self._is_secret(value) else None
        return None


def request_id_fields(scope: Scope, own: Fields) -> Fields:
    """Return the field that gives it back."""
    return [(FIELD, scope[REQUEST_ID].encode())]
