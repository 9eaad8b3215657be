"""A process beside the server's, for what holds the GIL longer than the event loop can wait for it."""

from __future__ import annotations

import itertools
import math
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import TypeVar, cast

from service.delivery.admission import Overloaded
from service.delivery.assistant_process import Asked, Done, Unwanted, serve
from service.linear_algebra.interruption import interruptible, interruption

_Result = TypeVar("_Result")

IDLE_SECONDS = 300.0
"""After its last task, the time for which the process stays."""

_LOOK = 0.05
"""Seconds between two looks at whether a result is still wanted."""


def nothing() -> None:
    """Prepare nothing."""


class Assistant:
    """One such process, started when it is first of use, and ended when it has not been for a time."""

    def __init__(
        self,
        prepare: Callable[[], None] = nothing,
        idle_seconds: float = IDLE_SECONDS,
        *,
        is_awaited: bool = False,
        most_seconds: float = math.inf,
    ) -> None:
        """`prepare`, which can be pickled, is done first in the process.

        `is_awaited` says whether tasks wait while it starts, for what they need is to be loaded there alone. A task
        that is not done after `most_seconds` is given up, and the process with it.
        """
        self._prepare = prepare
        self._most_seconds = most_seconds
        self._is_awaited = is_awaited
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._idle: threading.Timer | None = None
        self._users = 0
        """Those who have it do something, or wait for it to start."""

    @property
    def pid(self) -> int | None:
        """The process, where there is one that is ready."""
        process = self._process
        return process.pid if process is not None and process.is_ready else None

    def do(self, queue: str, task: Callable[[], _Result], unwanted: threading.Event) -> _Result:
        """Return what a task, which can be pickled, returns there; it blocks.

        Here, while the process is starting, which takes seconds, unless it is awaited. Once `unwanted` is set the task
        ends at the next interruption that it asks for. Raises what the task raises, and Overloaded where the process
        has ended before it, by force or because it took too long; the next task starts another.
        """
        with self._in_use() as process:
            if self._is_awaited:
                process.wait_until_ready(unwanted)
            elif not process.is_ready:
                return task()
            return cast("_Result", process.do(queue, task, unwanted, self._most_seconds))

    def close(self) -> None:
        """End the process; it may have been closed before."""
        with self._lock:
            process, self._process = self._process, None
            if self._idle is not None:
                self._idle.cancel()
        if process is not None:
            process.end()

    @contextmanager
    def _in_use(self) -> Iterator[_Process]:
        """Yield the process, which does not end for being idle meanwhile."""
        with self._lock:
            if self._process is None or self._process.has_ended:
                self._process = _Process(self._prepare)
            process = self._process
            self._users += 1
        try:
            yield process
        finally:
            with self._lock:
                self._users -= 1
                self._count_idle_time()

    def _count_idle_time(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = threading.Timer(self._idle_seconds, self._end_if_idle)
        self._idle.daemon = True
        self._idle.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            process = self._process
            if process is None or self._users:
                return
            if process.is_starting:
                self._count_idle_time()
                return
            self._process = None
        process.end()


class _Process:
    """From its start to its end."""

    def __init__(self, prepare: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, prepare), daemon=True)
        self._process.start()
        theirs.close()
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._results: dict[int, Future[object]] = {}
        self.has_ended = False
        threading.Thread(target=self._receive, args=(self._connection,), daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set() and not self.has_ended

    @property
    def is_starting(self) -> bool:
        return not (self._ready.is_set() or self.has_ended)

    def wait_until_ready(self, unwanted: threading.Event) -> None:
        """Return when it is ready, or has ended. Raises Interrupted once `unwanted` is set."""
        with interruptible(unwanted):
            check = interruption()
        while not (self._ready.wait(_LOOK) or self.has_ended):
            check()

    def do(self, queue: str, task: Callable[[], object], unwanted: threading.Event, most_seconds: float) -> object:
        number, result = next(self._numbers), Future[object]()
        given_up = time.monotonic() + most_seconds
        self._results[number] = result
        self._send(Asked(number, queue, task))
        is_told = False
        while not result.done():
            with suppress(NotYet):
                result.exception(_LOOK)
            if unwanted.is_set() and not is_told:
                is_told = True
                self._send(Unwanted(number))
            if time.monotonic() > given_up:
                self.end()
                raise Overloaded(
                    f"the answer was not there after {most_seconds:g} seconds, and was given up; ask again"
                )
        return result.result()

    def end(self) -> None:
        # At once, for whoever receives finds it out later, and the next task is not for this one.
        self.has_ended = True
        self._process.kill()
        self._process.join()

    def _send(self, message: Asked | Unwanted) -> None:
        try:
            with self._lock:
                self._connection.send(message)
        except OSError:
            # Whoever receives knows too, and tells all who wait.
            pass
        if self.has_ended:
            self._drop()

    def _receive(self, connection: Connection) -> None:
        with suppress(EOFError, OSError):
            while True:
                message: Done | None = connection.recv()
                if message is None:
                    self._ready.set()
                    continue
                result = self._results.pop(message.number)
                if message.raised is None:
                    result.set_result(message.result)
                else:
                    result.set_exception(message.raised.exception())
        self.has_ended = True
        self._drop()
        self._process.join()
        connection.close()

    def _drop(self) -> None:
        """Tell all who wait that there will be no result."""
        for number in list(self._results):
            if (result := self._results.pop(number, None)) is not None:
                result.set_exception(Overloaded("the process that worked the answer out has ended; ask again"))
