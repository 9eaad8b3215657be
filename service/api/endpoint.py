"""Endpoints that read their queries and bodies themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def root_path(request: Request) -> str:
    """Return the path under which a proxy has the service; empty where it has all of a host."""
    return str(request.scope.get("root_path", ""))


class Endpoint:
    """An ASGI application that answers each request with what a handler returns.

    FastAPI's own would parse the query a second time, to look for parameters that it does not know, and take as long
    as the rest of a small tensor. `service.openapi` describes these.
    """

    def __init__(self, handler: Callable[[Request], Awaitable[Response]]) -> None:
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._handler(Request(scope, receive))
        await response(scope, receive, send)
