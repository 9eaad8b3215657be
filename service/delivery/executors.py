"""The threads in which bodies and answers are made, beside the event loop."""

from __future__ import annotations

import asyncio
import functools
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from service.delivery.admission import Admission
from service.delivery.buffer_pool import BufferPool
from service.delivery.pipeline import Pipeline
from service.formats.body import Body, Bytes
from service.linear_algebra.interruption import interruptible
from service.observability.measurements import Measurements

_Result = TypeVar("_Result")

QUEUES = ("pieces", "preparations", "long preparations", "answers")
"""What waits for a thread, by the threads that it waits for."""

_LONG_SECONDS = 2
"""Of one thread; what takes longer to materialize is made beside the rest."""

_NICENESS = 10
"""Of 19, the most: the event loop gets nine times the share of a processor that they both want."""


@dataclass
class Executors:
    """The threads of one application.

    A few are for pieces, which take a millisecond, one for what is materialized, one for what of that takes long, for
    which the rest need not wait, and one for what is not a tensor: that holds the GIL, so that more would be no faster.
    """

    threads: int
    admission: Admission
    measurements: Measurements = field(default_factory=Measurements)
    _pieces: ThreadPoolExecutor = field(init=False)
    _preparations: ThreadPoolExecutor = field(init=False)
    _long_preparations: ThreadPoolExecutor = field(init=False)
    _answers: ThreadPoolExecutor = field(init=False)
    _buffers: BufferPool = field(init=False)

    def __post_init__(self) -> None:
        self._pieces = ThreadPoolExecutor(self.threads, "pieces", _give_way)
        self._preparations = ThreadPoolExecutor(1, "preparations", _give_way)
        self._long_preparations = ThreadPoolExecutor(1, "long preparations", _give_way)
        self._answers = ThreadPoolExecutor(1, "answers", _give_way)
        self._buffers = BufferPool()

    @property
    def pieces_ahead(self) -> int:
        """How many pieces of a body are made or being made while one is sent."""
        return self.threads + 1

    def close(self) -> None:
        """Begin nothing more; what has begun ends by itself."""
        self._pieces.shutdown(wait=False, cancel_futures=True)
        self._preparations.shutdown(wait=False, cancel_futures=True)
        self._long_preparations.shutdown(wait=False, cancel_futures=True)
        self._answers.shutdown(wait=False, cancel_futures=True)

    async def prepare(self, body: Body) -> Body:
        """Return `body` with what can only be made all at once made; that ends soon when the caller is cancelled."""
        unwanted = threading.Event()

        def make() -> Body:
            with interruptible(unwanted):
                return body.prepare()

        is_long = body.cost.seconds > _LONG_SECONDS
        executor = self._long_preparations if is_long else self._preparations
        try:
            return await asyncio.wrap_future(
                self._submit("long preparations" if is_long else "preparations", executor, make)
            )
        except asyncio.CancelledError:
            unwanted.set()
            raise

    @asynccontextmanager
    async def pieces(self, body: Body) -> AsyncIterator[AsyncIterator[Bytes]]:
        """Yield the bytes of `body`, piece after piece, made ahead; what is left undone at the end is dropped."""
        pipeline = Pipeline(body, functools.partial(self._submit, "pieces", self._pieces), self._buffers)
        try:
            yield pipeline.run(self.pieces_ahead)
        finally:
            pipeline.close()

    async def aside(self, task: Callable[[], _Result]) -> _Result:
        """Return what `task` returns, which takes some milliseconds, done beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pieces, task)

    def begin(self, task: Callable[[], None]) -> None:
        """Do what makes answers faster, meanwhile."""
        self._answers.submit(task)

    async def run(self, answer: Callable[[], _Result], nbytes: int) -> _Result:
        """Return what `answer` returns, which takes `nbytes` of memory. Raises Overloaded."""
        with self.admission.enter(nbytes):
            return await asyncio.wrap_future(self._submit("answers", self._answers, answer))

    def _submit(
        self, queue: str, executor: ThreadPoolExecutor, task: Callable[..., _Result], *arguments: object
    ) -> Future[_Result]:
        waiting = self.measurements.wait(queue)
        future = executor.submit(waiting.around(task), *arguments)
        future.add_done_callback(waiting.drop)
        return future


def _give_way() -> None:
    """Let the event loop, and a client on the same machine, run before this thread (where threads have priorities)."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
