"""The heads of replies, in which fields that recur are written once.

uvicorn looks at every byte of every field anew. A tensor has more than twenty fields, and for a small one that took as
long as to draw its numbers.
"""

from __future__ import annotations

import functools

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

LONGEST_KEPT = 64
"""Bytes of a field's value, at most, that is kept for replies to come: longer ones tell of one tensor."""

KEPT = 1024
"""Fields that are kept, the latest."""

_FRAMING = (b"connection", b"transfer-encoding")
"""Fields that say more than they tell: what becomes of the connection, and where the body ends."""


def with_quick_heads(app: ASGI3Application, cycle: RequestResponseCycle) -> ASGI3Application:
    """Return an application that answers the request of a cycle as `app` does."""

    async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        async def send_quickly(message: ASGISendEvent) -> None:
            if not _is_begun(cycle, message):
                await send(message)

        await app(scope, receive, send_quickly)

    return answer


def _is_begun(cycle: RequestResponseCycle, message: ASGISendEvent) -> bool:
    """Write the head of a reply, where nothing is to be decided for it; return whether that was so."""
    if message["type"] != "http.response.start" or cycle.response_started:
        return False
    if cycle.disconnected or cycle.flow.write_paused or not cycle.keep_alive:
        return False
    fields = [*cycle.default_headers, *message["headers"]]
    values = dict(fields)
    length = values.get(b"content-length")
    is_usual = len(values) == len(fields) and b"".join(values).islower()
    if length is None or not is_usual or any(name in values for name in _FRAMING):
        return False
    lines = [_kept_line(name, value) if len(value) <= LONGEST_KEPT else _line(name, value) for name, value in fields]
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    cycle.chunked_encoding = False
    cycle.expected_content_length = int(length.decode())
    cycle.transport.write(b"".join([STATUS_LINE[message["status"]], *lines, b"\r\n"]))
    return True


def _line(name: bytes, value: bytes) -> bytes:
    """Return a field as it is sent. Raises RuntimeError, as uvicorn does, for bytes that would end it."""
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError(f"not a field: {name!r}")
    return b"%s: %s\r\n" % (name, value)


_kept_line = functools.lru_cache(KEPT)(_line)
