"""A request and its reply, as one: what a log tells of, and metrics count."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import NamedTuple

from starlette.types import Scope

from service.observability.families import OTHER

SUBJECT = "fanin.subject"
"""Where the scope of a request for a tensor has what it is about."""

CAUSE = "fanin.cause"
"""Where the scope of a request whose reply was cut has why, one of `CAUSES`."""

REFUSED = "fanin.refused"
"""Where the scope of a request that was given up before its reply has the status with which the server refused it."""

CLIENT_CLOSED = 499
"""The status, which nobody reads, of a reply to a client that went away before (nginx's)."""


class Subject(NamedTuple):
    """The tensor that a reply is of."""

    url: str
    """The canonical one."""
    format: str
    initializer: str
    elements: int
    length: int | None
    """Bytes of the whole; None where that is not known before they are made."""

    def sent(self, nbytes: int) -> float:
        """Return how many elements `nbytes` of its body are, about."""
        return self.elements * nbytes / self.length if self.length else self.elements


class Exchange:
    """A request and its reply; times are those of `time.perf_counter`."""

    __slots__ = ("end", "first_byte", "is_complete", "nbytes", "queue", "route", "scope", "start", "status")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.status = CLIENT_CLOSED
        self.first_byte: float | None = None
        """Seconds after the start."""
        self.queue: float | None = None
        """Seconds that its first piece of work waited for a thread; None where it needed none."""
        self.nbytes = 0
        self.is_complete = False
        self.route = OTHER
        self.start = self.end = time.perf_counter()

    @classmethod
    def refused(cls, client: tuple[str, int] | None, status: int, nbytes: int) -> Exchange:
        """Return that of something which was refused before it was a request: nobody knows more of it."""
        exchange = cls({"type": "http", "client": client, "method": None, "path": "", "headers": []})
        exchange.status, exchange.nbytes, exchange.is_complete = status, nbytes, True
        return exchange


CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
"""The one that a task works for."""
