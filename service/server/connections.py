"""The connections of a process: how many there may be, and which of them give way."""

from __future__ import annotations

import asyncio
from itertools import chain

from service.delivery.shared_room import SharedRoom
from service.server.deadline import Deadline, Timed
from service.server.descriptors import connections_within
from service.server.turns import Turns
from service.settings import Settings

ALPHA = 1.0
"""A client that is alone holds half of all."""

TICK = 1.0
"""Seconds between two looks at the deadlines."""

LINGERING_SECONDS = 2.0
"""How long what a refused client still sends is passed over, so that it can read the refusal."""


class Connections:
    """Those of one process. A proxy that is trusted holds as many as there are, for its clients are many."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._room = SharedRoom(connections_within(settings.max_connections), ALPHA)
        self._timer: asyncio.TimerHandle | None = None
        self.turns = Turns(loop)
        self.lingering = Deadline(LINGERING_SECONDS)
        """Those that are refused, and read the refusal."""
        self.idle = Deadline(settings.keep_alive_seconds)
        """Those that have been answered, and have sent nothing since."""
        self.heads = Deadline(settings.head_seconds)
        """Those whose request has no whole head yet."""
        self.bodies = Deadline(settings.body_seconds)
        """Those whose request's body is not whole."""

    @property
    def _deadlines(self) -> tuple[Deadline, ...]:
        """All, those first whose connections are missed least."""
        return self.lingering, self.idle, self.heads, self.bodies

    def enter(self, connection: Timed) -> bool:
        """Count a connection, for which another may have to give way; return whether there is room for it."""
        room, peer = self._room, connection.peer
        if room.free <= 0 or not (room.has_share(peer) or connection.is_proxy):
            of = peer if room.free > 0 else None
            oldest = next(chain.from_iterable(deadline.oldest(of) for deadline in self._deadlines), None)
            if oldest is None:
                return False
            self.leave(oldest)
            oldest.give_way()
        room.take(peer)
        self.move(connection, None, self.heads)
        if self._timer is None:
            self._timer = self._loop.call_later(TICK, self._look)
        return True

    def leave(self, connection: Timed) -> None:
        """Count a connection no longer."""
        for deadline in self._deadlines:
            deadline.discard(connection)
        self._room.give_back(connection.peer)

    def move(self, connection: Timed, old: Deadline | None, new: Deadline | None) -> None:
        """From one deadline to another; None where nothing is waited for from the client."""
        if old is not None:
            old.discard(connection)
        if new is not None:
            new.add(connection, self._loop.time())

    def _look(self) -> None:
        """Let the connections know whose time is over."""
        self._timer = None
        now = self._loop.time()
        for deadline in self._deadlines:
            for connection in deadline.overdue(now):
                connection.on_overdue(deadline)
        if self._room.held:
            self._timer = self._loop.call_later(TICK, self._look)
