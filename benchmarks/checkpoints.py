"""Checkpoints over HTTP; `python -m benchmarks.checkpoints` prints these rows alone.

The models are those of `examples/checkpoints`.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from benchmarks.frameworks_process import Frameworks
from benchmarks.pairs import HEAD, Comparison, Cost, Work, rested
from benchmarks.processes import ROOT, Server, curl, fanin, first_byte

EXAMPLES = ROOT / "examples" / "checkpoints"
GPT_2, LLAMA = "gpt2-small", "llama-7b"

FIRST = 2**32
"""Bytes of the Llama's file that are downloaded."""

MIDDLE = 7 * 10**9
"""A byte of it, a third of the way into a tensor."""

SMALL_TENSORS, SMALL_ELEMENTS = 10**5, 256

LAYERS = ["model.layers.[0-3].*"]
"""What of the Llama's tensors is divided among workers: whole it takes longer than a row should."""

SHARD = [
    {"match": ["*.q_proj.*", "*.k_proj.*", "*.v_proj.*", "*.gate_proj.*", "*.up_proj.*"], "axis": 0},
    {"match": ["*.o_proj.*", "*.down_proj.*"], "axis": 1},
]
"""Rows of what reads the residual stream, columns of what adds to it."""

SMALL = "/weights/normal?shape=64,32&seed=42&format=npy"


def _manifest(name: str, **members: Any) -> dict[str, Any]:
    return json.loads((EXAMPLES / f"{name}.json").read_text()) | members


def _url(server: Server, manifest: dict[str, Any]) -> str:
    """Return the URL of a manifest's file, which the head of a reply tells."""
    request = urllib.request.Request(
        f"{server.url}/checkpoints", json.dumps(manifest).encode(), {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as response:
        return str(response.headers["Content-Location"])


def _post(server: Server, target: str, name: str, out: str = os.devnull) -> Work:
    return curl(server, target, "-H", "Content-Type: application/json", "-d", f"@{EXAMPLES / name}.json", out=out)


def plan(server: Server) -> Iterator[Comparison]:
    ours = _post(server, "/checkpoints/plan", LLAMA)
    yield Comparison("plan of a Llama of 7B", ours, "a small tensor", curl(server, SMALL), None, rounds=9)


def a_part_by_range(server: Server, rounds: int = 9) -> str:
    """Return the row for a mebibyte out of the middle, of a checkpoint that was not asked for before."""
    urls = iter([_url(server, _manifest(LLAMA, seed=seed)) for seed in range(rounds + 1)])

    def part() -> Cost:
        wanted = f"bytes={MIDDLE}-{MIDDLE + 2**20 - 1}"
        return curl(server, next(urls), "-H", f"Range: {wanted}", status=206)()

    found = Comparison("", part, "", curl(server, SMALL), None, rounds=rounds).measure()
    more = found.ours.wall - found.peer.wall
    return (
        f"| 1 MiB out of the middle of a Llama of 7B, and what it takes more than a small tensor | "
        f"{_told(found.ours)} | {_told(found.peer)} | {more * 1e3:.3g} ms more | 50 ms |"
    )


def first_bytes(server: Server) -> Iterator[Comparison]:
    ours = first_byte(server, _url(server, _manifest(LLAMA)))
    small = first_byte(server, "/weights/normal?shape=512,512&seed=42&format=safetensors")
    yield Comparison("first byte of a Llama of 7B", ours, "of 1 MiB", small, 3, rounds=31)


def against_one_tensor(server: Server, rounds: int = 3) -> Iterator[Comparison]:
    """The bars are on rates: 0.8 and 0.3 of that of one tensor."""
    part = curl(server, _url(server, _manifest(LLAMA)), "-H", f"Range: bytes=0-{FIRST - 1}", status=206)
    law = "/weights/normal?std=0.02&seed=42&format=safetensors"
    whole = curl(server, f"{law}&dtype=bfloat16&shape={FIRST // 2}")
    yield Comparison("4 GiB of a Llama of 7B", part, "one tensor", whole, 1.25, FIRST // 2, rounds)

    many = curl(server, _url(server, _small_tensors()))
    elements = SMALL_TENSORS * SMALL_ELEMENTS
    one = curl(server, f"{law}&shape={elements}")
    yield Comparison("10⁵ tensors of 1 KiB", many, "one tensor", one, round(1 / 0.3, 2), elements)


def _small_tensors() -> dict[str, Any]:
    said = {"initializer": "normal", "std": 0.02, "shape": [SMALL_ELEMENTS]}
    return {"seed": 42, "tensors": {f"layers.{{0..{SMALL_TENSORS - 1}}}.weight": said}}


def many_at_first(server: Server) -> str:
    """Return the row for many small tensors whose manifest the server has not seen."""
    manifest = json.dumps(_small_tensors())
    ours = curl(server, "/checkpoints", "-H", "Content-Type: application/json", "-d", manifest)()
    return f"| 10⁵ tensors of 1 KiB, asked for the first time | {_told(ours)} | | | |"


def _told(cost: Cost) -> str:
    return f"{cost.wall * 1e3:.3g} ms ({cost.processor * 1e3:.3g})"


def a_worker_against_all(server: Server) -> Iterator[Comparison]:
    rules = [rule | {"index": 3, "count": 8} for rule in SHARD]
    part = curl(server, _url(server, _manifest(LLAMA, only=LAYERS, shard=rules)))
    whole = curl(server, _url(server, _manifest(LLAMA, only=LAYERS)))
    yield Comparison("worker 3 of 8, four layers of a Llama of 7B", part, "all of them", whole, 0.2, rounds=5)


def against_torch(server: Server, frameworks: Frameworks) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as folder:
        ours = rested(_post(server, "/checkpoints", GPT_2, out=f"{folder}/ours.safetensors"))
        peer = frameworks.work("torch.save_gpt_2", f"{folder}/torch.safetensors")
        yield Comparison("GPT-2 small in a file", ours, "PyTorch and save_file", peer, 0.5, rounds=5)


def memory(server: Server) -> Iterator[str]:
    """Yield the rows for the growth of resident memory: while a large file leaves, and one of many tensors."""
    for what, manifest, options in (
        ("4 GiB of a Llama of 7B leave", _manifest(LLAMA), ["-H", f"Range: bytes=0-{FIRST - 1}"]),
        ("10⁵ tensors of 1 KiB leave", _small_tensors(), []),
    ):
        target = _url(server, manifest)
        before = highest = server.resident()
        download = subprocess.Popen(["curl", "-sS", "--fail", "-o", os.devnull, *options, server.url + target])
        while download.poll() is None:
            highest = max(highest, server.resident())
            time.sleep(0.02)
        assert download.returncode == 0
        yield f"| growth of memory while {what} | {(highest - before) / 2**20:.0f} MiB | | | 64 MiB |"


def rows(server: Server, frameworks: Frameworks) -> Iterator[str]:
    """Yield the lines of the table, each as soon as it is measured."""
    for comparisons in (
        plan(server),
        first_bytes(server),
        against_one_tensor(server),
        a_worker_against_all(server),
        against_torch(server, frameworks),
    ):
        for comparison in comparisons:
            yield comparison.measure().row
    yield a_part_by_range(server)
    yield many_at_first(server)


def main() -> None:
    print(HEAD)
    with fanin() as server:
        for row in rows(server, Frameworks(os.environ["PEERS_PYTHON"])):
            print(row, flush=True)
    with fanin() as fresh:
        for row in memory(fresh):
            print(row, flush=True)


if __name__ == "__main__":
    main()
