"""The process that `frameworks.py` is."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from benchmarks.pairs import Cost, Work, rested


class Frameworks:
    """The frameworks of another environment, whose works are timed there."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, Path(__file__).with_name("frameworks.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def work(self, name: str, argument: int | str) -> Work:
        return rested(functools.partial(self._run, f"{name} {argument}\n"))

    def _run(self, line: str) -> Cost:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line)
        process.stdin.flush()
        wall, processor = process.stdout.readline().split()
        return Cost(float(wall), float(processor))
