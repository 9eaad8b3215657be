"""Cross-origin requests (the Fetch standard, section 3.2): any page may ask, and read every header of the answer.

https://fetch.spec.whatwg.org/#http-cors-protocol. Nothing here depends on who asks, and no credentials are taken.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DAY = b"86400"

# In every response, whether or not there is an Origin: caches share them between pages.
OPEN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"*"),
    (b"timing-allow-origin", b"*"),
]
_PREFLIGHT = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", _DAY),
]


class CrossOrigin:
    """ASGI middleware that answers preflight requests and lets pages of any origin read all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and _is_preflight(scope):
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body"})
            return

        async def allow(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *OPEN]
            await send(message)

        await self._app(scope, receive, allow)


def _is_preflight(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])
