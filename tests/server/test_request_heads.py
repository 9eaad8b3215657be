"""Heads, and all else that is no content, without end."""

from __future__ import annotations

import time

import pytest

from tests.server.wire import LIVEZ, exchanged, problem, received, sent, statuses, talking
from tests.serving import serving

MANY = 2**18
"""Bytes, four times the limit."""

CHUNKED = (
    b"POST /weights HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    b"Connection: close\r\n\r\n"
)
BODY = b'{"initializer": "zeros", "shape": [2]}'

ENDLESS = {
    "value": (LIVEZ + b"X-A: ", b"a", 431),
    "name": (LIVEZ, b"a", 431),
    "fields": (LIVEZ, b"A: b\r\n", 431),
    "folded": (LIVEZ + b"X-A: b\r\n", b" c\r\n", 400),
    "target": (b"GET /", b"a", 414),
    "query": (b"GET /weights/zeros?shape=", b"1", 414),
    "method": (b"", b"G", 400),
    "empty lines": (b"", b"\r\n", 431),
    "trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX-A: ", b"a", 431),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"A: b\r\n", 431),
    "extension": (CHUNKED + b"2;a=", b"a", 431),
    "quoted extension": (CHUNKED + b'2;a="', b"a", 431),
    "length of a chunk": (CHUNKED, b"0", 431),
}


@pytest.mark.parametrize("packet", [1000, MANY], ids=["in packets", "at once"])
@pytest.mark.parametrize("kind", ENDLESS)
def test_what_never_ends_is_refused(server, kind, packet):
    start, unit, status = ENDLESS[kind]
    repeated = unit * (MANY // len(unit))
    reply = exchanged(server, start, *(repeated[i : i + packet] for i in range(0, MANY, packet)))

    assert statuses(reply) == [status]
    assert problem(reply)["status"] == status
    assert b"application/problem+json" in reply


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (LIVEZ + b"X-A: " + 60_000 * b"a" + b"\r\n", 200),
        (LIVEZ + b"X-A: " + 66_000 * b"a" + b"\r\n", 431),
        (LIVEZ + 90 * b"A: b\r\n", 200),
        (LIVEZ + 101 * b"A: b\r\n", 431),
        (b"GET /livez?" + 32_000 * b"a" + b" HTTP/1.1\r\nHost: x\r\n", 422),
        (b"GET /livez?" + 33_000 * b"a" + b" HTTP/1.1\r\nHost: x\r\n", 414),
    ],
)
def test_a_head_is_read_up_to_the_limits(server, head, status):
    assert statuses(exchanged(server, head + b"Connection: close\r\n\r\n")) == [status]


@pytest.mark.parametrize(
    "target",
    [b"http://x", b"http://", b"http:///livez", b"http://x?y", b"http://:80/livez", b"http://[::1/livez",
     b"http://x:99999/livez", b"http://x:0x/livez", b"http://a@b@c/livez"],
)  # fmt: skip
def test_a_target_that_is_no_url_gets_a_reply_after_those_that_are_due(server, target):
    odd = b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    assert statuses(exchanged(server, odd))[-1] in (200, 400, 404)
    assert statuses(exchanged(server, LIVEZ + b"\r\n" + odd))[0] == 200


def test_a_refusal_tells_the_limit_and_what_to_do(server):
    too_long = problem(exchanged(server, b"GET /" + 33_000 * b"a" + b" HTTP/1.1\r\nHost: x\r\n\r\n"))
    too_large = problem(exchanged(server, LIVEZ + 101 * b"A: b\r\n" + b"\r\n"))

    assert (too_long["type"], too_long["limit"]) == ("/problems/target-too-long", 32768)
    assert (too_large["type"], too_large["limit"]) == ("/problems/head-too-large", 100)
    assert "POST" in too_long["detail"]


@pytest.mark.slow
def test_a_client_that_goes_on_to_send_is_not_reset_before_it_reads_the_refusal(server):
    for _ in range(5):
        with talking(server) as connection:
            connection.sendall(LIVEZ + b"X-A: " + 2**18 * b"a")
            time.sleep(0.1)
            for _ in range(4):
                connection.sendall(2**18 * b"a")

            assert statuses(received(connection)) == [431]


def test_heads_in_single_bytes_are_read(server):
    assert statuses(exchanged(server, *(bytes([byte]) for byte in LIVEZ + b"Connection: close\r\n\r\n"))) == [200]


def test_content_in_chunks_of_a_byte_is_no_overhead(server):
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in BODY + 20_000 * b" ")

    assert statuses(exchanged(server, CHUNKED, chunks, b"0\r\n\r\n")) == [200]


def test_trailers_are_no_fields_of_the_request(server):
    chunk = b"%x\r\n%s\r\n" % (len(BODY), BODY)
    reply = exchanged(server, CHUNKED, chunk, b"0\r\nContent-Type: text/plain\r\nAccept: image/png\r\n\r\n")

    assert statuses(reply) == [200]
    assert b"application/json" in reply


@pytest.mark.slow
def test_endless_heads_take_no_memory_and_little_time(tmp_path):
    """A head without end, at 16 MiB, took half a second of the processor, and at 71 MiB ten."""
    with serving(tmp_path) as served:
        exchanged(served.url, LIVEZ + b"Connection: close\r\n\r\n")
        memory, busy = served.resident(), served.cpu_seconds()
        for start, unit, _ in ENDLESS.values():
            with talking(served.url) as connection:
                sent(connection, [start, *[unit * (2**18 // len(unit))] * 100])

        assert served.resident() - memory < 2**25
        assert served.cpu_seconds() - busy < 10
        assert "Traceback" not in served.log.read_text()
