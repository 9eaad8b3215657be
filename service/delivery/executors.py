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

from service.access.client import NOBODY
from service.delivery.admission import Admission
from service.delivery.assistant import Assistant
from service.delivery.buffer_pool import BufferPool
from service.delivery.lane import Lane
from service.delivery.pipeline import Pipeline
from service.formats.body import Body, Bytes
from service.formats.content import Content
from service.formats.picture import PictureBody
from service.linear_algebra.interruption import interruptible
from service.observability.measurements import Measurements
from service.pictures import draw
from service.pictures.picture import Picture, Rendering

_Result = TypeVar("_Result")

_PICTURES = "pictures"

QUEUES = (*(f"{lane.value} {work}" for work in ("pieces", "preparations", "answers") for lane in Lane), _PICTURES)
"""What waits for a thread, by the threads that it waits for."""

_NICENESS = 10
"""Of 19, the most: the event loop gets nine times the share of a processor that they both want."""

_NICENESS_OF_THE_DEAR = 15
"""Of what is made in one piece, without the GIL: the rest gets three times the share."""


@dataclass
class Executors:
    """The threads of one application.

    Each lane has its own for three kinds of work, so that what is quick waits for nothing that is not. A few are for
    pieces, which take some milliseconds; one is for what is materialized, which begins threads of its own; and one for
    what is not a tensor: that holds the GIL, so that more would be no faster, and what holds it long is left to an
    assistant. One more hands pictures to another that draws them.
    """

    threads: int
    admission: Admission
    measurements: Measurements = field(default_factory=Measurements)
    assistant: Assistant = field(default_factory=Assistant)
    draughtsman: Assistant = field(
        default_factory=lambda: Assistant(draw.prepare, is_awaited=True, most_seconds=draw.MOST_SECONDS)
    )
    _by_queue: dict[str, ThreadPoolExecutor] = field(init=False)
    _buffers: BufferPool = field(init=False)

    def __post_init__(self) -> None:
        self._by_queue = {queue: self._executor(queue) for queue in QUEUES}
        self._buffers = BufferPool()

    def _executor(self, queue: str) -> ThreadPoolExecutor:
        threads = self.threads if queue.endswith("pieces") else 1
        niceness = _NICENESS_OF_THE_DEAR if queue == "dear preparations" else _NICENESS
        return ThreadPoolExecutor(threads, queue, functools.partial(_give_way, niceness))

    @property
    def pieces_ahead(self) -> int:
        """How many pieces of a body are made or being made while one is sent."""
        return self.threads + 1

    def close(self) -> None:
        """Begin nothing more; what has begun ends by itself."""
        for executor in self._by_queue.values():
            executor.shutdown(wait=False, cancel_futures=True)
        self.assistant.close()
        self.draughtsman.close()

    async def prepare(self, body: Body, lane: Lane | None = None) -> Body:
        """Return `body` with what can only be made all at once made, in the lane of a body that it is a part of.

        When the caller is cancelled that ends soon, and this with it: what the caller holds for it is held until then.
        """
        unwanted = threading.Event()

        def make() -> Body:
            with interruptible(unwanted):
                return body.prepare()

        queue = f"{(lane or Lane.of(body.cost.seconds)).value} preparations"
        made = await self._result(queue, make, unwanted)
        if isinstance(made, PictureBody) and made.picture is not None:
            return Content(await self.draw(made.picture, made.rendering))
        return made

    async def draw(self, picture: Picture, rendering: Rendering) -> bytes:
        """Return the file of a picture, drawn in another process. Raises Overloaded."""
        unwanted, task = threading.Event(), functools.partial(draw.draw, picture, rendering)
        return await self._result(_PICTURES, lambda: self.draughtsman.do(_PICTURES, task, unwanted), unwanted)

    @asynccontextmanager
    async def pieces(self, body: Body, lane: Lane | None = None) -> AsyncIterator[AsyncIterator[Bytes]]:
        """Yield the bytes of `body`, piece after piece, made ahead; what is left undone at the end is dropped.

        `lane` is that of a body that it is a part of.
        """
        queue = f"{(lane or Lane.of(body.cost.seconds)).value} pieces"
        pipeline = Pipeline(body, functools.partial(self._submit, queue), self._buffers)
        try:
            yield pipeline.run(self.pieces_ahead)
        finally:
            pipeline.close()

    async def aside(self, task: Callable[[], _Result]) -> _Result:
        """Return what `task` returns, which takes some milliseconds, done beside the event loop."""
        return await asyncio.wrap_future(self._submit("quick pieces", task))

    async def read(self, task: Callable[[], _Result], nbytes: int, client: str = NOBODY) -> _Result:
        """Return what `task` makes of a large body of a client, with the GIL, in `nbytes` of memory.

        Raises Overloaded.
        """
        with self.admission.enter(nbytes, client, ends_soon=True):
            return await asyncio.wrap_future(self._submit(f"{Lane.SLOW.value} answers", task))

    def begin(self, task: Callable[[], object]) -> None:
        """Do what makes answers faster, meanwhile."""
        self._by_queue["dear answers"].submit(task)

    async def run(self, answer: Callable[[], _Result], nbytes: int, seconds: float, client: str = NOBODY) -> _Result:
        """Return what `answer` returns for a client, which takes `nbytes` of memory and about so many seconds.

        Raises Overloaded.

        When the caller is cancelled it ends at the next interruption that it asks for.
        """
        return await self._run(lambda _: answer(), nbytes, seconds, client)

    async def run_apart(
        self, answer: Callable[[], _Result], nbytes: int, seconds: float, client: str = NOBODY
    ) -> _Result:
        """Return the same; unless it is quick, the assistant makes it, for which it can be pickled, as its result."""
        lane = Lane.of(seconds)
        if lane is Lane.QUICK:
            return await self.run(answer, nbytes, seconds, client)
        return await self._run(
            lambda unwanted: self.assistant.do(lane.value, answer, unwanted), nbytes, seconds, client
        )

    async def _run(
        self, answer: Callable[[threading.Event], _Result], nbytes: int, seconds: float, client: str
    ) -> _Result:
        unwanted = threading.Event()

        def make() -> _Result:
            with interruptible(unwanted):
                return answer(unwanted)

        lane = Lane.of(seconds)
        with self.admission.enter(nbytes, client, ends_soon=lane is not Lane.DEAR):
            return await self._result(f"{lane.value} answers", make, unwanted)

    async def _result(self, queue: str, make: Callable[[], _Result], unwanted: threading.Event) -> _Result:
        """Return what `make` returns; when the caller is cancelled, set `unwanted` and wait until `make` has ended."""
        future = self._submit(queue, make)
        waiting = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            unwanted.set()
            if not future.cancel():
                await asyncio.wait([waiting])
                # What came of it is of no use to anyone, an error neither.
                waiting.cancelled() or waiting.exception()
            raise

    def _submit(self, queue: str, task: Callable[..., _Result], *arguments: object) -> Future[_Result]:
        waiting = self.measurements.wait(queue)
        future = self._by_queue[queue].submit(waiting.around(task), *arguments)
        future.add_done_callback(waiting.drop)
        return future


def _give_way(niceness: int) -> None:
    """Let the event loop, and a client on the same machine, run before this thread (where threads have priorities)."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
