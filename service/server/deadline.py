"""How long connections may take over what they have begun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Timed(Protocol):
    """A connection that has to come to an end with something."""

    peer: str
    """The client at the other end."""
    is_proxy: bool
    """Whether that is a proxy that is trusted, and has clients of its own."""

    def on_overdue(self, deadline: Deadline) -> None:
        """The time is over."""

    def give_way(self) -> None:
        """Close: the room is wanted for others."""


class Deadline:
    """Connections that may take `seconds` for one thing, those first that have taken longest."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._since: dict[Timed, float] = {}

    def __len__(self) -> int:
        return len(self._since)

    def add(self, connection: Timed, now: float) -> None:
        """Begin to count the time of one that is not here yet."""
        self._since[connection] = now

    def discard(self, connection: Timed) -> None:
        """The connection has done it, or is lost."""
        self._since.pop(connection, None)

    def overdue(self, now: float) -> list[Timed]:
        """Take those out whose time is over."""
        late = []
        for connection, since in self._since.items():
            if since + self.seconds > now:
                break
            late.append(connection)
        for connection in late:
            del self._since[connection]
        return late

    def oldest(self, peer: str | None) -> Iterator[Timed]:
        """Yield the one that has taken longest, of all or of those of one client."""
        for connection in self._since:
            if peer is None or connection.peer == peer:
                yield connection
                return
