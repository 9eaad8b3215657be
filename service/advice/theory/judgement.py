"""What to call weights, by the signal and the gradient that they leave."""

from __future__ import annotations

import math
from dataclasses import dataclass

from service.advice.judgements import (
    GROWTH,
    JUDGEMENTS,
    LARGEST_SHARED_PART,
    SIGNAL,
    Judgement,
    Scale,
)
from service.advice.theory.mean_field import Signal
from service.advice.theory.prediction import Prediction
from service.lazy import lazy

_SMALLEST_RATIO = 1e-300
"""A ratio that has a logarithm, for ratios that vanish."""


@dataclass(frozen=True)
class Course:
    """What becomes of a signal over the depth that weights are judged by, and from one layer to the next."""

    signal: Signal

    @classmethod
    def of(cls, prediction: Prediction) -> Course:
        """Return the course of a signal through layers with some weights."""
        return cls(prediction.judged)

    def judgement(self, recommended: Course | None = None) -> Judgement:
        """Return the judgement on the weights, where those recommended have another course.

        Beyond what counts as good it is by how much worse the signal is kept than by these.
        """
        if self.signal.shared_part > LARGEST_SHARED_PART:
            return "reject"
        over_depth, growth = self.log_distance, self.log_growth
        if recommended is not None:
            over_depth -= _excess(recommended.log_distance, SIGNAL)
            growth -= _excess(recommended.log_growth, GROWTH)
        found = (SIGNAL.judgement(over_depth), GROWTH.judgement(growth))
        return max(found, key=JUDGEMENTS.index)

    @lazy
    def log_distance(self) -> float:
        """The logarithm of the factor by which signal or gradient grow or shrink, through one layer or all of them."""
        return max(map(abs, (*self._over_depth, *self._in_one_layer)))

    @lazy
    def log_growth(self) -> float:
        """The logarithm of the factor by which they grow in one layer."""
        return max(self._in_one_layer)

    @lazy
    def _over_depth(self) -> tuple[float, float]:
        assert self.signal.depth is not None
        return _logarithms(self.signal.depth.forward, self.signal.depth.backward)

    @lazy
    def _in_one_layer(self) -> tuple[float, float]:
        return _logarithms(*self.signal.step)


def _excess(log_factor: float, scale: Scale) -> float:
    """Return by how much a factor is beyond what counts as good."""
    return max(log_factor - math.log(scale.bounds[0][0]), 0.0)


def _logarithms(forward: float, backward: float) -> tuple[float, float]:
    return math.log(max(forward, _SMALLEST_RATIO)), math.log(max(backward, _SMALLEST_RATIO))
