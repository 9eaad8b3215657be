"""The way past FastAPI to what answers most requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

Handlers = Mapping[Any, Callable[..., Any]]
"""Of exceptions, by their classes or statuses."""


class Shortcut:
    """ASGI middleware that answers requests for `routes` as the application inside it would, and errors by `handlers`.

    The application's layers for dependencies, uploads and traces are of no use to these, and took, with the search for
    the route, as long as to draw the numbers of a small tensor.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[Route], handlers: Handlers) -> None:
        self._app = app
        self._routes = routes
        inner = {error: handler for error, handler in handlers.items() if error is not Exception}
        self._endpoints = ServerErrorMiddleware(ExceptionMiddleware(_endpoint, inner), handlers.get(Exception))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for route in self._routes:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found)
                    await self._endpoints(scope, receive, send)
                    return
        await self._app(scope, receive, send)


async def _endpoint(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["endpoint"](scope, receive, send)
