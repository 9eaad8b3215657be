"""What others notice of three hundred connections that mean ill: `python -m benchmarks.hostile [--short] [KIND …]`.

Prints the figures, and ends with 1 when one is over its bar; a short run ends so only for what no other program on the
machine can be the cause of: replies that fail, memory, what is not released.
"""

from __future__ import annotations

import http.client
import math
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.processes import ROOT, Server, fanin
from service.observability.families import BYTES_IN_FLIGHT

CONNECTIONS = 300
MEBIBYTE = "/weights/he_normal?shape=512,512&seed={}&format=raw"
SMALL = (
    "/livez",
    "/weights/he_normal?shape=64,32&seed={}&format=npy",
    "/weights/glorot_uniform?shape=8,8&seed={}",
    "/advise?layer=linear&shape=256,784&activation=relu",
)
MEMORY = 2**30 + 2**28
"""What the default settings promise: the bytes in flight, and what the process takes beside."""


USUAL = "times the usual"


@dataclass
class Replies:
    """What came back."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        return f"{name}: {len(self.seconds)} replies, median {1e3 * self.median:.2f} ms, 99 % {1e3 * self.p99:.2f} ms"

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(0.99 * len(self.seconds))]


def ask(server: Server, targets: tuple[str, ...], seconds: float, pause: float) -> Replies:
    """Ask for one after another on one connection."""
    address, replies = urlsplit(server.url), Replies()
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    end = time.monotonic() + seconds
    for seed, target in enumerate(cycle(targets)):
        start = time.perf_counter()
        if time.monotonic() > end:
            return replies
        try:
            connection.request("GET", target.format(seed))
            response = connection.getresponse()
            body = response.read()
            if response.status != 200 or (target == MEBIBYTE and len(body) != 2**20):
                replies.failures.append(f"{response.status} {body[:200]!r}")
        except (OSError, http.client.HTTPException) as error:
            replies.failures.append(repr(error))
            connection.close()
        replies.seconds.append(time.perf_counter() - start)
        time.sleep(pause)
    raise AssertionError


def ask_all(server: Server, seconds: float) -> tuple[Replies, Replies]:
    """Ask for small replies and, beside them, for those of a mebibyte."""
    found: list[Replies] = []
    large = threading.Thread(target=lambda: found.append(ask(server, (MEBIBYTE,), seconds, 0.05)))
    large.start()
    small = ask(server, SMALL, seconds, 0.002)
    large.join()
    return small, found[0]


KINDS = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
"""Those of the attackers that are let loose; all, where none is named."""


@contextmanager
def attacked(server: Server):
    """Let them loose while the context lasts."""
    address = urlsplit(server.url)
    module = [sys.executable, "-m", "benchmarks.attackers"]
    process = subprocess.Popen([*module, address.hostname or "", str(address.port), str(CONNECTIONS), *KINDS], cwd=ROOT)
    try:
        time.sleep(2)
        yield
        assert process.poll() is None, "the attackers have given up"
    finally:
        process.kill()
        process.wait()


def files(server: Server) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


def held(server: Server) -> float:
    """Return the bytes that large replies hold, as the metrics tell."""
    text = _get(server, "/metrics").decode()
    return float(re.findall(rf"^{BYTES_IN_FLIGHT} (\S+)$", text, re.MULTILINE)[0])


def _get(server: Server, target: str) -> bytes:
    with urllib.request.urlopen(server.url + target, timeout=30) as response:
        return response.read()


@contextmanager
def watched(server: Server):
    """Yield a list in which the resident memory is noted while the context lasts."""
    noted, over = [server.resident()], threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            noted.append(server.resident())

    thread = threading.Thread(target=watch)
    thread.start()
    yield noted
    over.set()
    thread.join()


def released(server: Server, before: int) -> float:
    """Return the seconds until nothing is left of the attackers."""
    start = time.monotonic()
    while files(server) > before or held(server):
        if time.monotonic() > start + 60:
            return math.inf
        time.sleep(0.2)
    return time.monotonic() - start


def bars(server: Server, usual_seconds: float, attack_seconds: float) -> Iterator[tuple[str, float, float]]:
    """Yield what is measured, with its number and the most that it may be."""
    ask_all(server, 1)
    usual, usual_large = ask_all(server, usual_seconds)
    print(usual.row("usual, small"), usual_large.row("usual, 1 MiB"), sep="\n", flush=True)
    before = files(server)
    with watched(server) as memory, attacked(server):
        small, large = ask_all(server, attack_seconds)
    print(
        small.row("attacked, small"), large.row("attacked, 1 MiB"), *small.failures[:5], *large.failures[:5], sep="\n"
    )
    yield f"median of small replies, {USUAL}", small.median / usual.median, 2
    yield f"99 % of small replies, {USUAL}", small.p99 / usual.p99, 5
    yield "small replies that failed", len(small.failures), 0
    yield "replies of 1 MiB that failed", len(large.failures), 0
    yield "resident memory, MiB", max(memory) / 2**20, MEMORY / 2**20
    yield "seconds until all is released", released(server, before), 60


def main() -> int:
    is_short = "--short" in sys.argv
    with fanin() as server:
        table = list(bars(server, 3, 8) if is_short else bars(server, 15, 60))
    print("| measure | | at most |\n|---|---|---|")
    for name, number, most in table:
        print(f"| {name} | {number:.3g} | {most:g} |{'' if number <= most else ' OVER |'}")
    return int(any(number > most for name, number, most in table if not (is_short and name.endswith(USUAL))))


if __name__ == "__main__":
    sys.exit(main())
