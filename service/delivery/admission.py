"""What may be under way at one time, so that many large replies take neither all memory nor all room from others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from service.access.client import NOBODY
from service.delivery.pool import Pool
from service.observability.measurements import Measurements

RESERVE = 8
"""One part in so many is kept for replies that end soon."""

GRACE_SECONDS = 10.0
"""How long a reply is under way before it may have to give way."""


class Overloaded(Exception):
    """There is no room for a reply now."""


class Wire(Protocol):
    """The connection that a reply leaves by."""

    def unsent(self) -> int:
        """Return how many bytes the client has not taken yet."""

    def drop(self, cause: str) -> None:
        """End the connection, and with it the reply, for one of the `CAUSES`."""


@dataclass(eq=False)
class Stream:
    """A reply under way."""

    client: str
    nbytes: int
    pool: Pool
    wire: Wire | None
    sent: int = 0
    """Bytes that the wire was given."""
    since: float | None = None
    """When it was given the first."""

    def pace(self, now: float) -> float | None:
        """Return how many bytes a second the client has taken; None for one that cannot be judged yet."""
        if self.since is None or self.wire is None or now - self.since < GRACE_SECONDS:
            return None
        return (self.sent - self.wire.unsent()) / (now - self.since)


class Admission:
    """Counts the replies under way and the bytes that they hold, each client's too.

    A part of both is for replies that end soon alone. Where there is no room, replies whose clients take less than
    `yielding_rate` bytes a second give way, the slowest first.
    """

    def __init__(
        self,
        max_streams: int,
        max_bytes: int,
        measurements: Measurements | None = None,
        yielding_rate: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        streams, nbytes = max_streams // RESERVE, max_bytes // RESERVE
        self._common = Pool(max_streams - streams, max_bytes - nbytes, has_oversize=True)
        self._reserve = Pool(streams, nbytes)
        self._yielding_rate = yielding_rate
        self._measurements = measurements or Measurements()
        self._clock = clock
        self._under_way: set[Stream] = set()

    @property
    def streams(self) -> int:
        """How many replies are under way."""
        return self._common.streams.held + self._reserve.streams.held

    @property
    def bytes(self) -> int:
        """How many bytes they hold."""
        return self._common.bytes.held + self._reserve.bytes.held

    @contextmanager
    def enter(
        self, nbytes: int, client: str = NOBODY, *, ends_soon: bool = False, wire: Wire | None = None
    ) -> Iterator[Stream]:
        """Count a reply that holds `nbytes` while the context lasts. Raises Overloaded."""
        stream = Stream(client, nbytes, self._pool(nbytes, client, ends_soon), wire)
        stream.pool.take(nbytes, client)
        self._under_way.add(stream)
        self._measure()
        try:
            yield stream
        finally:
            self._release(stream)

    def began(self, stream: Stream) -> None:
        """The wire is given the first bytes."""
        stream.since = self._clock()

    def _pool(self, nbytes: int, client: str, ends_soon: bool) -> Pool:
        """Return the pool that has room. Raises Overloaded."""
        for pool in (self._common, self._reserve) if ends_soon else (self._common,):
            if pool.has_room(nbytes) and pool.has_share(nbytes, client):
                return pool
        is_over_share = not self._common.has_share(nbytes, client)
        if self._make_room(nbytes, client, client if is_over_share else None):
            return self._common
        if is_over_share:
            raise Overloaded("replies of this client under way hold all that is its share; try again in a moment")
        streams, held = self._common.streams.held, self._common.bytes.held
        raise Overloaded(f"{streams} large replies are under way and hold {held} bytes; try again in a moment")

    def _make_room(self, nbytes: int, client: str, of: str | None) -> bool:
        """Let slow replies, of one client or of all, give way; return whether that made room."""
        common, now = self._common, self._clock()
        paces = ((stream.pace(now), stream) for stream in self._under_way if stream.pool is common)
        slow = [
            (pace, stream)
            for pace, stream in paces
            if pace is not None and pace < self._yielding_rate and of in (None, stream.client)
        ]
        yielding: list[Stream] = []
        for _, stream in sorted(slow, key=lambda item: item[0]):
            yielding.append(stream)
            common.give_back(stream.nbytes, stream.client)
            if common.has_room(nbytes) and common.has_share(nbytes, client):
                break
        else:
            for stream in yielding:
                common.take(stream.nbytes, stream.client)
            return False
        for stream in yielding:
            self._under_way.remove(stream)
            if stream.wire is not None:
                stream.wire.drop("room")
        return True

    def _release(self, stream: Stream) -> None:
        if stream in self._under_way:
            self._under_way.remove(stream)
            stream.pool.give_back(stream.nbytes, stream.client)
            self._measure()

    def _measure(self) -> None:
        self._measurements.in_flight(self.streams, self.bytes)
