"""Lanes: what takes about as long shares threads, so that the short never waits for the long."""

from __future__ import annotations

from enum import Enum


class Lane(Enum):
    """How dear a request is, by the processor time that it is estimated to take."""

    QUICK = "quick"
    SLOW = "slow"
    DEAR = "dear"

    @classmethod
    def of(cls, seconds: float) -> Lane:
        """Return the lane of what takes so many seconds."""
        return cls.QUICK if seconds < _SLOW else cls.SLOW if seconds < _DEAR else cls.DEAR


_SLOW, _DEAR = 0.05, 1.0
"""Seconds from which on a request is slow, and dear."""
