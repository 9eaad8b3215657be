"""A server without a network: event loops, connections and requests whose time, bytes and replies the test turns."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import uvicorn
from uvicorn.server import ServerState

from service.observability.measurements import Measurements
from service.server.protocol import Protocol
from service.settings import Settings

SETTINGS = Settings(stall_seconds=7, head_seconds=5, body_seconds=9, keep_alive_seconds=11, min_bytes_per_second=0)
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
ANNOUNCED = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"


class Clock:
    """The part of an event loop that has timers."""

    def __init__(self):
        self.now, self.waiting = 0, []

    def time(self):
        return self.now

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
    """A connection whose unsent bytes the test sets; `early` is a socket on which something has come already."""

    def __init__(self, address=("127.0.0.1", 50000), early=None):
        self.unsent = 0
        self.aborted = self.closed = self.half_closed = False
        self.written = b""
        self.options: list = []
        self.socket = SimpleNamespace(
            getpeername=lambda: address,
            getsockname=lambda: ("127.0.0.1", 8000),
            setsockopt=lambda *option: self.options.append(option),
            fileno=lambda: -1 if early is None else early.fileno(),
            family=socket.AF_UNIX,
            type=socket.SOCK_STREAM,
        )

    def get_extra_info(self, name):
        return self.socket if name == "socket" else None

    def get_write_buffer_size(self):
        return self.unsent

    def is_closing(self):
        return self.aborted or self.closed

    def write(self, data):
        assert not self.is_closing()
        self.written += data

    def write_eof(self):
        self.half_closed = True

    def pause_reading(self):
        pass

    resume_reading = pause_reading

    def abort(self):
        self.aborted = True

    def close(self):
        self.closed = True


class Loop(Clock):
    """Begins no task."""

    def create_task(self, coroutine):
        coroutine.close()
        return Mock()


class Server:
    """The connections of one process, none of whose requests is answered but by `complete`."""

    def __init__(self, settings=SETTINGS):
        self.clock: Any = Loop()
        self.logged: list[Any] = []
        self.state = {"settings": settings, "measurements": Measurements(), "log": self.logged.append}
        self.server_state = ServerState()
        self.config = uvicorn.Config(lambda scope: None, http=Protocol, ws="none", log_config=None, interface="asgi3")

    def connect(self, address=("127.0.0.1", 50000), early=None) -> Any:
        protocol = Protocol(self.config, self.server_state, self.state, self.clock)
        transport: Any = Transport(address, early)
        protocol.connection_made(transport)
        return protocol, transport


def connected(settings=SETTINGS, address=("127.0.0.1", 50000)) -> Any:
    server = Server(settings)
    return *server.connect(address), server.clock


def complete(protocol):
    """What the server does when the application has sent its last byte."""
    protocol.cycle.response_started = protocol.cycle.response_complete = True
    protocol.on_response_complete()


def status(transport):
    return int(transport.written.split()[1]) if transport.written else None
