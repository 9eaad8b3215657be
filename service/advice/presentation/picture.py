"""An answer as a picture: what becomes of the signal and of its gradient over the layers, a line for each candidate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.advice.advisor import Advisor, Candidate
from service.advice.answer import LayerSignal, NetworkEvidence
from service.advice.judgements import JUDGED_LAYERS
from service.advice.layer.layer import Layer
from service.advice.network.network_layer import NetworkLayer
from service.advice.numbers import fan_text, ratio_text
from service.advice.tensor_advice import tensor_advice
from service.advice.theory.evidence import evidence_of
from service.advice.theory.prediction import Prediction
from service.frameworks.default_initializer import DefaultInitializer
from service.pictures.picture import Curves, Doubles, Line, Picture

MOST_POINTS = 60
"""Of a line: depths at which the signal is worked out."""

MOST_CANDIDATES = 7
"""As many as there are colours that all tell apart."""

_LONGEST_LABEL = 56

SIGNAL, GRADIENT = "Signal", "Gradient"


class NothingToDraw(Exception):
    """Theory follows no signal through the layer."""


def layer_picture(asked: NetworkLayer) -> Picture:
    """Return what theory predicts for a layer with each candidate. Raises NothingToDraw and InvalidParameter."""
    advisor = Advisor(asked.layer)
    candidates = [each for each in advisor.candidates(asked.current, asked.caller) if each.prediction.is_made]
    if not advisor.rule.has_theory or not candidates:
        reasons = evidence_of(advisor.recommended, advisor.rule.has_theory).validity.reasons
        raise NothingToDraw("; ".join(reasons) or "theory follows no signal here")
    layer = asked.layer
    depths = _depths(layer)
    lines = [_lines(candidate, depths) for candidate in candidates[:MOST_CANDIDATES]]
    unit = "residual blocks" if layer.has_skips else "layers"
    forward = "mean square of the residual stream" if layer.has_skips else "mean square of the pre-activations"
    return Picture(
        _title(layer),
        f"What mean-field theory predicts over {_depth_text(layer, unit)}; where both stay near 1, depth does no harm",
        (
            Curves(SIGNAL, unit, f"{forward}, first = 1", tuple(line for line, _ in lines)),
            Curves(GRADIENT, unit, "squared norm at the first, last = 1", tuple(line for _, line in lines)),
        ),
        _note(candidates, layer),
    )


def network_picture(evidence: NetworkEvidence) -> Picture:
    """Return what theory predicts for the recommended weights of a list of layers. Raises NothingToDraw."""
    if not evidence.signal:
        raise NothingToDraw("; ".join(evidence.validity.reasons) or "theory follows no signal here")
    places = np.arange(1.0, len(evidence.signal) + 1.0)
    names = tuple(_short(step.layer, 18) for step in evidence.signal)
    panels = tuple(
        Curves(title, "layer", label, (Line("recommended weights", places, _values(evidence.signal, member)),), names)
        for title, label, member in (
            (SIGNAL, "mean square of the pre-activations", "second_moment"),
            (GRADIENT, "squared norm, at the last = 1", "gradient"),
        )
    )
    reasons = f": {'; '.join(evidence.validity.reasons)}" if evidence.validity.reasons else ""
    return Picture(
        f"{evidence.layers} layers, from an input of mean square 1",
        f"Signal at the last {ratio_text(evidence.forward)}, gradient at the first {ratio_text(evidence.backward)}",
        panels,
        f"Validity {evidence.validity.level}{reasons}.",
    )


def _values(signal: Sequence[LayerSignal], member: str) -> Doubles:
    return np.array([getattr(step, member) for step in signal])


def _depths(layer: Layer) -> list[int]:
    """Return at how many layers the signal is looked at: all depths, or of many as many at equal distances."""
    deepest = layer.depth or JUDGED_LAYERS
    first = 0 if layer.has_skips else 1
    count = min(deepest - first + 1, MOST_POINTS)
    return sorted({round(depth) for depth in np.linspace(first, deepest, count)})


def _lines(candidate: Candidate, depths: Sequence[int]) -> tuple[Line, Line]:
    """Return the lines of signal and gradient."""
    prediction = candidate.prediction
    points = [(1.0, 1.0) if not depth else _ratios(prediction, depth) for depth in depths]
    forward, backward = np.array(points).T
    finite = evidence_of(prediction).finite_width if candidate.relation == "recommended" else None
    label, x = _label(candidate), np.array(depths, np.float64)
    return (
        Line(label, x, forward, None if finite is None else finite.forward_interval),
        Line(label, x, backward, None if finite is None else finite.backward_interval),
    )


def _ratios(prediction: Prediction, depth: int) -> tuple[float, float]:
    """Return what theory predicts over a depth."""
    found = prediction.through(depth).depth
    assert found is not None
    return found.forward, found.backward


def _label(candidate: Candidate) -> str:
    weights = candidate.prediction.weights
    assert weights is not None
    std = "" if not weights.std else f", std {weights.std:.3g}"
    if isinstance(weights.initializer, DefaultInitializer):
        return _short(f"{candidate.relation}{std}", _LONGEST_LABEL)
    given = ", ".join(f"{name}={_value(value)}" for name, value in tensor_advice(weights).parameters.items())
    scheme = f"{weights.initializer_name}({given})" if given else weights.initializer_name
    return f"{_short(f'{candidate.relation}: {scheme}', _LONGEST_LABEL)}{std}"


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _title(layer: Layer) -> str:
    shape = " × ".join(map(str, layer.shape))
    name = f"{_short(layer.links.name, 40)}: " if layer.links.name else ""
    fans = f"fan_in {fan_text(layer.fan_in)}, fan_out {fan_text(layer.fan_out)}"
    return _short(f"{name}{layer.kind} {shape}, {layer.activation.name}; {fans}", 110)


def _depth_text(layer: Layer, unit: str) -> str:
    if layer.depth is None:
        return f"{JUDGED_LAYERS} {unit} like this one, a depth that is assumed as none is given"
    return f"{layer.depth} {unit} like this one"


def _note(candidates: Sequence[Candidate], layer: Layer) -> str:
    told = []
    if layer.depth is not None:
        told.append("The bar at the end of the recommended line holds 95 % of the draws, where that can be told.")
    left_out = len(candidates) - MOST_CANDIDATES
    if left_out > 0:
        told.append(f"{left_out} more candidates in the JSON.")
    return " ".join(told)


def _short(text: str, most: int) -> str:
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
