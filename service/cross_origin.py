"""Cross-origin requests (the Fetch standard, section 3.2): which pages may read what the service answers.

https://fetch.spec.whatwg.org/#http-cors-protocol. They read every header, and no credentials are taken: a page that has
an API key sends it itself, in Authorization.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from service.access.reply_fields import Fields

ANY_ORIGIN = "*"

_DAY = b"86400"
_PREFLIGHT: Fields = [
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    # An asterisk stands for every field but this one.
    (b"access-control-allow-headers", b"*, Authorization"),
    (b"access-control-max-age", _DAY),
]
_VARY: Fields = [(b"vary", b"Origin")]
"""In every reply, where not all pages may read it: caches must not give one page what another got."""


class CrossOrigin:
    """What pages of `origins` may do: read every reply.

    Where any page may, every reply says so, whether or not there is an Origin: caches share it between pages.
    """

    def __init__(self, origins: Collection[str]) -> None:
        self._is_open = ANY_ORIGIN in origins
        self._origins = {origin.encode() for origin in origins}

    def fields(self, scope: Scope, own: Fields) -> Fields:
        """Return what a reply says of that."""
        return _OPEN if self._is_open else self._for_origin(scope)

    def _allowed(self, scope: Scope) -> bytes | None:
        """Return the origin that is told it may read; None where it may not."""
        if self._is_open:
            return b"*"
        origin = _field(scope, b"origin")
        return origin if origin in self._origins else None

    def _for_origin(self, scope: Scope) -> Fields:
        origin = self._allowed(scope)
        return _VARY if origin is None else [*_reading(origin), *_VARY]

    def preflight(self, scope: Scope) -> Fields:
        """Return what the answer to a preflight request says beside that."""
        return [] if self._allowed(scope) is None else _PREFLIGHT


class Preflight:
    """ASGI middleware that answers preflight requests with `fields`."""

    def __init__(self, app: ASGIApp, fields: Callable[[Scope], Fields]) -> None:
        self._app = app
        self._fields = fields

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and scope["method"] == "OPTIONS"
        if is_asked and _field(scope, b"access-control-request-method") is not None:
            await send({"type": "http.response.start", "status": 204, "headers": [*self._fields(scope)]})
            await send({"type": "http.response.body"})
        else:
            await self._app(scope, receive, send)


def _reading(origin: bytes) -> Fields:
    """Return the headers with which pages of an origin read a reply, its headers and its timing."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"*"),
        (b"timing-allow-origin", origin),
    ]


_OPEN = _reading(b"*")


def _field(scope: Scope, name: bytes) -> bytes | None:
    return next((value for field, value in scope["headers"] if field == name), None)
