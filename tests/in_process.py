"""A client of an application in this process: without a socket, and without a thread for it to run in.

Starlette's TestClient wakes another thread eight times for each request, which takes longer than most replies.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import httpx2
from starlette.types import ASGIApp


class _Transport(httpx2.BaseTransport):
    """Runs an application until its reply is whole; an error after which it has replied is that reply."""

    def __init__(self, app: ASGIApp, runner: asyncio.Runner, state: dict[str, Any]) -> None:
        self._app = app
        self._runner = runner
        self._state = state

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        sent: list[dict[str, Any]] = []
        try:
            self._runner.run(self._answer(request, sent))
        except Exception:
            if not sent:
                raise
        start, *pieces = sent
        body = b"" if request.method == "HEAD" else b"".join(bytes(piece.get("body", b"")) for piece in pieces)
        return httpx2.Response(start["status"], headers=start["headers"], stream=httpx2.ByteStream(body))

    async def _answer(self, request: httpx2.Request, sent: list[dict[str, Any]]) -> None:
        bodies = [request.read()]

        async def receive() -> dict[str, Any]:
            if not bodies:
                # The client stays.
                await asyncio.Event().wait()
            return {"type": "http.request", "body": bodies.pop()}

        async def send(message: Any) -> None:
            sent.append(message)

        url = request.url
        path, _, query = url.raw_path.partition(b"?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
            "scheme": url.scheme, "path": unquote(path.decode()), "raw_path": path, "query_string": query,
            "root_path": "", "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("testclient", 50000), "server": (url.host, 80), "state": dict(self._state),
        }  # fmt: skip
        await self._app(scope, receive, send)


@contextmanager
def in_process(app):
    """Yield a client of `app`, which lives as long as the context; its errors are replies as on the wire."""
    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        state = runner.run(lifespan.__aenter__())
        try:
            with httpx2.Client(
                base_url="http://testserver",
                headers={"user-agent": "testclient"},
                transport=_Transport(app, runner, state),
                follow_redirects=True,
            ) as client:
                yield client
        finally:
            runner.run(lifespan.__aexit__(None, None, None))
