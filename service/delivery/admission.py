"""What may be under way at one time, so that many large replies do not take all memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Overloaded(Exception):
    """There is no room for a reply now."""


class Admission:
    """Counts the replies under way and the bytes that they hold."""

    def __init__(self, max_streams: int, max_bytes: int) -> None:
        self.max_streams = max_streams
        self.max_bytes = max_bytes
        self.streams = 0
        self.bytes = 0

    @contextmanager
    def enter(self, nbytes: int) -> Iterator[None]:
        """Count a reply that holds `nbytes` while the context lasts. Raises Overloaded.

        A reply that holds more than all that is allowed goes alone: it could go at no other time.
        """
        if self.streams >= self.max_streams:
            raise Overloaded(f"{self.streams} large replies are under way; try again in a moment")
        if self.bytes and self.bytes + nbytes > self.max_bytes:
            raise Overloaded(f"replies under way hold {self.bytes} bytes; try again in a moment")
        self.streams += 1
        self.bytes += nbytes
        try:
            yield
        finally:
            self.streams -= 1
            self.bytes -= nbytes
