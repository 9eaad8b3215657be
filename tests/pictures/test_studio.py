"""The process that draws: when it runs, and what becomes of it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress

import pytest

from service.pictures.picture import Rendering
from service.pictures.studio import DrawingFailed, Studio
from tests.pictures.drawn import file_of, picture_of
from tests.serving import ROOT, serving, until
from tests.serving import get as get_from

TARGET = "normal?shape=20&seed=1"
PICTURE, RENDERING = picture_of(TARGET), Rendering("svg")


def _lives(pid):
    """Return whether there is such a process, and it has not ended."""
    with suppress(OSError):
        os.kill(pid, 0)
        status = (ROOT / f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return status != "Z"
    return False


@pytest.fixture
def studio():
    with closing(Studio()) as made:
        yield made


def test_it_draws_what_is_drawn_here(studio):
    assert studio.draw(PICTURE, RENDERING) == file_of(TARGET)


def test_no_process_runs_before_the_first_picture(studio):
    assert studio.pid is None


def test_one_process_draws_all(studio):
    studio.draw(PICTURE, RENDERING)
    first = studio.pid
    studio.draw(PICTURE, RENDERING)

    assert studio.pid == first is not None


def test_a_process_that_has_died_is_replaced(studio):
    expected = studio.draw(PICTURE, RENDERING)
    pid = studio.pid
    os.kill(pid, signal.SIGKILL)

    assert studio.draw(PICTURE, RENDERING) == expected
    assert studio.pid not in {None, pid}


def test_what_cannot_be_drawn_ends_no_process(studio):
    studio.draw(PICTURE, RENDERING)
    pid = studio.pid

    with pytest.raises(RuntimeError, match="could not be drawn"):
        studio.draw(None, RENDERING)
    assert studio.draw(PICTURE, RENDERING)
    assert studio.pid == pid


def test_a_process_that_hangs_is_given_up():
    with closing(Studio(drawing_seconds=0.01)) as studio, pytest.raises(DrawingFailed):
        studio.draw(PICTURE, RENDERING)


def test_it_ends_with_the_studio(studio):
    studio.draw(PICTURE, RENDERING)
    pid = studio.pid
    studio.close()

    assert not _lives(pid)


def test_signals_meant_for_the_server_do_not_end_it(studio):
    studio.draw(PICTURE, RENDERING)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(studio.pid, number)
    pid = studio.pid

    assert studio.draw(PICTURE, RENDERING)
    assert studio.pid == pid


def test_it_ends_when_it_has_been_idle():
    async def draw(studio):
        await asyncio.to_thread(studio.draw, PICTURE, RENDERING)
        pid = studio.pid
        studio.end_when_idle()
        while _lives(pid):  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.02)
        return await asyncio.to_thread(studio.draw, PICTURE, RENDERING)

    with closing(Studio(idle_seconds=0.05)) as studio:
        assert asyncio.run(asyncio.wait_for(draw(studio), 60)) == file_of(TARGET)


def test_what_serves_does_not_import_the_library():
    code = "import sys, service.app; sys.exit(any(name.split('.')[0] in ('matplotlib', 'PIL') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_what_draws_does_not_import_the_kernels():
    code = (
        "import sys, service.pictures.drawing.figure; "
        "sys.exit(any(name.split('.')[0] in ('numba', 'pydantic', 'fastapi') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def _drawing(pid):
    """Return the processes that draw for a server."""
    found = subprocess.run(
        ["pgrep", "-P", str(pid), "-f", "service.pictures.drawing"], capture_output=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_server_however_that_ends(tmp_path, number):
    with serving(tmp_path) as server:
        assert not _drawing(server.pid)
        status, headers, body = get_from(server.url, "/weights/normal.svg?shape=20&seed=1")
        assert (status, headers["Content-Type"], body) == (200, "image/svg+xml", file_of(TARGET))
        (drawing,) = _drawing(server.pid)
        server.process.send_signal(number)
        start = time.monotonic()
        server.process.wait(30)
        until(lambda: not _lives(drawing), 10)
        assert time.monotonic() - start < 20
