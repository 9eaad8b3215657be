"""A line of JSON for every request that was answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

import orjson

from service.access.client import address_of, client_of
from service.access.keys import CHARACTERS, LONGEST, SHORTEST
from service.observability.exchange import SUBJECT, Exchange, Subject
from service.observability.request_ids import REQUEST_ID

_LONGEST_URL = 1000
_LONGEST_AGENT = 200
"""Characters that are told."""

_UNPRINTABLE = re.compile(r"[^ -~]")

_LONG_WORD = re.compile(rf"[{CHARACTERS}]{{{SHORTEST},}}")
"""With a digit in it, it may be a key of another server, or one that this had: no program has such a name."""


class AccessLog:
    """Tells `write` of each exchange; `mask` puts asterisks in the place of keys.

    Of a URL the canonical one is told, and otherwise its path where that was found: what a client made up, or put into
    a query, may be a secret of another server.
    """

    def __init__(self, write: Callable[[bytes], None], mask: Callable[[bytes], bytes]) -> None:
        self._write = write
        self._mask = mask

    def __call__(self, exchange: Exchange) -> None:
        """Write the line of an exchange that is over."""
        scope = exchange.scope
        line = orjson.dumps(
            {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "id": self._told(scope[REQUEST_ID], _LONGEST_URL) if REQUEST_ID in scope else None,
                "client": client_of(scope),
                "address": address_of(scope),
                "method": scope["method"],
                "route": exchange.route,
                "url": self._told(_url(exchange), _LONGEST_URL),
                "status": exchange.status,
                "bytes": exchange.nbytes,
                "complete": exchange.is_complete,
                "queue_ms": _milliseconds(exchange.queue),
                "first_byte_ms": _milliseconds(exchange.first_byte),
                "total_ms": _milliseconds(exchange.end - exchange.start),
                "user_agent": self._told(_agent(exchange), _LONGEST_AGENT),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        self._write(line)

    def _told(self, text: str, longest: int) -> str:
        """Return a text without keys and what a terminal may obey, and cut where it is long."""
        # What is cut ends with no part of a key.
        masked = self._mask(text[: longest + LONGEST].encode(errors="replace")).decode(errors="replace")
        return _UNPRINTABLE.sub("?", masked if len(masked) <= longest else f"{masked[:longest]}...")


def _url(exchange: Exchange) -> str:
    subject: Subject | None = exchange.scope.get(SUBJECT)
    if subject is not None:
        return subject.url
    return str(exchange.scope["path"]) if exchange.status < HTTPStatus.BAD_REQUEST else exchange.route


def _agent(exchange: Exchange) -> str:
    fields = (value for name, value in exchange.scope["headers"] if name == b"user-agent")
    return _LONG_WORD.sub(_without_key, next(fields, b"")[: _LONGEST_AGENT + LONGEST].decode("latin-1"))


def _without_key(word: re.Match[str]) -> str:
    return "*" * len(word[0]) if any(map(str.isdigit, word[0])) else word[0]


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 3)
