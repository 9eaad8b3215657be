"""What to call weights, by the signal and the gradient that they leave."""

from __future__ import annotations

import math

from service.advice.judgements import (
    GROWTH,
    JUDGEMENTS,
    LARGEST_SHARED_PART,
    SIGNAL,
    Judgement,
    Scale,
)
from service.advice.theory.mean_field import Signal


def judgement_on(signal: Signal) -> Judgement:
    """Return what to call weights with this signal over the depth that they are judged by, by themselves."""
    return _judgement(signal, 0.0, 0.0)


def judgement_beside(signal: Signal, recommended: Signal) -> Judgement:
    """Return what to call them where those recommended have another signal.

    Beyond what counts as good it is by how much worse the signal is kept than by these.
    """
    return _judgement(signal, _excess(recommended.log_distance, SIGNAL), _excess(recommended.log_growth, GROWTH))


def _judgement(signal: Signal, distance: float, growth: float) -> Judgement:
    """Return the judgement beside weights that are so far beyond what counts as good."""
    if signal.shared_part > LARGEST_SHARED_PART:
        return "reject"
    found = (SIGNAL.judgement(signal.log_distance - distance), GROWTH.judgement(signal.log_growth - growth))
    return max(found, key=JUDGEMENTS.index)


def _excess(log_factor: float, scale: Scale) -> float:
    """Return by how much a factor is beyond what counts as good."""
    return max(log_factor - math.log(scale.bounds[0][0]), 0.0)
