"""Room that clients share."""

from __future__ import annotations

from dataclasses import dataclass, field

SHARE = 1.5
"""Many workers may ask from one address, and are one client: alone it has most."""


@dataclass
class Holding:
    """What is held of a pool."""

    streams: int = 0
    bytes: int = 0

    def add(self, streams: int, nbytes: int) -> None:
        """Hold so much more, or, below zero, less."""
        self.streams += streams
        self.bytes += nbytes


@dataclass
class Pool:
    """Room for replies and for the bytes that they hold.

    One client holds at most `SHARE` times what is free: three fifths of all when it is alone, three eighths when there
    are two that take all they may, and one that comes new always finds some (the dynamic threshold of Choudhury and
    Hahne, IEEE/ACM Transactions on Networking 6(2), 1998, where `SHARE` is α).
    """

    max_streams: int
    max_bytes: int
    has_oversize: bool = False
    """Whether a reply that holds more than all goes when it is alone: it could go at no other time."""
    held: Holding = field(default_factory=Holding)
    by_client: dict[str, Holding] = field(default_factory=dict)

    def has_room(self, nbytes: int) -> bool:
        """Whether a reply that holds `nbytes` has room, whosever it is."""
        if self.held.streams >= self.max_streams:
            return False
        return self.held.bytes + nbytes <= self.max_bytes or (self.has_oversize and not self.held.bytes)

    def has_share(self, nbytes: int, client: str) -> bool:
        """Whether a reply is within what its client may hold."""
        own = self.by_client.get(client)
        if own is None:
            return True
        free_streams, free_bytes = self.max_streams - self.held.streams, self.max_bytes - self.held.bytes
        return own.streams < SHARE * free_streams and own.bytes + nbytes <= SHARE * free_bytes

    def take(self, nbytes: int, client: str) -> None:
        """Count a reply."""
        self.held.add(1, nbytes)
        self.by_client.setdefault(client, Holding()).add(1, nbytes)

    def give_back(self, nbytes: int, client: str) -> None:
        """Count it no longer."""
        self.held.add(-1, -nbytes)
        own = self.by_client[client]
        own.add(-1, -nbytes)
        if not own.streams:
            del self.by_client[client]
