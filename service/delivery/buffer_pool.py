"""Memory for pieces, used again: fresh memory would cost a page fault for every 4 KiB."""

from __future__ import annotations

import sys

import numpy as np

from service.formats.body import Buffer

_UNUSED = 2
"""References to memory that nobody uses: that of the list, and the argument of the function that asks."""

_ROUNDING = 2**16
"""To sizes that bodies of one format have in common, their headers being shorter."""


class BufferPool:
    """Buffers of bodies that are sent, or being sent, the latest last."""

    CAPACITY = 2**25
    """Bytes of all; enough for two bodies at a time: each has four or five pieces of 4 MiB."""

    def __init__(self) -> None:
        self._buffers: list[Buffer] = []

    def take(self, nbytes: int) -> Buffer:
        """Return a buffer of that size which nobody uses."""
        for position in reversed(range(len(self._buffers))):
            buffers = self._buffers
            if buffers[position].nbytes == nbytes and sys.getrefcount(buffers[position]) <= _UNUSED:
                return buffers.pop(position)
        return np.empty(nbytes, np.uint8)

    def put(self, buffers: list[Buffer]) -> None:
        """Take buffers back, which may still be in use; the oldest go where there are too many."""
        self._buffers += buffers
        while self.nbytes > self.CAPACITY:
            del self._buffers[0]

    @property
    def nbytes(self) -> int:
        """What all of them hold."""
        return sum(buffer.nbytes for buffer in self._buffers)


class BufferLease:
    """The buffers of one body, each used again when nobody else refers to it any more."""

    def __init__(self, nbytes: int, pool: BufferPool) -> None:
        self._nbytes = nbytes
        self._pool = pool
        self._buffers: list[Buffer] = []

    def take(self) -> Buffer:
        """Return a buffer of the body's size which nobody uses."""
        for position in range(len(self._buffers)):
            # When the server has let go of the memory, it is sent.
            if sys.getrefcount(self._buffers[position]) <= _UNUSED:
                return self._buffers[position][: self._nbytes]
        self._buffers.append(self._pool.take(-(-self._nbytes // _ROUNDING) * _ROUNDING))
        return self._buffers[-1][: self._nbytes]

    def end(self) -> None:
        """Leave the buffers to other bodies; none is taken after this."""
        self._pool.put(self._buffers)
        self._buffers = []
