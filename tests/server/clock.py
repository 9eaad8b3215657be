"""Event loops and connections whose time and bytes the test turns."""

from __future__ import annotations

from types import SimpleNamespace


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
    """A connection whose unsent bytes the test sets."""

    def __init__(self, address=("127.0.0.1", 50000)):
        self.unsent = 0
        self.aborted = self.closed = self.half_closed = False
        self.written = b""
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
