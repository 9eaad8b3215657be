"""What to say of the signal and of the gradient that draws of a scheme leave, and which scheme leaves the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from service.advice.judgements import GROWTH, JUDGEMENTS, SIGNAL, Judgement
from service.propagation.draws import Doubles
from service.propagation.measurement import LARGEST, SMALLEST, Drawn
from service.propagation.stack import Stack

Word = Literal["stable", "vanishes", "explodes"]

STABLE = SIGNAL.bounds[0][0]
"""The factor up to which a mean square may change and still counts as stable: what `/advise` calls good."""


@dataclass(frozen=True)
class Passing:
    """What becomes of the signal, or of the gradient, on its way."""

    word: Word
    layer: int | None
    """The first on its way at which it has changed by more than `STABLE`; None where none is."""
    factor: float
    """By which its mean square has changed where it has changed most: below 1 where it is smaller there."""
    judgement: Judgement
    """In the words of `/advise`."""

    @property
    def distance(self) -> float:
        """The logarithm of the factor, without its sign."""
        return abs(math.log(self.factor))


@dataclass(frozen=True)
class Verdict:
    """What becomes of both."""

    signal: Passing
    gradient: Passing
    distances: tuple[float, float]
    """The least and the greatest, over the seeds, of how far the worse of both goes."""

    @property
    def worse(self) -> Passing:
        return max(self.signal, self.gradient, key=lambda each: (JUDGEMENTS.index(each.judgement), each.distance))

    @property
    def distance(self) -> float:
        return max(self.signal.distance, self.gradient.distance)


def verdict(stack: Stack, drawn: Drawn) -> Verdict:
    """Return the verdict on a scheme by its draws."""
    numbers = range(stack.first, stack.first + len(stack.widths))
    signal = _passing(drawn.signal.middle, numbers)
    gradient = _passing(drawn.gradient.middle[::-1], numbers[::-1])
    by_seed = [
        max(_distance(forward), _distance(backward))
        for forward, backward in zip(drawn.signal.by_seed, drawn.gradient.by_seed, strict=True)
    ]
    return Verdict(signal, gradient, (min(by_seed), max(by_seed)))


def ranks(verdicts: Sequence[Verdict]) -> list[int]:
    """Return the rank of each, from 1: by how far the worse of signal and gradient goes.

    Schemes share a rank where some draw of the one goes no further than some draw of the best of that rank.
    """
    order = sorted(range(len(verdicts)), key=lambda index: verdicts[index].distance)
    found = [0] * len(verdicts)
    best, rank = order[0], 1
    for place, index in enumerate(order, start=1):
        if verdicts[index].distances[0] > verdicts[best].distances[1]:
            best, rank = index, place
        found[index] = rank
    return found


def _passing(course: Doubles, numbers: Sequence[int]) -> Passing:
    """Return what becomes of mean squares in the order in which they come about, at layers of these numbers."""
    logarithms = _logarithms(course)
    worst = int(np.argmax(np.abs(logarithms)))
    log_factor = float(logarithms[worst])
    beyond = np.abs(logarithms) > math.log(STABLE)
    growth = float(np.max(np.diff(logarithms), initial=0.0))
    judgement = max(SIGNAL.judgement(abs(log_factor)), GROWTH.judgement(growth), key=JUDGEMENTS.index)
    if not beyond.any():
        return Passing("stable", None, math.exp(log_factor), judgement)
    word: Word = "explodes" if log_factor > 0.0 else "vanishes"
    return Passing(word, numbers[int(np.argmax(beyond))], math.exp(log_factor), judgement)


def _distance(course: Doubles) -> float:
    return float(np.max(np.abs(_logarithms(course))))


def _logarithms(course: Doubles) -> Doubles:
    found: Doubles = np.log(np.clip(course, SMALLEST, LARGEST))
    return found
