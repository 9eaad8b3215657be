"""A response whose body is made while it is sent, in memory that does not grow with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from service.access.client import client_of
from service.delivery.admission import Admission, Stream
from service.delivery.departure import departure, unless
from service.delivery.executors import Executors
from service.delivery.lane import Lane
from service.formats.body import Body, Bytes

_PIECES_WITH_THE_SERVER = 2
"""The one that is being sent, and the one before it, until the server lets go of it."""


SHORT_BYTES = 2**22
"""Of a reply that ends soon."""

_TEXT_BYTES = 12
"""Of a number as text, and what is between it and the next."""


class StreamingReply(Response):
    """Sends the pieces of a body as they are made, and makes no more when the client goes away.

    The first piece is made before the status is sent, so that what goes wrong with it is still told.
    Raises Overloaded when it is called.
    """

    def __init__(self, body: Body, status: int, headers: Mapping[str, str], executors: Executors) -> None:
        self.status_code = status
        self.background = None
        self.init_headers(headers)
        self._content = body
        self._executors = executors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        admission = self._executors.admission
        wire = scope.get("state", {}).get("connection")
        with admission.enter(self._memory(), client_of(scope), ends_soon=self._ends_soon(), wire=wire) as stream:
            async with departure(receive) as gone:
                await self._send(scope, _counted(send, stream, admission), gone)

    def _memory(self) -> int:
        """Return how many bytes the reply holds while it is under way."""
        body = self._content
        return body.memory + body.piece_bytes * (self._executors.pieces_ahead + _PIECES_WITH_THE_SERVER)

    def _ends_soon(self) -> bool:
        """Whether it is short enough that a slow client has it in a moment too."""
        body = self._content
        length = body.cost.text_elements * _TEXT_BYTES if body.length is None else body.length
        return length <= SHORT_BYTES and Lane.of(body.cost.seconds) is not Lane.DEAR

    async def _send(self, scope: Scope, send: Send, gone: asyncio.Future[None]) -> None:
        start = time.perf_counter()
        body, lane = self._content, Lane.of(self._content.cost.seconds)
        if body.needs_preparation:
            body = await unless(gone, self._executors.prepare(body))
            if self._content.length is None and body.length is not None:
                self.headers["Content-Length"] = str(body.length)
        async with aclosing(self._pieces(body, lane, gone)) as pieces:
            first = await unless(gone, anext(pieces, b""))
            if body.length is None and scope.get("http_version") == "1.0":
                self.headers["Content-Length"] = str(await unless(gone, self._measured(body)))
            self.headers.append("Server-Timing", f"make;dur={1000 * (time.perf_counter() - start):.3g}")
            self.headers.append("Server-Timing", f"lane;desc={lane.value}")
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await _send_body(send, first)
            async for piece in pieces:
                if gone.done():
                    return
                await _send_body(send, piece)
        await _send_body(send, b"", more=False)

    async def _pieces(self, body: Body, lane: Lane, gone: asyncio.Future[None]) -> AsyncGenerator[Bytes]:
        for section in body.sections():
            needs = section.needs_preparation
            ready = await unless(gone, self._executors.prepare(section, lane)) if needs else section
            async with self._executors.pieces(ready, lane) as pieces:
                async for piece in pieces:
                    yield piece

    async def _measured(self, body: Body) -> int:
        """Return the length of a body by making it once: HTTP/1.0 knows no chunks."""
        async with self._executors.pieces(body) as pieces:
            return sum([len(piece) async for piece in pieces])


async def _send_body(send: Send, body: Bytes, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


def _counted(send: Send, stream: Stream, admission: Admission) -> Send:
    """Return `send`, with the bytes that the wire is given counted."""

    async def counting(message: Message) -> None:
        if stream.since is None:
            admission.began(stream)
        await send(message)
        stream.sent += len(message.get("body", b""))

    return counting
