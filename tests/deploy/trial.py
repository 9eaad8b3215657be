"""`python -m tests.deploy.trial [DOWNLOADS]`: replicas die and are replaced, and no client has a wrong byte or none.

Two trials with two replicas behind nginx, each of which prints its figure:

- in each download by `curl --retry -C -` a replica, or both at once, are killed (SIGKILL), and the SHA-256 is compared;
- the replicas are replaced one after the other (SIGTERM) under load, and requests without the right answer are counted.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from tests.deploy.cluster import Cluster, cluster
from tests.programs import program
from tests.serving import get

LARGE, SMALL = 10_000_000, 2**18
"""Elements of a download, of ten slices, and of a request of the load, which is 1 MiB."""

RATE = "16M"
"""Bytes a second that curl takes: a download of over two seconds, most of which is in no buffer when one has passed."""


def _target(count: int, seed: int) -> str:
    return f"/weights/uniform?shape={count}&seed={seed}&format=raw"


def _digest(count: int, seed: int) -> str:
    tensor = parse_tensor("uniform", Members({"shape": str(count), "seed": str(seed)}, in_body=False), 1)[0]
    return hashlib.sha256(tensor.read().tobytes()).hexdigest()


@dataclass
class Downloads:
    """What came of downloads in which a replica was killed."""

    right: int = 0
    interrupted: int = 0


def kill_in_downloads(running: Cluster, times: int) -> Downloads:
    """Kill a replica in each of some downloads, in every other one both.

    With one, nginx asks the other for the next slice, and what is left of the slice under way is mostly in the buffers
    of the network; with both, the download breaks off.
    """
    chance, found = random.Random(0), Downloads()
    for seed in range(times):
        killed = running.replicas if seed % 2 else running.replicas[seed // 2 % 2 :][:1]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "tensor")
            command = [program("curl"), "--no-progress-meter", "--fail", "--limit-rate", RATE, "-C", "-"]
            command += ["--retry", "120", "--retry-all-errors", "--retry-delay", "1"]
            command += ["-o", str(file), running.url + _target(LARGE, seed)]
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as curl:
                time.sleep(chance.uniform(0.1, 1.0))
                for replica in killed:
                    replica.kill()
                for replica in killed:
                    replica.start()
                told = curl.communicate(timeout=300)[1]
            with file.open("rb") as stream:
                found.right += hashlib.file_digest(stream, "sha256").hexdigest() == _digest(LARGE, seed)
        found.interrupted += "Will retry" in told
        for replica in killed:
            replica.wait_until_ready()
    return found


@dataclass
class Load:
    """Clients that ask all the time, and compare."""

    url: str
    clients: int = 4
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        # Nothing is kept of a request with a key, so that each goes to a replica.
        target, digest = _target(SMALL, number), _digest(SMALL, number)
        while not self._ended.wait(0.02):
            try:
                status, _, body = get(self.url, target, ["Authorization: Bearer nobody"])
            except OSError as error:
                self.lost.append(repr(error))
            else:
                if (status, hashlib.sha256(body).hexdigest()) != (200, digest):
                    self.lost.append(f"{status}, {len(body)} bytes")
                self.answered += 1


def replace_replicas(running: Cluster, rounds: int) -> Load:
    """Replace each replica by a new one, under load."""
    with Load(running.url) as load:
        for replica in running.replicas * rounds:
            time.sleep(0.5)
            replica.terminate()
            replica.start()
            replica.wait_until_ready()
    return load


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(times: int) -> int:
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder) / "cluster") as running:
        found = kill_in_downloads(running, times)
        _tell(f"replicas killed in {times} downloads: the right SHA-256 in {found.right} of {times}")
        _tell(f"({found.interrupted} of them were broken off and went on)")
        load = replace_replicas(running, rounds=2)
        _tell(f"each of two replicas replaced twice under load: {len(load.lost)} of {load.answered} requests lost")
    return int(found.right < times or bool(load.lost))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
