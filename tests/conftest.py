"""What all tests share: a real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[1]
PATIENCE = 300
"""Seconds that a server may take to start: it compiles the kernels when they are not in the cache."""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_ready(url):
    try:
        return httpx2.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.fixture(scope="session")
def server(server_log):
    """The base URL of `python -m service`, started for this test session with the default settings."""
    return server_log[0]


@pytest.fixture(scope="session")
def server_log(tmp_path_factory):
    """The same server's base URL, and the file with what it writes."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FANIN_")}
    environment |= {"FANIN_PORT": str(port)}
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "service"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not _is_ready(url):
            assert process.poll() is None, f"the server ended by itself:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"the server is not ready after {PATIENCE} s:\n{log.read_text()}"
            time.sleep(0.1)
        yield url, log
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
