"""Pictures are drawn by another process: what that loads, and when it runs."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from service.delivery.assistant import Assistant
from service.linear_algebra.interruption import Interrupted
from service.pictures import draw
from service.pictures.picture import Rendering
from tests.pictures.drawn import file_of, picture_of
from tests.serving import ROOT, get, serving, until

TARGET = "normal?shape=20&seed=1"


# No function of this module, which loads much else.
LOADED = functools.partial(eval, "{name.partition('.')[0] for name in __import__('sys').modules}")
THREADS = functools.partial(os.getenv, "OPENBLAS_NUM_THREADS")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def draughtsman():
    with closing(Assistant(draw.prepare, is_awaited=True)) as made:
        yield made


def _ask(draughtsman, task, unwanted=None):
    return draughtsman.do("pictures", task, unwanted or threading.Event())


def test_it_draws_what_is_drawn_here(draughtsman):
    task = functools.partial(draw.draw, picture_of(TARGET), Rendering("svg"))

    assert _ask(draughtsman, task) == file_of(TARGET)


def test_what_draws_does_not_import_the_kernels(draughtsman):
    loaded = _ask(draughtsman, LOADED)

    assert "matplotlib" in loaded
    assert not loaded & {"numba", "pydantic", "fastapi", "uvicorn"}
    assert _ask(draughtsman, THREADS) == "1"


def test_the_first_waits_until_the_process_has_started():
    with closing(Assistant(is_awaited=True)) as assistant:
        assert _ask(assistant, os.getpid) == assistant.pid != os.getpid()


def test_who_is_gone_waits_no_longer():
    unwanted = threading.Event()
    unwanted.set()
    with closing(Assistant(draw.prepare, is_awaited=True)) as assistant, pytest.raises(Interrupted):
        _ask(assistant, os.getpid, unwanted)


def test_what_serves_does_not_import_the_library():
    code = "import sys, service.app; sys.exit(any(name.split('.')[0] in ('matplotlib', 'PIL') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def _children(pid):
    """Return the processes that a server has started, but for what frees shared memory."""
    found = subprocess.run(["pgrep", "-P", str(pid), "-f", "spawn_main"], capture_output=True, check=False)
    return [int(line) for line in found.stdout.split()]


def _lives(pid):
    state = ROOT / f"/proc/{pid}/stat"
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_process_ends_with_the_server_however_that_ends(tmp_path, number):
    with serving(tmp_path) as server:
        assert not _children(server.pid)
        status, headers, body = get(server.url, f"/weights/{TARGET.replace('?', '.svg?')}")
        assert (status, headers["Content-Type"], body) == (200, "image/svg+xml", file_of(TARGET))
        (drawing,) = _children(server.pid)
        server.process.send_signal(number)
        server.process.wait(30)
        until(lambda: not _lives(drawing), 10)
