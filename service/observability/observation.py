"""The watch over requests and replies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.observability.families import OTHER
from service.observability.measurements import Measurements

SUBJECT = "fanin.subject"
"""Where the scope of a request for a tensor has what it is about."""

CLIENT_CLOSED = 499
"""The status, which nobody reads, of a reply to a client that went away before (nginx's)."""


@dataclass(frozen=True, slots=True)
class Subject:
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


class Observation:
    """ASGI middleware that counts every request and reply, by the template of the route that answered.

    `templates` has it by the endpoint. `log` is told of the exchange when it is over.
    """

    def __init__(
        self, app: ASGIApp, measurements: Measurements, templates: Mapping[object, str],
        log: Callable[[Exchange], None] | None = None,
    ) -> None:  # fmt: skip
        self._app = app
        self._measurements = measurements
        self._templates = templates
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._measurements.began()
        exchange = Exchange(scope)

        async def watched(message: Message) -> None:
            exchange.passes(message)
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._count(exchange)

    def _count(self, exchange: Exchange) -> None:
        exchange.end = time.perf_counter()
        scope, measurements = exchange.scope, self._measurements
        exchange.route = self._templates.get(scope.get("endpoint"), OTHER)
        measurements.answered(
            exchange.route, scope["method"], exchange.status, exchange.first_byte, exchange.end - exchange.start
        )
        subject: Subject | None = scope.get(SUBJECT)
        if subject is not None and exchange.nbytes and exchange.status in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            measurements.sent(subject.format, subject.initializer, exchange.nbytes, subject.sent(exchange.nbytes))
        if not exchange.is_complete or exchange.status == CLIENT_CLOSED:
            measurements.disconnected("client")
        if self._log is not None:
            self._log(exchange)


class Exchange:
    """A request and its reply; times are those of `time.perf_counter`."""

    __slots__ = ("end", "first_byte", "is_complete", "nbytes", "route", "scope", "start", "status")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.status = CLIENT_CLOSED
        self.first_byte: float | None = None
        """Seconds after the start."""
        self.nbytes = 0
        self.is_complete = False
        self.route = OTHER
        self.start = self.end = time.perf_counter()

    def passes(self, message: Message) -> None:
        """Note a message of the reply."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.first_byte = time.perf_counter() - self.start
        elif message["type"] == "http.response.body":
            self.nbytes += len(message.get("body", b""))
            self.is_complete = not message.get("more_body", False)
