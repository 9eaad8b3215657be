"""What is refused before it is a request: the fields of the reply, the line of the log, the count."""

from __future__ import annotations

import json
import re
import socket
from contextlib import ExitStack

import pytest

from service.settings import Settings
from tests.server.simulation import ANNOUNCED, HEAD, SETTINGS, Server, complete
from tests.server.wire import exchanged, problem, statuses
from tests.serving import get, sending, serving, until

FIELDS = {
    b"x-content-type-options: nosniff",
    b"content-security-policy: default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy: no-referrer",
    b"cache-control: no-store",
    b"content-type: application/problem+json",
}
SENT = [
    (400, [b"GARBAGE\r\n\r\n"]),
    (408, [HEAD]),
    (414, [b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n"]),
    (431, [b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200]),
    (431, [b"GET / HTTP/1.1\r\na: " + b"x" * 70_000]),
]
LARGE = "/weights/normal?shape=16777216,64&seed=1&format=raw"


def _refused(server, pieces):
    protocol, transport = server.connect(("198.51.100.7", 1))
    for piece in pieces:
        protocol.data_received(piece)
    server.clock.advance(10)
    return transport.written


@pytest.mark.parametrize(("status", "pieces"), SENT)
def test_a_refusal_has_the_fields_of_any_other_problem_and_a_line(status, pieces):
    server = Server()
    head, _, body = _refused(server, pieces).partition(b"\r\n\r\n")

    assert statuses(head) == [status]
    assert set(head.split(b"\r\n")) >= FIELDS
    assert [(each.status, each.nbytes, each.is_complete) for each in server.logged] == [(status, len(body), True)]
    assert server.logged[0].scope["client"] == ("198.51.100.7", 1)
    assert server.state["measurements"].total("fanin_refusals", "other") == 1


def test_so_has_that_of_a_connection_too_many():
    server = Server(Settings(max_connections=1))
    protocol, _ = server.connect(("198.51.100.7", 1))
    protocol.data_received(HEAD + b"\r\n")
    reply = server.connect(("203.0.113.1", 2))[1].written

    assert set(reply.partition(b"\r\n\r\n")[0].split(b"\r\n")) >= FIELDS
    assert [each.status for each in server.logged] == [503]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /fanin/gpt2/resolve/main/config.json HTTP/1.1\r\n", 429),
        (b"GET /api/models/fanin/gpt2?blobs=true HTTP/1.1\r\nHost: x\r\n\r\n", 429),
        (b"GET /weights/zeros?shape=2 HTTP/1.1\r\n", 503),
        (b"\x16\x03\x01", 503),
        (b"", 503),
    ],
)
def test_a_connection_too_many_is_refused_in_the_form_of_what_has_come_with_it(sent, status):
    server = Server(Settings(max_connections=1))
    protocol, _ = server.connect(("198.51.100.7", 1))
    protocol.data_received(HEAD + b"\r\n")
    early, client = socket.socketpair()
    with early, client:
        client.sendall(sent)
        reply = server.connect(("203.0.113.1", 2), early)[1].written
        head, _, body = reply.partition(b"\r\n\r\n")

        assert statuses(head) == [status]
        assert b"retry-after: 1" in head
        assert ("error" in json.loads(body)) is (status == 429)
        # All of it is there still.
        early.setblocking(False)
        assert not sent or early.recv(4096) == sent


def test_without_the_log_there_is_no_line():
    server = Server()
    server.state["log"] = None

    assert statuses(_refused(server, [b"GARBAGE\r\n\r\n"])) == [400]


def test_a_request_that_has_begun_is_told_of_by_those_who_watch_it():
    server = Server(SETTINGS)
    protocol, transport = server.connect()
    protocol.data_received(ANNOUNCED)
    server.clock.advance(10)

    assert statuses(transport.written) == [408]
    assert not server.logged
    assert protocol.cycle.scope["fanin.refused"] == 408


def test_one_that_waits_behind_another_has_a_line():
    server = Server(SETTINGS)
    protocol, transport = server.connect()
    protocol.data_received(HEAD + b"\r\n" + ANNOUNCED[:-4] + b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    cycle, protocol.cycle = protocol.cycle, protocol._answering
    complete(protocol)
    protocol.cycle = cycle

    assert statuses(transport.written) == [400]
    assert [each.status for each in server.logged] == [400]


@pytest.fixture(scope="module")
def logging(tmp_path_factory):
    folder = tmp_path_factory.mktemp("logging")
    settings = {"head_seconds": 1, "body_seconds": 1, "stall_seconds": 1, "trusted_proxies": "127.0.0.1"}
    with serving(folder, access_log="json", **settings) as served:
        yield served


def _lines(served, status):
    found = [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in found if line["status"] == status]


def _count(served, name, labels):
    found = re.search(rf"^{name}_total\{{{labels}\}} (\S+)", get(served.url, "/metrics")[2].decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.slow
@pytest.mark.parametrize(("status", "pieces"), SENT)
def test_on_the_wire(logging, status, pieces):
    before = len(_lines(logging, status))
    reply = exchanged(logging.url, *pieces)
    until(lambda: len(_lines(logging, status)) == before + 1)
    line = _lines(logging, status)[-1]

    assert statuses(reply) == [status]
    assert set(reply.partition(b"\r\n\r\n")[0].split(b"\r\n")) >= FIELDS
    assert line["bytes"] == len(reply.partition(b"\r\n\r\n")[2])
    assert (line["address"], line["method"], line["route"], line["id"]) == ("127.0.0.1", None, "other", None)
    assert problem(reply)["status"] == status


@pytest.mark.slow
def test_a_body_that_does_not_come_is_one_line_and_one_count_with_the_status_that_was_sent(logging):
    head = b"POST /advise HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    before, gone = len(_lines(logging, 408)), _count(logging, "fanin_disconnects", 'cause="client"')
    assert statuses(exchanged(logging.url, head)) == [408]
    until(lambda: len(_lines(logging, 408)) > before)

    assert [line["route"] for line in _lines(logging, 408)[before:]] == ["/advise"]
    assert not _lines(logging, 499)
    assert _count(logging, "fanin_http_requests", 'method="POST",route="/advise",status="408"') == 1
    assert _count(logging, "fanin_disconnects", 'cause="client"') == gone


@pytest.mark.slow
@pytest.mark.parametrize("target", [LARGE, LARGE.replace("?", "/?"), "/weights/normal?shape=30000&seed=1&format=raw"])
@pytest.mark.parametrize("fields", [[], ["X-Forwarded-For: 203.0.113.1"]], ids=["direct", "proxied"])
def test_a_client_that_takes_nothing_of_its_reply_is_counted_as_a_stall(logging, target, fields):
    """Of a reply that the kernel does not take whole: of the shortest many are asked for, which nobody reads."""
    stalls, gone = (_count(logging, "fanin_disconnects", f'cause="{cause}"') for cause in ("stall", "client"))
    with ExitStack() as stack:
        connection = stack.enter_context(sending(logging.url, target, fields, receive_buffer=2**12))
        for _ in range(60):
            head = "\r\n".join([f"GET {target} HTTP/1.1", "Host: x", *fields, "", ""])
            connection.sendall(head.encode())
        until(lambda: _count(logging, "fanin_disconnects", 'cause="stall"') == stalls + 1)

    assert _count(logging, "fanin_disconnects", 'cause="client"') == gone
