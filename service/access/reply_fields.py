"""The fields that every reply has beside its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Fields = Sequence[tuple[bytes, bytes]]

FieldsOf = Callable[[Scope, Fields], Fields]
"""Returns what is added to a reply, from the request's scope and the fields that the reply has."""


class ReplyFields:
    """ASGI middleware that adds to every reply what each of `sources` says: one layer for all of them."""

    def __init__(self, app: ASGIApp, sources: Sequence[FieldsOf]) -> None:
        self._app = app
        self._sources = sources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                fields = list(own)
                for source in self._sources:
                    fields += source(scope, own)
                message["headers"] = fields
            await send(message)

        await self._app(scope, receive, add)
