"""A server of a test's own: `python -m service` with settings, requests by hand, and what the kernel tells of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[1]
STARTING = 300
"""Seconds that a server may take to start: it compiles the kernels when they are not in the cache."""

ANSWERING = 60
"""Seconds that anything else may take before a test gives up."""


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    url: str
    process: subprocess.Popen
    log: Path

    @property
    def pid(self):
        return self.process.pid

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def resident(self):
        """Return how many bytes of memory the process holds."""
        return int(re.search(r"VmRSS:\s+(\d+) kB", _proc(self.pid, "status").read_text())[1]) * 1024

    def cpu_seconds(self):
        """Return the processor time that the process has had."""
        fields = _proc(self.pid, "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self):
        return len(list(_proc(self.pid, "task").iterdir()))

    def files(self):
        """Return how many files, connections among them, the process has open."""
        return len(list(_proc(self.pid, "fd").iterdir()))


def _proc(pid, name):
    path = Path("/proc") / str(pid) / name
    if not path.exists():
        pytest.skip("there is no /proc here")
    return path


@contextmanager
def serving(directory, *, by=(), **settings):
    """Start a server with `settings` on a free port, its log in `directory`; stop it at the end.

    `by` is the beginning of a command that runs the rest of it in its place: `env`, `setpriv`, `unshare`.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FANIN_")}
    environment |= {"FANIN_PORT": "0"} | {f"FANIN_{key.upper()}": str(value) for key, value in settings.items()}
    log = directory / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*by, sys.executable, "-m", "service"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        url = _address(process, log)
        until(lambda: _is_ready(url))
        yield Served(url, process, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=ANSWERING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process, log):
    """Return the URL that the server writes once it has started."""
    deadline = time.monotonic() + STARTING
    while (found := re.search(r"running on (http://[0-9.:]+)", log.read_text())) is None:
        assert process.poll() is None, f"the server ended by itself:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"the server is not ready after {STARTING} s:\n{log.read_text()}"
        time.sleep(0.05)
    return found[1]


def _is_ready(url):
    """Workers listen a little later than the address is written."""
    try:
        return get(url, "/readyz")[0] == 200
    except ConnectionError:
        return False


def until(holds, seconds=ANSWERING):
    """Wait until `holds()`, which has to come true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not after {seconds} s"
        time.sleep(0.05)


def settled(read):
    """Return what `read()` gives once it has stayed the same for half a second."""
    last: list = []

    def is_settled():
        last.append(read())
        return len(last) > 10 and len(set(last[-10:])) == 1

    until(is_settled)
    return last[-1]


@contextmanager
def asking(url, target, fields=(), *, method="GET", version="1.1", body=b"", receive_buffer=None, timeout=ANSWERING):
    """Send a request by hand and yield the reply, its head read; the connection is closed at the end."""
    with sending(
        url, target, fields, method=method, version=version, body=body, receive_buffer=receive_buffer, timeout=timeout
    ) as connection:
        response = HTTPResponse(connection, method=method)
        with closing(response):
            response.begin()
            yield response


@contextmanager
def sending(url, target, fields=(), *, method="GET", version="1.1", body=b"", receive_buffer=None, timeout=ANSWERING):
    """Send a request by hand and yield the connection, from which nothing has been read."""
    address = urlsplit(url)
    head = [f"{method} {target} HTTP/{version}", f"Host: {address.netloc}", *fields]
    head += [f"Content-Length: {len(body)}"] if body else []
    with socket.socket() as connection:
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(timeout)
        connection.connect((address.hostname, address.port))
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
        yield connection


def get(url, target, fields=(), **options):
    """Return the whole reply to a request: its status, headers and body."""
    with asking(url, target, [*fields, "Connection: close"], **options) as response:
        return response.status, response.headers, response.read()


@contextmanager
def admitted(url, target, **options):
    """Ask as long as there is no room, and yield the reply as `asking` does."""
    deadline = time.monotonic() + ANSWERING
    while True:
        with asking(url, target, **options) as response:
            if response.status != 503:
                yield response
                return
        assert time.monotonic() < deadline, f"no room after {ANSWERING} s"
        time.sleep(0.05)
