"""The process that draws, seen from the server: started at the first picture, ended when none has been asked for.

Matplotlib holds the GIL for tenths of a second; in a process of its own it takes processor time from the event loop,
and no more. Its memory, too, is gone when it ends.
"""

from __future__ import annotations

import asyncio
import functools
import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from service import __version__
from service.pictures.picture import Picture, Rendering

IDLE_SECONDS = 300.0
"""After the last picture, the time for which the process stays."""

DRAWING_SECONDS = 60.0
"""That a picture may take, on a machine with much else to do, before the process is taken to hang."""

_ENDING_SECONDS = 2.0
"""That it may take to end by itself."""

_COMMAND = (sys.executable, "-m", "service.pictures.drawing")
_FOLDER = Path(__file__).parents[2]
"""That from which the package is imported."""

_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""For singular values, of which no other reply should feel much."""


class DrawingFailed(Exception):
    """The process ended, or did not answer; another picture starts a new one."""


class Studio:
    """One process, which draws one picture at a time."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS, drawing_seconds: float = DRAWING_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._drawing_seconds = drawing_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._idle: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process, where there is one."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def draw(self, picture: Picture, rendering: Rendering) -> bytes:
        """Return the file of a picture; it blocks. Raises DrawingFailed."""
        request = pickle.dumps((picture, rendering), protocol=pickle.HIGHEST_PROTOCOL)
        with self._lock:
            # One that has ended since its last picture is replaced.
            is_new = self.pid is None
            try:
                return self._ask(request)
            except DrawingFailed:
                if is_new:
                    raise
                return self._ask(request)

    def close(self) -> None:
        """End the process, as soon as the picture is done that it draws; it blocks, for seconds at the most."""
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def end_when_idle(self) -> None:
        """Count the idle time from now on; of the event loop."""
        if self._idle is not None:
            self._idle.cancel()
        # In a thread, for to end takes tens of milliseconds.
        end = threading.Thread(target=self._end_if_idle, daemon=True)
        self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, end.start)

    def _end_if_idle(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                process, self._process = self._process, None
                if process is not None:
                    _end(process)
            finally:
                self._lock.release()

    def _ask(self, request: bytes) -> bytes:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = _start()
        assert process.stdin is not None
        assert process.stdout is not None
        hanging = threading.Timer(self._drawing_seconds, process.kill)
        hanging.daemon = True
        hanging.start()
        try:
            process.stdin.write(request)
            process.stdin.flush()
            reply = pickle.load(process.stdout)  # noqa: S301
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._process = None
            process.kill()
            _end(process)
            raise DrawingFailed("the process that draws pictures ended; try again in a moment") from error
        finally:
            hanging.cancel()
        if isinstance(reply, bytes):
            return reply
        raise RuntimeError(f"a picture could not be drawn: {reply}")


@functools.cache
def drawn_by() -> str:
    """Return the versions on which the letters and lines of a picture depend."""
    with suppress(PackageNotFoundError):
        return f"fanin {__version__}, matplotlib {version('matplotlib')}"
    return f"fanin {__version__}"


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_FOLDER,
        env={**os.environ, **_ONE_THREAD},
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its input and wait until it has ended, by itself or by force."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # Not before: a thread that still reads has it locked.
    process.stdout.close()
