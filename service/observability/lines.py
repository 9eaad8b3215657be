"""Lines that a thread writes, so that nobody waits for the one who reads them."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

GATHERING = 0.05
"""Seconds from a line to its writing."""

CAPACITY = 10_000
"""Lines that wait at most; further ones are dropped, and counted."""

_ATOMIC = 4096
"""Bytes that one write to a pipe has together, whoever else writes to it (POSIX's PIPE_BUF on Linux)."""


class LineWriter:
    """Writes lines to a file descriptor, those of several processes one after the other.

    It gathers them for a moment: to wake a thread for each would cost more than the lines.
    """

    def __init__(self, file: int) -> None:
        self._file = file
        self._lines: deque[bytes] = deque()
        self._is_needed = threading.Event()
        self._is_ending = threading.Event()
        self._dropped = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Write while the context lasts, and at its end what has been told before."""
        thread = threading.Thread(target=self._run, name="access log", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_ending.set()
            self._is_needed.set()
            thread.join(timeout=5)

    def put(self, line: bytes) -> None:
        """Have a line written, which ends with its newline."""
        if len(self._lines) >= CAPACITY:
            self._dropped += 1
            return
        self._lines.append(line)
        if not self._is_needed.is_set():
            self._is_needed.set()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._is_needed.wait()
            self._is_ending.wait(GATHERING)
            # In this order: what comes after the drain wakes the thread again, the end too.
            self._is_needed.clear()
            is_last = self._is_ending.is_set()
            self._drain()

    def _drain(self) -> None:
        while self._lines:
            self._write(self._batch())
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            self._write(b'{"dropped":%d}\n' % dropped)

    def _batch(self) -> bytes:
        """Take as many lines as are written at once."""
        text = self._lines.popleft()
        while self._lines and len(text) + len(self._lines[0]) <= _ATOMIC:
            text += self._lines.popleft()
        return text

    def _write(self, text: bytes) -> None:
        with suppress(OSError):
            while text:
                text = text[os.write(self._file, text) :]
