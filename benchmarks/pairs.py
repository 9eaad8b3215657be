"""Fair comparisons on a noisy machine: two things timed in turn, in one run, as ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Comparison:
    """Ours against a peer's, and the ratio of times that ours should not exceed."""

    name: str
    ours: Work
    peer_name: str
    peer: Work
    unit: str
    count: float
    """Units of work in one run, to print times a unit."""
    at_most: float


@dataclass(frozen=True)
class Result:
    """Median times, in seconds, and the median of the ratios of neighbouring runs."""

    comparison: Comparison
    ours: float
    peer: float
    ratio: float


def measure(comparison: Comparison, rounds: int = 11) -> Result:
    """Time both in turn, after one run of each that does not count."""
    comparison.ours()
    comparison.peer()
    pairs = [(_seconds(comparison.ours), _seconds(comparison.peer)) for _ in range(rounds)]
    ours, peers = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return Result(comparison, statistics.median(ours), statistics.median(peers), ratio)


def _seconds(work: Work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def table(results: list[Result]) -> str:
    """Return a Markdown table."""
    lines = ["| measure | ours | peer | ratio | at most |", "|---|---|---|---|---|"]
    for result in results:
        c = result.comparison
        ours, peer = (f"{seconds / c.count * 1e9:.2f} {c.unit}" for seconds in (result.ours, result.peer))
        if c.unit == "ms":
            ours, peer = f"{result.ours * 1e3:.0f} ms", f"{result.peer * 1e3:.0f} ms"
        lines.append(f"| {c.name} ÷ {c.peer_name} | {ours} | {peer} | {result.ratio:.2f} | {c.at_most} |")
    return "\n".join(lines)
