"""How many connections there may be, and which give way."""

from __future__ import annotations

import gc
import weakref
from contextlib import ExitStack

import pytest

from service.server.descriptors import OTHERS, connections_within
from service.settings import Settings
from tests.server.simulation import HEAD, Server, complete, status
from tests.server.wire import LIVEZ, exchanged, statuses, talking
from tests.serving import get, serving

ROOM = 8


@pytest.fixture
def server():
    return Server(Settings(max_connections=ROOM, trusted_proxies="192.0.2.0/24", stall_seconds=7))


def _answering(server, address):
    protocol, transport = server.connect((address, 1))
    protocol.data_received(HEAD + b"\r\n")
    return protocol, transport


def _open(connections):
    return [not transport.is_closing() for _, transport in connections]


@pytest.mark.parametrize("sent", [b"", b"GARBAGE\r\n\r\n", HEAD])
def test_a_connection_that_has_ended_goes_at_once(server, sent):
    """Python looks for garbage that refers to itself too seldom for many that come and go."""
    gc.disable()
    try:
        protocol, transport = server.connect()
        protocol.data_received(sent)
        protocol.connection_lost(None)
        there = weakref.ref(protocol)
        del protocol, transport
        server.clock.waiting.clear()
        assert there() is None
    finally:
        gc.enable()


def test_one_client_holds_half_of_all_and_its_oldest_gives_way(server):
    connections = [server.connect(("198.51.100.1", port)) for port in range(ROOM)]

    assert _open(connections) == [False] * (ROOM // 2) + [True] * (ROOM // 2)


def test_a_client_that_comes_new_finds_room_beside_those_that_hold_all_they_may(server):
    hogs = [server.connect((f"198.51.100.{i}", port)) for port in range(ROOM) for i in range(3)]
    _, transport = server.connect(("203.0.113.1", 1))

    assert sum(_open(hogs)) == ROOM - 2
    assert not transport.is_closing()


def test_addresses_of_one_ipv6_subnet_are_one_client(server):
    connections = [server.connect((f"2001:db8::{i}", 1, 0, 0)) for i in range(ROOM)]

    assert sum(_open(connections)) == ROOM // 2


def test_a_trusted_proxy_holds_all(server):
    connections = [server.connect(("192.0.2.7", port)) for port in range(ROOM)]

    assert all(_open(connections))


def test_those_that_are_idle_give_way_before_those_with_half_a_request(server):
    _, silent = server.connect(("192.0.2.7", 1))
    idle_protocol, idle = _answering(server, "192.0.2.7")
    complete(idle_protocol)
    for _ in range(ROOM - 2):
        _answering(server, "192.0.2.7")
    server.connect(("203.0.113.1", 1))
    assert (idle.is_closing(), silent.is_closing()) == (True, False)
    server.connect(("203.0.113.2", 1))

    assert silent.is_closing()


def test_where_all_are_answered_one_more_is_turned_away(server):
    answering = [_answering(server, "192.0.2.7") for _ in range(ROOM)]
    protocol, transport = server.connect(("203.0.113.1", 1))

    assert status(transport) == 503
    assert b"retry-after: 1" in transport.written.lower()
    assert transport.closed
    assert all(_open(answering))
    protocol.connection_lost(None)
    assert status(server.connect(("203.0.113.1", 1))[1]) == 503


def test_one_that_is_lost_makes_room(server):
    answering = [_answering(server, "192.0.2.7") for _ in range(ROOM)]
    answering[0][0].connection_lost(None)

    assert not server.connect(("203.0.113.1", 1))[1].is_closing()


def test_one_that_has_given_way_is_counted_once(server):
    connections = [server.connect(("198.51.100.1", port)) for port in range(ROOM)]
    for protocol, transport in connections:
        if transport.is_closing():
            protocol.connection_lost(None)
    more = [server.connect(("198.51.100.1", port)) for port in range(ROOM)]

    assert sum(_open(connections + more)) == ROOM // 2


@pytest.mark.parametrize(("files", "connections"), [(64, 64 - OTHERS), (10, 1), (10_000, 768), (-1, 768)])
def test_open_files_limit_the_connections(monkeypatch, files, connections):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (files, files))

    assert connections_within(768) == connections


@pytest.mark.slow
def test_silent_connections_shut_nobody_out(tmp_path):
    """Two hundred of them, to a server that may open 64 files; each lives until its room is wanted."""
    with serving(tmp_path, by=("prlimit", "--nofile=64:64")) as served, ExitStack() as stack:
        assert "ulimit -n" in served.log.read_text()
        silent = [stack.enter_context(talking(served.url)) for _ in range(200)]
        for start in (b"", b"GET /li", b"POST /weights HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"):
            for connection in silent:
                try:
                    connection.sendall(start)
                except ConnectionError:
                    continue
            for _ in range(20):
                assert get(served.url, "/livez")[0] == 200

        assert "Traceback" not in served.log.read_text()


@pytest.mark.slow
def test_what_is_begun_has_to_come_in_time(tmp_path):
    with serving(tmp_path, head_seconds=1, body_seconds=1) as served:
        assert exchanged(served.url) == b""
        assert statuses(exchanged(served.url, LIVEZ)) == [408]
        body = b"POST /advise HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        assert statuses(exchanged(served.url, body)) == [408]
