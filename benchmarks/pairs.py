"""Fair comparisons on a noisy machine: two things timed in turn, in one run, as ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds by the clock, and of processor time on all sides."""

    wall: float
    processor: float


Work = Callable[[], Cost]


def timed(work: Callable[[], object]) -> Work:
    """Return `work`, done in this process, as something to compare."""

    def run() -> Cost:
        start, busy = time.perf_counter(), time.process_time()
        work()
        return Cost(time.perf_counter() - start, time.process_time() - busy)

    return run


def rested(work: Work) -> Work:
    """Return `work`, done when the threads of what ran before have ceased to spin.

    OpenMP's, which PyTorch uses, and XLA's wait actively for a while after their last work.
    """

    def run() -> Cost:
        time.sleep(_REST)
        return work()

    return run


_REST = 0.05
"""Seconds."""


@dataclass(frozen=True)
class Comparison:
    """Ours against a peer's, and what the ratio of their times should be at most."""

    name: str
    ours: Work
    peer_name: str
    peer: Work
    at_most: float | None
    elements: int | None = None
    """In one run, to print nanoseconds an element; milliseconds a run without."""
    rounds: int = 9

    def measure(self) -> Result:
        """Time both in turn, after one run of each that does not count."""
        self.ours()
        self.peer()
        pairs = [(self.ours(), self.peer()) for _ in range(self.rounds)]
        ours, peers = zip(*pairs, strict=True)
        ratio = statistics.median(a.wall / b.wall for a, b in pairs)
        return Result(self, _median(ours), _median(peers), ratio)


@dataclass(frozen=True)
class Result:
    """Median costs, and the median of the ratios of neighbouring runs."""

    comparison: Comparison
    ours: Cost
    peer: Cost
    ratio: float

    @property
    def row(self) -> str:
        """A line of a Markdown table."""
        c = self.comparison
        return (
            f"| {c.name} ÷ {c.peer_name} | {self._text(self.ours)} | {self._text(self.peer)} | {self.ratio:.3g} | "
            f"{'' if c.at_most is None else c.at_most} |"
        )

    def _text(self, cost: Cost) -> str:
        if self.comparison.elements is None:
            return f"{cost.wall * 1e3:.3g} ms ({cost.processor * 1e3:.3g})"
        scale = 1e9 / self.comparison.elements
        return f"{cost.wall * scale:.2f} ns ({cost.processor * scale:.2f})"


HEAD = """| measure | ours: time (processor time) | peer | ratio | at most |
|---|---|---|---|---|"""


def _median(costs: tuple[Cost, ...]) -> Cost:
    return Cost(statistics.median(c.wall for c in costs), statistics.median(c.processor for c in costs))
