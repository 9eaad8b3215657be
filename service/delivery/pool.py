"""Room for replies under way."""

from __future__ import annotations

from service.delivery.shared_room import SharedRoom

ALPHA = 1.5
"""Many workers may ask from one address, and are one client: alone it has three fifths of all, and where there are two
that take all they may, each has three eighths."""


class Pool:
    """Room for so many replies, and for the bytes that they hold.

    `has_oversize` says whether a reply that holds more than all goes when it is alone: it could go at no other time.
    """

    def __init__(self, max_streams: int, max_bytes: int, has_oversize: bool = False) -> None:
        self.streams = SharedRoom(max_streams, ALPHA)
        self.bytes = SharedRoom(max_bytes, ALPHA)
        self._has_oversize = has_oversize

    def has_room(self, nbytes: int) -> bool:
        """Whether a reply that holds `nbytes` has room, whosever it is."""
        if self.streams.free <= 0:
            return False
        return nbytes <= self.bytes.free or (self._has_oversize and not self.bytes.held)

    def has_share(self, nbytes: int, client: str) -> bool:
        """Whether a reply is within what its client may hold."""
        return self.streams.has_share(client) and self.bytes.has_share(client, nbytes)

    def take(self, nbytes: int, client: str) -> None:
        """Count a reply."""
        self.streams.take(client)
        self.bytes.take(client, nbytes)

    def give_back(self, nbytes: int, client: str) -> None:
        """Count it no longer."""
        self.streams.give_back(client)
        self.bytes.give_back(client, nbytes)
