"""The watch over requests and replies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.observability.exchange import CAUSE, CLIENT_CLOSED, CURRENT, REFUSED, SUBJECT, Exchange, Subject
from service.observability.families import OTHER
from service.observability.measurements import Measurements


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
        CURRENT.set(exchange)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.body":
                exchange.nbytes += len(message.get("body", b""))
                exchange.is_complete = not message.get("more_body", False)
            elif message["type"] == "http.response.start":
                exchange.status = message["status"]
                exchange.first_byte = time.perf_counter() - exchange.start
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._count(exchange)

    def _count(self, exchange: Exchange) -> None:
        exchange.end = time.perf_counter()
        scope, measurements = exchange.scope, self._measurements
        if REFUSED in scope:
            exchange.status, exchange.is_complete = scope[REFUSED], True
        exchange.route = self._templates.get(scope.get("endpoint"), OTHER)
        measurements.answered(
            exchange.route, scope["method"], exchange.status, exchange.first_byte, exchange.end - exchange.start
        )
        subject: Subject | None = scope.get(SUBJECT)
        if subject is not None and exchange.nbytes and exchange.status in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            measurements.sent(subject.format, subject.initializer, exchange.nbytes, subject.sent(exchange.nbytes))
        # A server takes all of a reply whose client has gone meanwhile.
        exchange.is_complete = exchange.is_complete and CAUSE not in scope
        if not exchange.is_complete or exchange.status == CLIENT_CLOSED:
            measurements.disconnected(scope.get(CAUSE, "client"))
        if self._log is not None:
            self._log(exchange)
