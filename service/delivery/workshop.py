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
from typing import TypeVar

import numpy as np

from service.delivery.admission import Admission
from service.formats.base import Body, Buffer, Bytes, Piece
from service.tensors.tensor import Tensor

Result = TypeVar("Result")

_NICENESS = 10


@dataclass
class Workshop:
    """The threads of one application.

    A few are for pieces, which take a millisecond, one for whole tensors, and one for what is not a tensor: that holds
    the GIL, so that more would be no faster.
    """

    threads: int
    admission: Admission
    _pieces: ThreadPoolExecutor = field(init=False)
    _wholes: ThreadPoolExecutor = field(init=False)
    _answers: ThreadPoolExecutor = field(init=False)
    _shelf: _Shelf = field(init=False)

    def __post_init__(self) -> None:
        self._pieces = ThreadPoolExecutor(self.threads, "pieces", _give_way)
        self._wholes = ThreadPoolExecutor(1, "wholes", _give_way)
        self._answers = ThreadPoolExecutor(1, "answers", _give_way)
        self._shelf = _Shelf()

    @property
    def ahead(self) -> int:
        """How many pieces of a body are made or being made while one is sent."""
        return self.threads + 1

    def close(self) -> None:
        """Begin nothing more; what has begun ends by itself."""
        self._pieces.shutdown(wait=False, cancel_futures=True)
        self._wholes.shutdown(wait=False, cancel_futures=True)
        self._answers.shutdown(wait=False, cancel_futures=True)

    async def make_whole(self, tensor: Tensor) -> Tensor:
        """Return `tensor` with what has to be made whole made."""
        return await asyncio.get_running_loop().run_in_executor(self._wholes, tensor.materialize)

    def begin(self, preparation: Callable[[], None]) -> None:
        """Do what makes answers faster, meanwhile."""
        self._answers.submit(preparation)

    async def work_out(self, answer: Callable[[], Result], nbytes: int) -> Result:
        """Return what `answer` returns, which takes `nbytes` of memory. Raises Overloaded."""
        with self.admission.enter(nbytes):
            return await asyncio.get_running_loop().run_in_executor(self._answers, answer)

    @asynccontextmanager
    async def making(self, body: Body) -> AsyncIterator[AsyncIterator[Bytes]]:
        """Yield the bytes of `body`, piece after piece, made ahead; what is left undone at the end is dropped."""
        line = _Line(body, self._pieces.submit, self._shelf)
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

    def __init__(self, body: Body, submit: Callable[[Piece, Buffer], Future[Bytes]], shelf: _Shelf) -> None:
        self._todo = body.pieces()
        self._buffers = _Buffers(body.buffer_bytes, shelf)
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
        self._buffers.give_back()


_UNUSED = 2
"""References to memory when nobody uses it: that of the list, and the argument of the function that asks."""

_ROUNDING = 2**16
"""To sizes that bodies of one format have in common."""


class _Buffers:
    """The buffers of one body, used again when nobody else refers to them any more.

    Fresh ones would cost a page fault for every 4 KiB, and so would those that the last body left.
    """

    def __init__(self, nbytes: int, shelf: _Shelf) -> None:
        self._nbytes = nbytes
        self._shelf = shelf
        self._taken: list[Buffer] = []

    def take(self) -> Buffer:
        for position in range(len(self._taken)):
            # When the server has let go of the memory, it is sent.
            if sys.getrefcount(self._taken[position]) <= _UNUSED:
                return self._taken[position][: self._nbytes]
        self._taken.append(self._shelf.take(-(-self._nbytes // _ROUNDING) * _ROUNDING))
        return self._taken[-1][: self._nbytes]

    def give_back(self) -> None:
        """Leave the buffers to other bodies; none is taken after this."""
        self._shelf.put(self._taken)
        self._taken = []


class _Shelf:
    """Buffers of bodies that are sent, or being sent, the latest last."""

    CAPACITY = 2**25
    """Bytes of all; enough for two bodies at a time."""

    def __init__(self) -> None:
        self._buffers: list[Buffer] = []

    def take(self, nbytes: int) -> Buffer:
        """Return a buffer of that size which nobody uses."""
        for position in reversed(range(len(self._buffers))):
            buffers = self._buffers
            if buffers[position].nbytes == nbytes and sys.getrefcount(buffers[position]) <= _UNUSED:
                return buffers.pop(position)
        return np.empty(nbytes, np.uint8)

    def put(self, buffers: list[Buffer]) -> None:
        self._buffers += buffers
        while self.nbytes > self.CAPACITY:
            del self._buffers[0]

    @property
    def nbytes(self) -> int:
        """What all of them hold."""
        return sum(buffer.nbytes for buffer in self._buffers)
