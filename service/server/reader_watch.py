"""The watch over a client that takes nothing of its reply, or too little."""

from __future__ import annotations

import asyncio
import weakref

from service.delivery.admission import Wire


class ReaderWatch:
    """Drops a connection that in `seconds` takes nothing, or less than `rate` bytes a second, of what waits for it.

    Only the time counts in which bytes wait: a client is not at fault when the server has nothing to send.
    """

    def __init__(self, wire: Wire, loop: asyncio.AbstractEventLoop, seconds: float, rate: float) -> None:
        # The connection has this: were each to hold the other, both would stay until Python looks for garbage.
        self._wire = weakref.proxy(wire)
        self._loop = loop
        self._seconds = seconds
        self._rate = rate
        self._waited = 0.0
        self._taken = 0
        self._since = 0.0
        self._unsent = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        return self._timer is not None

    def start(self) -> None:
        """Watch from now on, the bytes that are unsent now.

        Where it was on, they were written meanwhile, and how many of those before them were taken is not known.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._pass_time()
        self._since = self._loop.time()
        self._unsent = self._wire.unsent()
        self._timer = self._loop.call_later(self._seconds - self._waited, self._check)

    def stop(self) -> None:
        """Nothing waits any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._count()

    def look(self) -> None:
        """Count what has been taken, before more is written; who has taken all has nothing against it."""
        if self._timer is not None:
            self.stop()
            if self._wire.unsent():
                self.start()
            else:
                self._forget()

    def _pass_time(self) -> None:
        self._timer = None
        self._waited = min(self._seconds, self._waited + self._loop.time() - self._since)

    def _count(self) -> None:
        self._pass_time()
        self._taken += self._unsent - self._wire.unsent()

    def _forget(self) -> None:
        self._waited, self._taken = 0.0, 0

    def _check(self) -> None:
        self._count()
        is_empty = not self._wire.unsent()
        if not is_empty and (self._taken <= 0 or self._taken < self._rate * self._seconds):
            self._wire.drop("stall")
            return
        self._forget()
        if not is_empty:
            self.start()
