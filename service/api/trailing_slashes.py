"""Slashes at the end of a path, which say nothing."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class TrailingSlashes:
    """ASGI middleware with which slashes at the end of a path say nothing.

    There is no redirect, which curl would not follow.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/"):
            root = scope.get("root_path", "")
            below = scope["path"].removeprefix(root).rstrip("/")
            # The scope itself: what the server says of the request later, such as why it was cut, is found there.
            scope["path"] = f"{root}{below or '/'}"
        await self._app(scope, receive, send)
