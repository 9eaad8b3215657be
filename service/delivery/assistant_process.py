"""The process beside the server's, from inside: tasks in, results out, over one connection."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from service.linear_algebra.interruption import interruptible

Task = Callable[[], Any]
"""What can be pickled, and returns what can be."""

_NICENESS = 10
"""Of 19: the event loop of the server gets nine times the share of a processor that both want."""


@dataclass(frozen=True)
class Asked:
    """A task, and who waits for it."""

    number: int
    queue: str
    """The tasks of one queue are done one after another."""
    task: Task


@dataclass(frozen=True)
class Unwanted:
    """Nobody waits for a task any more."""

    number: int


@dataclass(frozen=True)
class Raised:
    """An exception by its parts, for one whose class takes other arguments than its text cannot be pickled."""

    kind: type[Exception]
    arguments: tuple[Any, ...]
    attributes: dict[str, Any]

    @classmethod
    def of(cls, error: Exception) -> Raised:
        return cls(type(error), error.args, error.__dict__)

    def exception(self) -> Exception:
        """Return it whole again."""
        error = self.kind.__new__(self.kind)
        error.args = self.arguments
        error.__dict__.update(self.attributes)
        return error


@dataclass(frozen=True)
class Done:
    """What a task has returned or raised."""

    number: int
    result: Any = None
    raised: Raised | None = None


def serve(connection: Connection, prepare: Callable[[], None]) -> None:
    """Do the tasks that come, until the other end is closed, as the kernel does when that process is gone."""
    # The server ends this process when it has no more use for it: its own replies are still to be made after a signal.
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    prepare()
    tasks = _Tasks(connection)
    tasks.send(None)
    with contextlib.suppress(EOFError, OSError):
        while True:
            tasks.take(connection.recv())
    # A task under way is of no use to anyone.
    os._exit(0)


class _Tasks:
    """Those that are not done yet."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._unwanted: dict[int, threading.Event] = {}

    def send(self, message: Done | None) -> None:
        with self._sending:
            self._connection.send(message)

    def take(self, message: Asked | Unwanted) -> None:
        if isinstance(message, Unwanted):
            if (event := self._unwanted.get(message.number)) is not None:
                event.set()
            return
        event = self._unwanted[message.number] = threading.Event()
        thread = self._threads.setdefault(message.queue, ThreadPoolExecutor(1))
        thread.submit(self._do, message, event)

    def _do(self, asked: Asked, unwanted: threading.Event) -> None:
        try:
            with interruptible(unwanted):
                done = Done(asked.number, asked.task())
        except Exception as error:  # noqa: BLE001 (raised again where the task was asked for)
            done = Done(asked.number, raised=Raised.of(error))
        del self._unwanted[asked.number]
        self.send(done)
