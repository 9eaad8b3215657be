"""The process that a program of another environment is."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from benchmarks.pairs import Cost, Work, rested


class Frameworks:
    """The frameworks of another environment, whose works are timed there, by a program of this folder."""

    def __init__(self, python: str, program: str = "frameworks.py") -> None:
        self._process = subprocess.Popen(
            # The modules beside it are none of the environment.
            [python, "-P", Path(__file__).with_name(program)],
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
