"""What draws of a stack do, over several seeds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

import numpy as np

from service.propagation.draws import Candidate, Doubles, Draw
from service.propagation.passage import measure
from service.propagation.stack import Stack

SMALLEST, LARGEST = 1e-300, 1e300
"""Mean squares below the one are told as 0, beyond the other as it."""


@dataclass(frozen=True)
class Measured:
    """A mean square at each layer, over that where it comes from: (seeds, layers), each the mean over the batch."""

    by_seed: Doubles

    @property
    def middle(self) -> Doubles:
        """The geometric mean over the seeds; 0 where any is."""
        with np.errstate(divide="ignore"):
            mean: Doubles = np.exp(np.mean(np.log(self.by_seed), axis=0))
        return mean

    @property
    def low(self) -> Doubles:
        """The least of the seeds'."""
        least: Doubles = np.min(self.by_seed, axis=0)
        return least

    @property
    def high(self) -> Doubles:
        """The greatest of the seeds'."""
        most: Doubles = np.max(self.by_seed, axis=0)
        return most


@dataclass(frozen=True)
class Drawn:
    """What draws of one candidate do."""

    signal: Measured
    gradient: Measured


@dataclass(frozen=True)
class Experiment:
    """What is drawn, and how often."""

    stack: Stack
    candidates: Sequence[Candidate]
    seeds: Sequence[int]
    batch_size: int


def run(experiment: Experiment, threads: int) -> list[Drawn]:
    """Return what draws of each candidate do. Raises Interrupted."""
    draws = [
        Draw(experiment.stack, candidate, seed) for candidate in experiment.candidates for seed in experiment.seeds
    ]

    def one(draw: Draw) -> tuple[Doubles, Doubles]:
        course = measure(draw, experiment.batch_size)
        return _told(course.signal), _told(course.gradient)

    if threads == 1 or len(draws) == 1:
        courses = [*map(one, draws)]
    else:
        # Each thread ends, as this one does, when nobody waits for the answer any more.
        contexts = [copy_context() for _ in draws]
        with ThreadPoolExecutor(threads) as pool:
            courses = [*pool.map(lambda context, draw: context.run(one, draw), contexts, draws)]
    count = len(experiment.seeds)
    groups = [courses[start : start + count] for start in range(0, len(courses), count)]
    return [Drawn(*(Measured(np.array(each)) for each in zip(*group, strict=True))) for group in groups]


def _told(course: Doubles) -> Doubles:
    """Return the mean over the batch, between the ends of what is told."""
    mean = np.minimum(np.sum(course, axis=1) / course.shape[1], LARGEST)
    return np.where(mean < SMALLEST, 0.0, mean)
