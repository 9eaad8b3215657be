"""Cross-origin requests (the Fetch standard, section 3.2): which pages may read what the service answers.

https://fetch.spec.whatwg.org/#http-cors-protocol. They read every header, and no credentials are taken: a page that has
an API key sends it itself, in Authorization.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY_ORIGIN = "*"

Headers = Sequence[tuple[bytes, bytes]]

_DAY = b"86400"
_VARY: Headers = [(b"vary", b"Origin")]
"""In every reply, where not all pages may read it: caches must not give one page what another got."""


class CrossOrigin:
    """ASGI middleware that answers preflight requests, and lets pages of `origins` read all other replies.

    Where any page may, every reply says so, whether or not there is an Origin: caches share it between pages.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._is_open = ANY_ORIGIN in origins
        self._origins = {origin.encode() for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and _field(scope, b"access-control-request-method") is not None:
            await send({"type": "http.response.start", "status": 204, "headers": self._preflight(scope)})
            await send({"type": "http.response.body"})
            return
        headers = _OPEN if self._is_open else self._for_origin(scope)

        async def allow(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await self._app(scope, receive, allow)

    def _allowed(self, scope: Scope) -> bytes | None:
        """Return the origin that is told it may read; None where it may not."""
        if self._is_open:
            return b"*"
        origin = _field(scope, b"origin")
        return origin if origin in self._origins else None

    def _for_origin(self, scope: Scope) -> Headers:
        origin = self._allowed(scope)
        return _VARY if origin is None else [*_reading(origin), *_VARY]

    def _preflight(self, scope: Scope) -> Headers:
        origin = self._allowed(scope)
        allowed: Headers = [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", b"GET, HEAD, POST"),
            # An asterisk stands for every field but this one.
            (b"access-control-allow-headers", b"*, Authorization"),
            (b"access-control-max-age", _DAY),
        ] if origin is not None else []  # fmt: skip
        return allowed if self._is_open else [*allowed, *_VARY]


def _reading(origin: bytes) -> Headers:
    """Return the headers with which pages of an origin read a reply, its headers and its timing."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"*"),
        (b"timing-allow-origin", origin),
    ]


_OPEN = _reading(b"*")


def _field(scope: Scope, name: bytes) -> bytes | None:
    return next((value for field, value in scope["headers"] if field == name), None)
