"""A line of JSON for every request that was answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

import orjson

from service.access.client import client_of
from service.observability.exchange import SUBJECT, Exchange, Subject
from service.observability.request_ids import REQUEST_ID

_LONGEST_URL = 1000
_LONGEST_AGENT = 200
"""Characters that are told."""

_UNPRINTABLE = re.compile(r"[^ -~]")


class AccessLog:
    """Tells `write` of each exchange; `mask` puts asterisks in the place of secrets.

    Of a URL the canonical one is told, and otherwise its path where that was found: what a client made up, or put into
    a query, may be a secret of another server.
    """

    def __init__(self, write: Callable[[bytes], None], mask: Callable[[bytes], bytes]) -> None:
        self._write = write
        self._mask = mask

    def __call__(self, exchange: Exchange) -> None:
        """Write the line of an exchange that is over."""
        scope = exchange.scope
        address = scope.get("client")
        line = orjson.dumps(
            {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "id": scope.get(REQUEST_ID),
                "client": client_of(scope),
                "address": address[0] if address else None,
                "method": scope["method"],
                "route": exchange.route,
                "url": _shortened(_url(exchange), _LONGEST_URL),
                "status": exchange.status,
                "bytes": exchange.nbytes,
                "complete": exchange.is_complete,
                "queue_ms": _milliseconds(exchange.queue),
                "first_byte_ms": _milliseconds(exchange.first_byte),
                "total_ms": _milliseconds(exchange.end - exchange.start),
                "user_agent": _shortened(_agent(exchange), _LONGEST_AGENT),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        self._write(self._mask(line))


def _url(exchange: Exchange) -> str:
    subject: Subject | None = exchange.scope.get(SUBJECT)
    if subject is not None:
        return subject.url
    return str(exchange.scope["path"]) if exchange.status < HTTPStatus.BAD_REQUEST else exchange.route


def _agent(exchange: Exchange) -> str:
    fields = (value for name, value in exchange.scope["headers"] if name == b"user-agent")
    return next(fields, b"").decode("latin-1")


def _shortened(text: str, longest: int) -> str:
    """Return a text without what a terminal may obey, and cut where it is long."""
    return _UNPRINTABLE.sub("?", text if len(text) <= longest else f"{text[:longest]}...")


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 3)
