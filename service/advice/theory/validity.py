"""How far theory holds for a layer, and why no further."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from service.advice.answer import Level, Validity
from service.advice.layer.layer import Layer
from service.advice.layer.roles import TRANSFORMER_ROLES
from service.advice.layer.vocabulary import CONVOLUTIONS
from service.advice.numbers import fan_text
from service.advice.scheme import Scheme
from service.advice.theory.finite_width import Scatter
from service.advice.theory.mean_field import Signal

_NARROW = 32
"""Inputs below which a unit's sum is far from normal, on which all rests: a choice."""

_NOISY = 0.5
"""A variance of the logarithm beyond which one draw says little of another: a choice, a factor of two at one sigma."""

_ALONG = 0.25
"""What of the gradient's mean square may come along the signal besides the prediction: a choice."""

_UNSTABLE_LAYERS = 10
"""Through so many, deviations that grow do not matter yet: a choice."""

_ROUNDING = 1e-6
"""By which an elasticity of exactly 1 may be above it."""

_LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high")


class _Doubt(NamedTuple):
    """A reason why theory holds less than it might."""

    level: Level
    reason: str


def validity_of(layer: Layer, weights: Scheme, signal: Signal, scatter: Scatter | None) -> Validity:
    """Return how far to trust the prediction for a layer with these weights, whose draws differ by `scatter`."""
    doubts = [*_doubts(layer, weights, signal, scatter)]
    level: Level = min((doubt.level for doubt in doubts), key=_LEVELS.index, default="high")
    return Validity(level, tuple(doubt.reason for doubt in doubts))


def level_of(layer: Layer, weights: Scheme, signal: Signal, scatter: Scatter | None) -> Level:
    """Return the level alone, for which the draws are followed only where nothing else makes it the lowest."""
    level: Level = "high"
    for doubt in _doubts(layer, weights, signal, scatter):
        level = min(level, doubt.level, key=_LEVELS.index)
        # No doubt goes further.
        if level == "low":
            break
    return level


def _doubts(layer: Layer, weights: Scheme, signal: Signal, scatter: Scatter | None) -> Iterator[_Doubt]:
    """Yield all doubts; those for which the draws are followed come last."""
    yield from _doubts_about_layer(layer, weights)
    yield from _doubts_about_stack(layer, weights, signal)
    yield from _doubts_about_signal(layer, signal, scatter)


def has_unlike_branches(layer: Layer) -> bool:
    """Return whether the layer is one of several that a residual branch is made of, each with a size of its own."""
    return layer.ends_bare_branch or (layer.has_skips and layer.role in TRANSFORMER_ROLES)


def _doubts_about_layer(layer: Layer, weights: Scheme) -> list[_Doubt]:
    doubts = []
    if layer.kind == "attention" or layer.role in {"query", "key", "qkv"}:
        doubts.append(_Doubt("low", "attention mixes correlated tokens by a softmax, which theory leaves out"))
    if layer.kind == "graph":
        doubts.append(_Doubt("medium", "averaging over neighbours also shrinks the signal"))
    if layer.fan_in < _NARROW:
        doubts.append(_Doubt("low", f"a unit sums only {fan_text(layer.fan_in)} inputs"))
    if layer.normalization in {"batch", "instance", "group"}:
        doubts.append(_Doubt("medium", "batches and layers are assumed to be large"))
    if layer.activation.name == "table":
        doubts.append(_Doubt("medium", "the activation is known only by samples"))
    if layer.description.stride > 1 and layer.kind in {"conv", "conv_transpose"}:
        doubts.append(_Doubt("medium", "a stride does not cover all positions alike"))
    if weights.unit_gain is not None and layer.normalization != "none":
        doubts.append(_Doubt("low", "theory assumes normal units, which those that no sum mixes are not"))
    if weights.mean:
        doubts.append(_Doubt("low", "the weights have a mean, which adds up coherently"))
    return doubts


def _doubts_about_stack(layer: Layer, weights: Scheme, signal: Signal) -> list[_Doubt]:
    """Return why a stack of layers like this one is not the network that the layer stands in."""
    if signal.depth is None or not weights.mean_square:
        return []
    doubts = []
    if layer.ends_bare_branch:
        doubts.append(_Doubt("low", "the layers of the branch before it are assumed to keep the signal"))
    elif has_unlike_branches(layer):
        doubts.append(_Doubt("low", "the other matrices of the branch are assumed to be like this one"))
    elif layer.fan_in != layer.fan_out and layer.stack:
        doubts.append(_Doubt("medium", "the list's layers are followed as if each scaled as their geometric mean does"))
    elif layer.fan_in != layer.fan_out:
        doubts.append(_Doubt("medium", "layers of this shape and of the transposed one are assumed to alternate"))
    if layer.kind in CONVOLUTIONS and signal.finite_width is not None:
        doubts.append(
            _Doubt(
                "medium", "the intervals are for images of one colour; those of others differ less from draw to draw"
            )
        )
    return doubts


def _doubts_about_signal(layer: Layer, signal: Signal, scatter: Scatter | None) -> list[_Doubt]:
    doubts = []
    depth, is_bare = layer.depth or 1, layer.normalization == "none" and not layer.has_skips
    if is_bare and signal.elasticity is not None and signal.elasticity > 1.0 + _ROUNDING and depth > _UNSTABLE_LAYERS:
        doubts.append(_Doubt("low", "deviations grow from layer to layer (elasticity above 1): see finite_width"))
    if scatter is None:
        return doubts
    if scatter.log_std is None or scatter.log_std**2 > _NOISY:
        doubts.append(_Doubt("low", "the layers are narrow for this depth: draws differ by much"))
    if scatter.along_signal > _ALONG:
        doubts.append(_Doubt("medium", "layers of this width pass more of the gradient back than wide ones would"))
    return doubts
