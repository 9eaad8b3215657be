"""Models by name, to disk and by the Hub's routes; `python -m benchmarks.models NAME` prints the rows of one alone.

HUB_PYTHON names the Python of `.venv-hub/newest`, which `make hub` installs.
"""

from __future__ import annotations

import itertools
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.checkpoints import SMALL
from benchmarks.frameworks_process import Frameworks
from benchmarks.pairs import HEAD, Comparison, Cost, Work, rested
from benchmarks.processes import Server, curl, fanin

MODEL = "llama-3.2-1b"
"""That is made to disk."""

LARGE, SHARD = "llama-3-70b", "model-00029-of-00030.safetensors"
MIDDLE = 2 * 10**9
"""A byte of the shard, within a tensor."""


def hf_download(server: Server, name: str, folder: Path) -> Work:
    """Return a download by `hf`, its start included, of a draw that was not asked for before."""
    program, seeds = Path(os.environ["HUB_PYTHON"]).with_name("hf"), itertools.count(1)

    def run() -> Cost:
        shutil.rmtree(folder, ignore_errors=True)
        options = ["--revision", f"seed-{next(seeds)}", "--local-dir", str(folder / "files")]
        environment = os.environ | {"HF_ENDPOINT": server.url, "HF_HOME": str(folder)}
        before, used = server.processor(), _of_children()
        start = time.perf_counter()
        subprocess.run(
            [program, "download", f"fanin/{name}", *options], env=environment, check=True, capture_output=True
        )
        wall = time.perf_counter() - start
        return Cost(wall, server.processor() - before + _of_children() - used)

    return run


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def to_disk(server: Server, name: str = MODEL, rounds: int = 3) -> Iterator[Comparison]:
    """The bars are on the time in which transformers makes the model and saves it."""
    with tempfile.TemporaryDirectory() as root:
        config, saved, ours = Path(root, "config"), Path(root, "saved"), Path(root, "ours.safetensors")
        config.mkdir()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{server.url}/fanin/{name}/resolve/main/config.json") as reply:
            (config / "config.json").write_bytes(reply.read())
        peer = Frameworks(os.environ["HUB_PYTHON"], "hub_clients.py").work(str(config), str(saved))
        whole = rested(curl(server, f"/fanin/{name}/resolve/main/model.safetensors", out=str(ours)))
        yield Comparison(f"{name} in a file by curl", whole, "transformers' own", peer, 0.25, rounds=rounds)
        download = rested(hf_download(server, name, Path(root, "hf")))
        yield Comparison(f"{name} in a folder by hf", download, "transformers' own", peer, 0.5, rounds=rounds)


def first_asked(server: Server, rounds: int = 9) -> Iterator[str]:
    """Yield the rows for a model of 70 billion parameters whose draw was not asked for before."""
    seeds = itertools.count(1)

    def told() -> Cost:
        return curl(server, f"/api/models/fanin/{LARGE}/revision/seed-{next(seeds)}")()

    def part() -> Cost:
        wanted = ["-H", f"Range: bytes={MIDDLE}-{MIDDLE}"]
        return curl(server, f"/fanin/{LARGE}/resolve/seed-{next(seeds)}/{SHARD}", *wanted, status=206)()

    for what, work, at_most in (("all files of 70B are told", told, "2 s"), ("first byte of its shard 29", part, "")):
        found = Comparison("", work, "", curl(server, SMALL), None, rounds=rounds).measure()
        more = found.ours.wall - found.peer.wall
        yield (
            f"| {what}, and what it takes more than a small tensor | {found.ours.wall * 1e3:.3g} ms | "
            f"{found.peer.wall * 1e3:.3g} ms | {more * 1e3:.3g} ms more | {at_most or '100 ms'} |"
        )


def memory(server: Server) -> str:
    """Return the row for the growth of resident memory while 10 GB of a large model leave."""
    urls = [f"{server.url}/fanin/{LARGE}/resolve/main/model-{number:05d}-of-00030.safetensors" for number in (1, 2)]
    before = highest = server.resident()
    download = subprocess.Popen(["curl", "-sS", "--fail", "-o", os.devnull, urls[0], "-o", os.devnull, urls[1]])
    while download.poll() is None:
        highest = max(highest, server.resident())
        time.sleep(0.02)
    assert download.returncode == 0
    return f"| growth of memory while two shards of 70B leave | {(highest - before) / 2**20:.0f} MiB | | | 64 MiB |"


def rows(server: Server) -> Iterator[str]:
    """Yield the lines of the table, each as soon as it is measured."""
    for comparison in to_disk(server):
        yield comparison.measure().row
    yield from first_asked(server)


def main() -> None:
    print(HEAD)
    with fanin() as server:
        if len(sys.argv) > 1:
            for comparison in to_disk(server, sys.argv[1], rounds=1):
                print(comparison.measure().row, flush=True)
            return
        for row in rows(server):
            print(row, flush=True)
    with fanin() as fresh:
        print(memory(fresh))


if __name__ == "__main__":
    main()
