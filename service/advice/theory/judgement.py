"""What to call weights, by the signal and the gradient that they leave."""

from __future__ import annotations

import math

from service.advice.answer import Judgement
from service.advice.theory.mean_field import Signal
from service.advice.theory.prediction import Prediction

JUDGED_LAYERS = 10
"""A signal is followed through so many to judge it, when the depth is not given: a choice."""

_BANDS: tuple[tuple[float, Judgement], ...] = ((10.0, "good"), (1e3, "acceptable"), (1e10, "poor"))
"""By less than which factor signal and gradient may grow or shrink: a choice, theory has no such number."""

_LARGEST_SHARED_PART = 0.9
"""Of the signal that may be the same in all units, before they count as copies of one: a choice."""

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
    unavoidable = max(_log_distance(recommended) - math.log(_BANDS[0][0]), 0.0)
    return _judgement(signal, _log_distance(signal) - unavoidable)


def _judgement(signal: Signal, log_distance: float) -> Judgement:
    if signal.shared_part > _LARGEST_SHARED_PART:
        return "reject"
    return next((judgement for factor, judgement in _BANDS if log_distance < math.log(factor)), "reject")


def _log_distance(signal: Signal) -> float:
    """Return the logarithm of the factor by which signal or gradient grow or shrink, whichever changes more."""
    assert signal.depth is not None
    ratios = (signal.depth.forward, signal.depth.backward)
    return max(abs(math.log(max(ratio, _SMALLEST_RATIO))) for ratio in ratios)
