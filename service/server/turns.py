"""Turns: requests that clients send before they have their replies are begun one at a time, whoever sent them."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

TURN_SECONDS = 0.001
"""From one turn to the next, where several wait: twice what the event loop has to do for a small tensor."""

LONGEST_TURN = 100
"""Times that, after which the next begins though the reply has not: what is dear takes no turns from what is not."""


class Turn(Protocol):
    """A request that waits."""

    def begin(self) -> bool:
        """Begin it; return whether there was anything to begin, for its client may have gone."""

    @property
    def is_over(self) -> bool:
        """Whether its reply has begun."""


class Turns:
    """Those of one process.

    However many clients send requests in advance, and however many each of them sends, the event loop and the threads
    have time for the requests of those that wait for their replies.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Turn] = deque()
        self._current: Turn | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looks = 0

    def wait(self, turn: Turn) -> None:
        """Begin `turn` when all that came before it have been; at once where no other waits."""
        self._waiting.append(turn)
        if self._current is None or (len(self._waiting) == 1 and self._current.is_over):
            self._begin_next()

    def _begin_next(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._current, self._looks = None, 0
        while self._waiting and self._current is None:
            turn = self._waiting.popleft()
            if turn.begin():
                self._current = turn
                self._timer = self._loop.call_later(TURN_SECONDS, self._look)

    def _look(self) -> None:
        """Go on to the next where the reply to the current one has begun."""
        self._looks += 1
        if self._current is None or self._current.is_over or self._looks == LONGEST_TURN:
            self._begin_next()
        else:
            self._timer = self._loop.call_later(TURN_SECONDS, self._look)
