"""The protocol's watch over clients that stall, with a clock and a connection that the test turns."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from service.server.protocol import LOCAL_SEND_BUFFER, Protocol
from service.settings import Settings

STALL = 7


class Timers:
    """The part of an event loop that has timers, with a clock that the test turns."""

    def __init__(self):
        self.now, self.waiting = 0, []

    def call_later(self, delay, callback, *arguments):
        entry = (self.now + delay, callback, arguments)
        self.waiting.append(entry)

        def cancel():
            if entry in self.waiting:
                self.waiting.remove(entry)

        return SimpleNamespace(cancel=cancel)

    def advance(self, seconds):
        for _ in range(seconds):
            self.now += 1
            for entry in [entry for entry in self.waiting if entry[0] <= self.now]:
                self.waiting.remove(entry)
                entry[1](*entry[2])


class Transport:
    """A connection whose unsent bytes the test sets."""

    def __init__(self, address):
        self.unsent = 0
        self.aborted = False
        self.options: list = []
        self.socket = SimpleNamespace(
            getpeername=lambda: address,
            getsockname=lambda: ("127.0.0.1", 8000),
            setsockopt=lambda *option: self.options.append(option),
        )

    def get_extra_info(self, name):
        return self.socket if name == "socket" else None

    def get_write_buffer_size(self):
        return self.unsent

    def abort(self):
        self.aborted = True


def _connected(address=("127.0.0.1", 50000)) -> Any:
    config = uvicorn.Config(lambda scope: None, http=Protocol, ws="none", log_config=None, interface="asgi3")
    state = {"settings": Settings(stall_seconds=STALL)}
    timers: Any = Timers()
    transport: Any = Transport(address)
    protocol = Protocol(config, ServerState(), state, timers)
    protocol.connection_made(transport)
    return protocol, transport, protocol.loop


def test_a_client_that_takes_nothing_for_the_stall_seconds_is_dropped_and_no_sooner():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    clock.advance(STALL - 1)
    assert not transport.aborted
    clock.advance(1)

    assert transport.aborted


def test_a_client_that_takes_a_little_in_each_period_is_not_dropped():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    for _ in range(20):
        transport.unsent -= 1
        clock.advance(STALL)

    assert not transport.aborted


def test_a_client_that_stops_after_a_while_is_dropped():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    for _ in range(3):
        transport.unsent -= 1000
        clock.advance(STALL)
    clock.advance(STALL)

    assert transport.aborted


def test_a_client_that_has_taken_what_there_was_is_watched_no_longer():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    clock.advance(STALL - 1)
    transport.unsent = 0
    protocol.resume_writing()
    clock.advance(10 * STALL)

    assert not transport.aborted


def test_each_pause_begins_a_period_of_its_own():
    protocol, transport, clock = _connected()
    for _ in range(5):
        transport.unsent = 100_000
        protocol.pause_writing()
        clock.advance(STALL - 1)
        protocol.resume_writing()

    assert not transport.aborted


def test_a_connection_that_is_lost_is_watched_no_longer():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    protocol.connection_lost(ConnectionResetError())

    assert not clock.waiting


@pytest.mark.parametrize(
    ("address", "options"),
    [
        (("127.0.0.1", 50000), [(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)]),
        (("127.1.2.3", 50000), [(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)]),
        (("::1", 50000, 0, 0), [(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)]),
        (("192.0.2.1", 50000), []),
        (("2001:db8::1", 50000, 0, 0), []),
        (("fe80::1%eth0", 50000, 0, 2), []),
        ("/a/socket", []),
    ],
)
def test_only_clients_on_the_same_machine_have_the_short_send_buffer(address, options):
    assert _connected(address)[1].options == options
