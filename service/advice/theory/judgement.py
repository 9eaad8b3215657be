"""What to call weights, by the signal and the gradient that they leave."""

from __future__ import annotations

import math
from dataclasses import dataclass

from service.advice.judgements import (
    GROWTH,
    JUDGED_LAYERS,
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
    step: Signal

    @classmethod
    def of(cls, prediction: Prediction) -> Course:
        """Return the course of a signal through layers with some weights."""
        layer = prediction.layer
        signal = prediction.through(layer.depth or JUDGED_LAYERS)
        return cls(signal, prediction.through(1 if layer.has_skips else 2))

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
        return max(map(abs, (*_logarithms(self.signal), *_logarithms(self.step))))

    @lazy
    def log_growth(self) -> float:
        """The logarithm of the factor by which they grow in one layer."""
        return max(_logarithms(self.step))


def _excess(log_factor: float, scale: Scale) -> float:
    """Return by how much a factor is beyond what counts as good."""
    return max(log_factor - math.log(scale.bounds[0][0]), 0.0)


def _logarithms(signal: Signal) -> tuple[float, float]:
    assert signal.depth is not None
    forward, backward = signal.depth.forward, signal.depth.backward
    return math.log(max(forward, _SMALLEST_RATIO)), math.log(max(backward, _SMALLEST_RATIO))
