"""The pieces of a body, made ahead of the wire."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future

from service.delivery.buffer_pool import BufferLease, BufferPool
from service.formats.body import Body, Buffer, Bytes, Piece


class Pipeline:
    """The pieces of one body on their way."""

    def __init__(self, body: Body, submit: Callable[[Piece, Buffer], Future[Bytes]], pool: BufferPool) -> None:
        self._todo = body.pieces()
        self._buffers = BufferLease(body.buffer_bytes, pool)
        self._submit = submit
        self._waiting: deque[Future[Bytes]] = deque()

    async def run(self, ahead: int) -> AsyncIterator[Bytes]:
        """Yield the pieces in order, with up to `ahead` begun beyond the one that is waited for."""
        for piece in self._todo:
            self._begin(piece)
            if len(self._waiting) == ahead:
                yield await asyncio.wrap_future(self._waiting.popleft())
        while self._waiting:
            yield await asyncio.wrap_future(self._waiting.popleft())

    def _begin(self, piece: Piece | Bytes) -> None:
        if callable(piece):
            self._waiting.append(self._submit(piece, self._buffers.take()))
        else:
            ready: Future[Bytes] = Future()
            ready.set_result(piece)
            self._waiting.append(ready)

    def close(self) -> None:
        """Drop what has not begun, and leave the buffers to other bodies."""
        for future in self._waiting:
            future.cancel()
        self._buffers.end()
