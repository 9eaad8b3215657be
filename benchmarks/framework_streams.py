"""The frameworks' own streams over HTTP; `python -m benchmarks.framework_streams` prints these rows alone.

Ours is measured as in `benchmarks.over_http`, against the framework that makes the same numbers in process. Before the
rows the frameworks make once more what was recorded of them, so that none is measured that makes other numbers by now.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
from collections.abc import Iterator

from benchmarks.frameworks_process import Frameworks
from benchmarks.pairs import HEAD, Comparison, rested
from benchmarks.processes import ROOT, Server, curl, fanin

SIDES = (4096, 16384)

ROWS = (
    ("kaiming_uniform_", "torch", "torch.kaiming_uniform_", 1.0),
    ("normal_", "torch", "torch.normal_", 1.2),
    ("he_normal", "jax", "jax.he_normal", 0.6),
    ("glorot_uniform", "jax", "jax.glorot_uniform", 0.6),
    ("random", "numpy_legacy", "numpy_legacy.random", None),
    ("standard_normal", "numpy", "numpy.double_normal", None),
)
"""A scheme, the stream, what the framework does in process, and what the ratio should be at most."""

SCHEMES = {"random": "uniform", "standard_normal": "normal"}
"""The schemes that NumPy's functions are."""

SKIPPED = 2**28
"""Words."""

CHECKS = (
    ("-m", "scripts.record_torch_stream", "--check", "tests/framework_streams/torch/recorded.json"),
    ("scripts/record_jax_streams.py", "--check"),
    ("-m", "scripts.record_numpy_streams", "--check"),
)
"""What makes the recorded numbers again, and fails where they are others."""


def check_drift(python: str) -> None:
    """Raise CalledProcessError where a framework no longer makes what was recorded of it."""
    for arguments in CHECKS:
        subprocess.run([python, *arguments], cwd=ROOT, check=True)


def rows(server: Server, frameworks: Frameworks) -> Iterator[str]:
    """Yield the lines of the table, each as soon as it is measured."""
    for side in SIDES:
        for scheme, stream, peer, at_most in ROWS:
            target = f"/weights/{SCHEMES.get(scheme, scheme)}?shape={side},{side}&seed=42&stream={stream}&format=npy"
            if side == SIDES[1] and stream == "numpy":
                # A tensor that is made whole: one of this size is over the limits.
                continue
            rounds = 21 if side == SIDES[0] else 3
            ours = rested(curl(server, target))
            name = f"{scheme}, stream={stream}, {side}²"
            comparison = Comparison(name, ours, peer, frameworks.work(peer, side), at_most, side * side, rounds)
            yield comparison.measure().row
    yield skipped(server)


def skipped(server: Server) -> str:
    """Return the row of a tensor so many words into a seed's sequence that was not asked for before."""
    seeds = itertools.count(1000)
    times = []
    for _ in range(5):
        target = f"/weights/uniform?shape=16&seed={next(seeds)}&stream=torch&skip={SKIPPED}&format=raw"
        times.append(curl(server, target)().wall)
    return f"| a tensor after 2²⁸ words, stream=torch | {statistics.median(times) * 1e3:.0f} ms | | | 200 ms |"


def main() -> None:
    python = os.environ["PEERS_PYTHON"]
    check_drift(python)
    print(HEAD)
    with fanin() as server:
        for row in rows(server, Frameworks(python)):
            print(row, flush=True)


if __name__ == "__main__":
    main()
