"""Where tensors are made: threads beside the event loop, and the pieces they make ahead of the wire."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import numpy as np

from service.delivery.admission import Admission
from service.formats.base import Body, Buffer, Bytes, Piece
from service.tensors.tensor import Tensor

_NICENESS = 10


@dataclass
class Workshop:
    """The threads of one application: a few for pieces, which take a millisecond, and one for whole tensors."""

    threads: int
    admission: Admission
    _pieces: ThreadPoolExecutor = field(init=False)
    _wholes: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._pieces = ThreadPoolExecutor(self.threads, "pieces", _give_way)
        self._wholes = ThreadPoolExecutor(1, "wholes", _give_way)

    @property
    def ahead(self) -> int:
        """How many pieces of a body are made or being made while one is sent."""
        return self.threads + 1

    def close(self) -> None:
        """Begin nothing more; what has begun ends by itself."""
        self._pieces.shutdown(wait=False, cancel_futures=True)
        self._wholes.shutdown(wait=False, cancel_futures=True)

    async def make_whole(self, tensor: Tensor) -> Tensor:
        """Return `tensor` with what has to be made whole made."""
        return await asyncio.get_running_loop().run_in_executor(self._wholes, tensor.made)

    @asynccontextmanager
    async def making(self, body: Body) -> AsyncIterator[AsyncIterator[Bytes]]:
        """Yield the bytes of `body`, piece after piece, made ahead; what is left undone at the end is dropped."""
        line = _Line(body, self._pieces.submit)
        try:
            yield line.made(self.ahead)
        finally:
            line.drop()


def _give_way() -> None:
    """Let the event loop, and a client on the same machine, run before this thread (where threads have priorities)."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


class _Line:
    """The pieces of one body on their way."""

    def __init__(self, body: Body, submit: Callable[[Piece, Buffer], Future[Bytes]]) -> None:
        self._todo = body.pieces()
        self._buffers = _Buffers(body.buffer_bytes)
        self._submit = submit
        self._waiting: deque[Future[Bytes]] = deque()

    async def made(self, ahead: int) -> AsyncIterator[Bytes]:
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

    def drop(self) -> None:
        for future in self._waiting:
            future.cancel()


_UNUSED = 2
"""References to a buffer when nobody uses it."""


class _Buffers:
    """Buffers of one size, used again when nobody else refers to them any more.

    A fresh one would cost a page fault for every 4 KiB.
    """

    def __init__(self, nbytes: int) -> None:
        self._nbytes = nbytes
        self._taken: list[Buffer] = []

    def take(self) -> Buffer:
        for position in range(len(self._taken)):
            # From the list and as the argument: the server has let go of the memory, for it is sent.
            if sys.getrefcount(self._taken[position]) <= _UNUSED:
                return self._taken[position]
        self._taken.append(np.empty(self._nbytes, np.uint8))
        return self._taken[-1]
