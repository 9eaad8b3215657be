"""What to call weights, by the signal and the gradient that they leave."""

from __future__ import annotations

import math

from service.advice.judgements import JUDGED_LAYERS, LARGEST_SHARED_PART, SIGNAL, Judgement
from service.advice.theory.mean_field import Signal
from service.advice.theory.prediction import Prediction

_SMALLEST_RATIO = 1e-300
"""A ratio that has a logarithm, for ratios that vanish."""


def judge(prediction: Prediction) -> tuple[Judgement, Signal]:
    """Return the judgement on weights, and the signal that it rests on."""
    signal = prediction.through(prediction.layer.depth or JUDGED_LAYERS)
    return _judgement(signal, _log_distance(signal)), signal


def judge_beside(signal: Signal, recommended: Signal) -> Judgement:
    """Return the judgement on a signal in layers where the recommended weights do not keep it well either.

    Beyond what counts as good, it is by how much worse it is kept.
    """
    unavoidable = max(_log_distance(recommended) - math.log(SIGNAL.bounds[0][0]), 0.0)
    return _judgement(signal, _log_distance(signal) - unavoidable)


def _judgement(signal: Signal, log_distance: float) -> Judgement:
    return "reject" if signal.shared_part > LARGEST_SHARED_PART else SIGNAL.judgement(log_distance)


def _log_distance(signal: Signal) -> float:
    """Return the logarithm of the factor by which signal or gradient grow or shrink, whichever changes more."""
    assert signal.depth is not None
    ratios = (signal.depth.forward, signal.depth.backward)
    return max(abs(math.log(max(ratio, _SMALLEST_RATIO))) for ratio in ratios)
