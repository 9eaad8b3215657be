"""The processes that a comparison runs: servers, clients, and the processor time that they take."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pairs import Cost, Work

ROOT = Path(__file__).parents[1]


def tool(name: str) -> str:
    """Return where a program stands. Raises FileNotFoundError, for no row is left out."""
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is not installed; make bench installs it where it can")
    return path


@dataclass(frozen=True)
class Server:
    """A running HTTP server."""

    url: str
    pid: int

    def processor(self) -> float:
        """Return the seconds of processor time of all its threads so far, those that have ended included."""
        return time.clock_gettime(_processor_clock(self.pid))

    def resident(self) -> int:
        """Return the bytes of memory that it and the processes which it has started hold."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(map(_resident, [self.pid, *(pid for task in tasks for pid in _children(task))]))


def _children(task: Path) -> list[int]:
    try:
        return [int(pid) for pid in (task / "children").read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


def _processor_clock(pid: int) -> int:
    """Return the number of another process's CPU clock: what clock_getcpuclockid(3) returns on Linux."""
    scheduled = 2
    return (~pid << 3) | scheduled


@contextmanager
def serving(command: list[str], probe: str, port: int, **environment: str) -> Iterator[Server]:
    """Run a server while the context lasts."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    server = Server(f"http://127.0.0.1:{port}", process.pid)
    try:
        _wait_for(server.url + probe, process)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            opener.open(url, timeout=5).close()
        except OSError:
            if process.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def fanin() -> Iterator[Server]:
    """Run this service while the context lasts."""
    port = free_port()
    with serving([sys.executable, "-m", "service"], "/readyz", port, FANIN_PORT=str(port)) as server:
        yield server


def uvicorn(application: str) -> tuple[list[str], int]:
    """Return the command that serves a peer, and its port."""
    port = free_port()
    return [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--no-access-log"], port


def curl(server: Server, target: str, *options: str, out: str = os.devnull, status: int = 200) -> Work:
    """Return a download by curl: until the last byte, as curl counts it, with the processor time of both sides."""

    def run() -> Cost:
        before = server.processor()
        process = subprocess.Popen(
            ["curl", "-sS", *options, "-o", out, "-w", "%{http_code} %{time_total}", server.url + target],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        told, total = process.stdout.read().split()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        assert int(told) == status, target
        return Cost(float(total), server.processor() - before + usage.ru_utime + usage.ru_stime)

    return run


def first_byte(server: Server, target: str) -> Work:
    """Return the time from a request to the first byte of the body, after which the connection is cut."""
    host, port = server.url.removeprefix("http://").split(":")

    def run() -> Cost:
        start, before = time.perf_counter(), server.processor()
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            received = b""
            while not received.partition(b"\r\n\r\n")[2]:
                received += connection.recv(4096)
            wall = time.perf_counter() - start
        return Cost(wall, server.processor() - before)

    return run
