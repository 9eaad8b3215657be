"""What may be under way at one time, so that many large replies do not take all memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.observability.measurements import Measurements


class Overloaded(Exception):
    """There is no room for a reply now."""


class Admission:
    """Counts the replies under way and the bytes that they hold."""

    def __init__(self, max_streams: int, max_bytes: int, measurements: Measurements | None = None) -> None:
        self.max_streams = max_streams
        self.max_bytes = max_bytes
        self.streams = 0
        self.bytes = 0
        self._measurements = measurements or Measurements()

    @contextmanager
    def enter(self, nbytes: int) -> Iterator[None]:
        """Count a reply that holds `nbytes` while the context lasts. Raises Overloaded.

        A reply that holds more than all that is allowed goes alone: it could go at no other time.
        """
        if self.streams >= self.max_streams:
            raise Overloaded(f"{self.streams} large replies are under way; try again in a moment")
        if self.bytes and self.bytes + nbytes > self.max_bytes:
            raise Overloaded(f"replies under way hold {self.bytes} bytes; try again in a moment")
        self._count(1, nbytes)
        try:
            yield
        finally:
            self._count(-1, -nbytes)

    def _count(self, streams: int, nbytes: int) -> None:
        self.streams += streams
        self.bytes += nbytes
        self._measurements.in_flight(self.streams, self.bytes)
