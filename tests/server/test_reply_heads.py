"""The heads of replies against those that uvicorn writes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from service.server.reply_heads import LONGEST_KEPT, with_quick_heads

DATE = (b"date", b"Sat, 28 Nov 2026 07:45:46 GMT")
NAMES = st.sampled_from([b"etag", b"Fanin-Seed", b"content-length", b"Content-Length", b"x-request-id", b"vary"])
VALUES = st.sampled_from([b"", b"7", b"7,7", b"caf\xe9", b"a" * LONGEST_KEPT, b"b" * (LONGEST_KEPT + 1)])
FIELDS = st.lists(
    st.tuples(NAMES, VALUES) | st.sampled_from([(b"connection", b"close"), (b"transfer-encoding", b"chunked")]),
    max_size=9,
)


class Wire:
    """What a cycle writes to, and the state it is left in."""

    def __init__(self, keep_alive=True, method="GET"):
        self.written, self.is_closed = b"", False
        connection: Any = SimpleNamespace(write=self.write, close=self.close, write_paused=False)
        scope: Any = {"type": "http", "method": method}
        self.cycle = RequestResponseCycle(
            scope=scope,
            transport=connection,
            flow=connection,
            logger=None,
            access_logger=None,
            access_log=False,
            default_headers=[DATE],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=lambda: None,
        )

    def write(self, data):
        self.written += data

    def close(self):
        self.is_closed = True

    def answer(self, app):
        """Return what an application's reply becomes: the bytes, whether they are all, and the error that ended it."""
        try:
            asyncio.run(app(self.cycle.scope, None, self.cycle.send))
        except (RuntimeError, ValueError) as error:
            return self.written, type(error)
        return self.written, self.is_closed, self.cycle.response_complete


def replying(fields, status=200, body=b"seven b"):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    return app


@settings(derandomize=True, deadline=None)
@given(FIELDS, st.booleans(), st.sampled_from(["GET", "HEAD"]), st.sampled_from([200, 206, 304, 503]))
@example([(b"content-length", b"7"), (b"x-request-id", b"a\r\nb")], True, "GET", 200)
@example([(b"content-length", b"7"), (b"x request", b"a")], True, "GET", 200)
@example([(b"content-length", b"caf\xe9")], True, "GET", 200)
@example([(b"content-length", b"7"), (b"content-length", b"8")], True, "GET", 200)
@example([(b"Content-Length", b"7"), (b"content-length", b"8")], True, "GET", 200)
def test_replies_are_those_of_uvicorn(fields, keep_alive, method, status):
    app, plain, quick = replying(fields, status), Wire(keep_alive, method), Wire(keep_alive, method)

    assert quick.answer(with_quick_heads(app, quick.cycle)) == plain.answer(app)


@pytest.mark.parametrize("body", [b"six by", b"eight by"])
def test_a_body_of_another_length_than_is_told_is_an_error(body):
    wire = Wire()
    app = replying([(b"content-length", b"7")], body=body)

    assert wire.answer(with_quick_heads(app, wire.cycle))[1] is RuntimeError


def test_nothing_is_written_to_a_client_that_has_gone():
    wire = Wire()
    wire.cycle.disconnected = True

    assert wire.answer(with_quick_heads(replying([(b"content-length", b"7")]), wire.cycle))[0] == b""
