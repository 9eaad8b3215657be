"""What theory predicts of a layer with given weights, how far to trust it, and what to call it."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from service.advice.answer import (
    DepthEvidence,
    Evidence,
    FiniteWidthEvidence,
    FixedPointEvidence,
    Judgement,
    Level,
    Validity,
)
from service.advice.layer.description import Normalization
from service.advice.layer.layer import Layer
from service.advice.scheme import Scheme
from service.advice.theory import mean_field
from service.advice.theory.mean_field import Scaling, Signal, Surroundings

_NARROW = 32
"""Units below which the law of large numbers, on which all rests, is far."""

_NOISY = 0.5
"""A variance of the logarithm beyond which one draw says little of another."""

_UNSTABLE_LAYERS = 10

_RECURRENT = frozenset(("rnn", "lstm", "gru"))
_CLASSIFIERS = frozenset(("head", "binary_head", "detector_head"))


def evidence(layer: Layer, weights: Scheme | None, bias: Scheme | None, has_theory: bool = True) -> Evidence:
    """Return what theory predicts of the layer with these weights and biases."""
    mean_square = None if weights is None else weights.mean_square
    if weights is None or mean_square is None or not has_theory or layer.axes is None:
        return _nothing(layer, mean_square, has_theory)
    scaling = scaling_of(layer, weights, bias)
    signal = mean_field.signal(layer.curves, scaling, surroundings(layer))
    return _told(signal, scaling)(
        backward_ratio=rounded(signal.chi_perp * layer.fan_out / layer.fan_in),
        finite_width=_finite_width(layer, signal),
        initial_loss=initial_loss(layer, mean_square),
        validity=_validity(layer, weights, signal),
    )


@functools.lru_cache(maxsize=4096)
def _told(signal: Signal, scaling: Scaling) -> functools.partial[Evidence]:
    """Return what layers of all widths with this signal have in common; the rest is to be given."""
    depth, point = signal.depth, signal.fixed_point
    return functools.partial(
        Evidence,
        sigma_w2=rounded(scaling.weight),
        sigma_b2=rounded(scaling.bias),
        forward_ratio=rounded(signal.forward_ratio),
        chi_perp=rounded(signal.chi_perp),
        elasticity=rounded(signal.elasticity),
        q_star=None if point.q is None else rounded(point.q),
        fixed_point=FixedPointEvidence(point.kind, rounded(point.chi_perp)),
        depth=None if depth is None else DepthEvidence(depth.layers, rounded(depth.forward), rounded(depth.backward)),
    )


def _finite_width(layer: Layer, signal: Signal) -> FiniteWidthEvidence | None:
    finite = signal.finite_width
    if finite is None:
        return None
    return FiniteWidthEvidence(
        rounded(layer.fan_in),
        rounded(finite.log_std(layer.fan_in)),
        _interval(finite.forward_interval(layer.fan_in)),
        _interval(finite.backward_interval(layer.fan_in)),
    )


def scaling_of(layer: Layer, weights: Scheme, bias: Scheme | None) -> Scaling:
    """Return the layer's weights and biases as theory sees them. Inverted dropout scales what it keeps up."""
    mean_square = weights.mean_square or 0.0
    # The same constant everywhere shifts the signal; it does not spread it.
    is_random = bias is not None and not bias.is_constant
    bias_square = (bias.mean_square or 0.0) if bias is not None and is_random else 0.0
    scale = layer.frequency**2
    # To fewer digits than a double has, so that layers of different widths are known to be scaled alike.
    weight = float(f"{scale * layer.fan_in * mean_square / (1.0 - layer.description.dropout):.13g}")
    return Scaling(weight, scale * bias_square, weights.is_isometric)


_NORMALIZATIONS: Mapping[Normalization, mean_field.Normalization] = {
    "none": "none", "batch": "batch", "instance": "batch", "group": "batch", "layer": "layer", "rms": "layer",
    "weight": "none",
}  # fmt: skip


def surroundings(layer: Layer, layers: int | None = None) -> Surroundings:
    return Surroundings(
        layers=layer.depth if layers is None else layers,
        normalization=_NORMALIZATIONS[layer.normalization],
        has_skips=layer.has_skips,
        is_post_norm=layer.description.norm_position == "post",
        layers_per_branch=layer.description.layers_per_branch,
    )


def predicted(layer: Layer, weights: Scheme, bias: Scheme | None, layers: int | None = None) -> Signal:
    return mean_field.signal(layer.curves, scaling_of(layer, weights, bias), surroundings(layer, layers))


def initial_loss(layer: Layer, mean_square: float) -> float | None:
    """Return the cross-entropy at the start, ln C + v / 2, v being the variance of the logits for unit inputs."""
    if layer.kind == "embedding" and layer.description.tied:
        # The rows are the classes, and the features are summed.
        return rounded(math.log(layer.shape[0]) + 0.5 * layer.shape[-1] * mean_square)
    if layer.role not in _CLASSIFIERS:
        return None
    classes = 2 if layer.role == "binary_head" else layer.description.classes or layer.out
    return rounded(math.log(max(classes, 2)) + 0.5 * layer.fan_in * mean_square)


def _nothing(layer: Layer, mean_square: float | None, has_theory: bool) -> Evidence:
    if not has_theory:
        reason = "the layer does not stand in a stack of its like, of which mean-field theory speaks"
    elif mean_square is None:
        reason = "the scheme is no draw of independent elements, and no orthogonal matrix"
    else:
        reason = "the tensor is a vector"
    return Evidence(
        sigma_w2=None if mean_square is None or layer.axes is None else rounded(layer.fan_in * mean_square),
        sigma_b2=None,
        forward_ratio=None,
        backward_ratio=None,
        chi_perp=None,
        elasticity=None,
        q_star=None,
        fixed_point=None,
        depth=None,
        finite_width=None,
        initial_loss=None if mean_square is None else initial_loss(layer, mean_square),
        validity=Validity("none", (reason,)),
    )


@dataclass(frozen=True)
class _Doubt:
    """A reason why theory holds less than it might."""

    level: Level
    reason: str


def _validity(layer: Layer, weights: Scheme, signal: Signal) -> Validity:
    doubts = [*_doubts_of_layer(layer, weights), *_doubts_of_signal(layer, signal)]
    order: tuple[Level, ...] = ("none", "low", "medium", "high")
    level: Level = min((doubt.level for doubt in doubts), key=order.index, default="high")
    return Validity(level, tuple(doubt.reason for doubt in doubts))


def _doubts_of_layer(layer: Layer, weights: Scheme) -> list[_Doubt]:
    found = []
    if layer.kind in _RECURRENT:
        found.append(_Doubt("low", "the weights are the same at every step, which theory takes for independent"))
    if layer.kind == "attention" or layer.role in {"query", "key", "qkv"}:
        found.append(_Doubt("low", "attention mixes correlated tokens by a softmax, which theory leaves out"))
    if layer.kind == "graph":
        found.append(_Doubt("medium", "averaging over neighbours shrinks the signal besides"))
    if layer.fan_in < _NARROW:
        found.append(_Doubt("low", f"a unit sums {layer.fan_in:g} inputs only"))
    if layer.normalization in {"batch", "instance", "group"}:
        found.append(_Doubt("medium", "batches are taken for large, and layers for larger"))
    if layer.activation.name == "table":
        found.append(_Doubt("medium", "the activation is known by samples only"))
    if layer.description.stride > 1 and layer.kind in {"conv", "conv_transpose"}:
        found.append(_Doubt("medium", "positions are not all covered alike by a stride"))
    if weights.mean:
        found.append(_Doubt("low", "the weights have a mean, which adds up coherently"))
    return found


def _doubts_of_signal(layer: Layer, signal: Signal) -> list[_Doubt]:
    found = []
    depth, is_bare = layer.depth or 1, layer.normalization == "none" and not layer.has_skips
    if is_bare and signal.elasticity > 1.0 + 1e-6 and depth > _UNSTABLE_LAYERS:
        found.append(_Doubt("low", "elasticity above 1: deviations grow from layer to layer, see finite_width"))
    if signal.finite_width is not None and signal.finite_width.log_std(layer.fan_in) ** 2 > _NOISY:
        found.append(_Doubt("low", "the layers are too narrow for the depth: one draw says little of another"))
    return found


_ROUND = (0.0, 1.0)


def rounded(number: float) -> float:
    """Return a number in the digits that it is worth."""
    if number in _ROUND:
        return number
    return float("%.10g" % number)  # noqa: UP031 (a third faster, and an answer has some sixty numbers)


def _interval(ends: tuple[float, float]) -> tuple[float, float]:
    return rounded(ends[0]), rounded(ends[1])


JUDGED_LAYERS = 10
"""Through so many layers a signal is followed to judge it, when the depth is not given."""

_GOOD, _ACCEPTABLE, _POOR = math.log(10.0), math.log(1e3), math.log(1e10)
"""Of the logarithm of what becomes of the signal or the gradient: bands that are a choice, no number of theory."""


def judge(layer: Layer, weights: Scheme, bias: Scheme | None) -> tuple[Judgement, Signal]:
    """Return what is to be thought of weights by the signal and the gradient that they leave."""
    layers = layer.depth or JUDGED_LAYERS
    signal = predicted(layer, weights, bias, layers)
    assert signal.depth is not None
    worst = max(abs(math.log(max(ratio, 1e-300))) for ratio in (signal.depth.forward, signal.depth.backward))
    bands: tuple[tuple[float, Judgement], ...] = ((_GOOD, "good"), (_ACCEPTABLE, "acceptable"), (_POOR, "poor"))
    return next((name for end, name in bands if worst < end), "reject"), signal


_FOLLOWED = 1e299
"""Beyond such a ratio, or its inverse, no signal is followed."""


def spoken(number: float) -> str:
    """Return a ratio as a person would say it: 1/6, 0.394, 7.4e-39."""
    for denominator in range(2, 13) if 1.0 / 13.0 < number < 1.0 else ():
        numerator = round(number * denominator)
        if 0 < numerator < denominator and abs(numerator / denominator - number) < 1e-6 * number:
            return f"{numerator}/{denominator}"
    if number >= _FOLLOWED:
        return f"over {_FOLLOWED:g}"
    if 0.0 < number <= 1.0 / _FOLLOWED:
        return f"under {1.0 / _FOLLOWED:g}"
    return f"{number:.3g}"
