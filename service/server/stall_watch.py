"""The watch over a client that takes nothing of its reply."""

from __future__ import annotations

import asyncio


class StallWatch:
    """Drops a connection of whose unsent bytes the client takes none for `seconds`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, seconds: float) -> None:
        self._loop = loop
        self._transport = transport
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        return self._timer is not None

    def start(self) -> None:
        """Watch from now on, the bytes that are unsent now."""
        self.stop()
        unsent = self._transport.get_write_buffer_size()
        self._timer = self._loop.call_later(self._seconds, self._check, unsent)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self, unsent: int) -> None:
        if self._transport.get_write_buffer_size() >= unsent:
            self._transport.abort()
        else:
            self.start()
