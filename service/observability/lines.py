"""Lines that a thread writes, so that nobody waits for the one who reads them."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CAPACITY = 10_000
"""Lines that wait at most; further ones are dropped, and counted."""

_ATOMIC = 4096
"""Bytes that one write to a pipe has together, whoever else writes to it (POSIX's PIPE_BUF on Linux)."""


class LineWriter:
    """Writes lines to a file descriptor, those of several processes one after the other."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._dropped = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Write while the context lasts, and at its end what has been told before."""
        thread = threading.Thread(target=self._run, name="access log", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._lines.put(None)
            thread.join(timeout=5)

    def put(self, line: bytes) -> None:
        """Have a line written, which ends with its newline."""
        if self._lines.qsize() < CAPACITY:
            self._lines.put(line)
        else:
            self._dropped += 1

    def _run(self) -> None:
        pending: bytes | None = b""
        while pending is not None:
            text, pending = self._take(pending or self._lines.get())
            if self._dropped:
                text += b'{"dropped":%d}\n' % self._dropped
                self._dropped = 0
            with suppress(OSError):
                self._write(text)

    def _take(self, line: bytes | None) -> tuple[bytes, bytes | None]:
        """Return as many lines as are written at once, and the line after them, None for the end."""
        text = b""
        while line is not None and (not text or len(text) + len(line) <= _ATOMIC):
            text += line
            try:
                line = self._lines.get_nowait()
            except queue.Empty:
                return text, b""
        return text, line

    def _write(self, text: bytes) -> None:
        while text:
            text = text[os.write(self._file, text) :]
