"""The numbers that are counted: those of one process, and of all workers together.

Each worker has a file of its own, which is mapped into its memory, so that to count is one addition and nothing is lost
when it is killed. It holds a lock on the file as long as it lives: a file that is not locked is that of a worker that
is gone, whose counts are kept and whose place a new worker takes.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_SIZE = 8
"""Bytes of a number."""


class Memory:
    """`count` numbers, zero at first."""

    def __init__(self, count: int) -> None:
        self.values = memoryview(bytearray(count * _SIZE)).cast("d")

    def processes(self) -> Iterator[tuple[Numbers, bool]]:
        """Yield the numbers of each process, and whether it lives."""
        yield np.array(self.values), True


class SharedMemory(Memory):
    """`count` numbers of a worker, in a file of `directory`, which the other workers read.

    `layout` says what the numbers are; files with another are passed over. `gauges` are the places of those that end
    with a worker. Raises OSError.
    """

    def __init__(self, directory: Path, layout: str, count: int, gauges: list[int]) -> None:
        self._directory = directory
        self._prefix = hashlib.sha256(layout.encode()).hexdigest()[:16]
        self._nbytes = count * _SIZE
        self._file, self._path = self._take()
        os.ftruncate(self._file, self._nbytes)
        self.values = memoryview(mmap.mmap(self._file, self._nbytes)).cast("d")
        for place in gauges:
            self.values[place] = 0.0

    def _take(self) -> tuple[int, Path]:
        """Return the first file that no living worker has, opened and locked."""
        number = 0
        while True:
            path = self._directory / f"{self._prefix}-{number}"
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if _lock(file):
                return file, path
            os.close(file)
            number += 1

    def processes(self) -> Iterator[tuple[Numbers, bool]]:
        yield np.array(self.values), True
        for path in sorted(self._directory.glob(f"{self._prefix}-*")):
            if path != self._path:
                with path.open("rb") as file:
                    content = file.read(self._nbytes)
                    if len(content) == self._nbytes:
                        yield np.frombuffer(content), not _lock(file.fileno())


def _lock(file: int) -> bool:
    """Return whether nobody had a lock on a file, which this process has then until the file is closed."""
    if sys.platform == "win32":
        raise OSError("files are not shared between workers on Windows")
    import fcntl  # noqa: PLC0415

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
