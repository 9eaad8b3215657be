"""How far theory holds for a layer, and why no further."""

from __future__ import annotations

from dataclasses import dataclass

from service.advice.answer import Level, Validity
from service.advice.layer.layer import Layer
from service.advice.scheme import Scheme
from service.advice.theory.mean_field import Signal

_NARROW = 32
"""Inputs below which a unit's sum is far from normal, on which all rests: a choice."""

_NOISY = 0.5
"""A variance of the logarithm beyond which one draw says little of another: a choice, a factor of two at one sigma."""

_UNSTABLE_LAYERS = 10
"""Through so many, deviations that grow do not matter yet: a choice."""

_ROUNDING = 1e-6
"""By which an elasticity of exactly 1 may be above it."""

_LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high")


@dataclass(frozen=True)
class _Doubt:
    """A reason why theory holds less than it might."""

    level: Level
    reason: str


def validity_of(layer: Layer, weights: Scheme, signal: Signal) -> Validity:
    """Return how far to trust the prediction for a layer with these weights."""
    doubts = [*_doubts_about_layer(layer, weights), *_doubts_about_signal(layer, signal)]
    level: Level = min((doubt.level for doubt in doubts), key=_LEVELS.index, default="high")
    return Validity(level, tuple(doubt.reason for doubt in doubts))


def _doubts_about_layer(layer: Layer, weights: Scheme) -> list[_Doubt]:
    doubts = []
    if layer.kind == "attention" or layer.role in {"query", "key", "qkv"}:
        doubts.append(_Doubt("low", "attention mixes correlated tokens by a softmax, which theory leaves out"))
    if layer.kind == "graph":
        doubts.append(_Doubt("medium", "averaging over neighbours also shrinks the signal"))
    if layer.fan_in < _NARROW:
        doubts.append(_Doubt("low", f"a unit sums {layer.fan_in:g} inputs only"))
    if layer.normalization in {"batch", "instance", "group"}:
        doubts.append(_Doubt("medium", "batches are taken for large, and layers for larger"))
    if layer.activation.name == "table":
        doubts.append(_Doubt("medium", "the activation is known by samples only"))
    if layer.description.stride > 1 and layer.kind in {"conv", "conv_transpose"}:
        doubts.append(_Doubt("medium", "positions are not all covered alike by a stride"))
    if weights.unit_gain is not None and layer.normalization != "none":
        doubts.append(_Doubt("low", "units that no sum mixes do not become normal, which theory takes them for"))
    if weights.mean:
        doubts.append(_Doubt("low", "the weights have a mean, which adds up coherently"))
    return doubts


def _doubts_about_signal(layer: Layer, signal: Signal) -> list[_Doubt]:
    doubts = []
    depth, is_bare = layer.depth or 1, layer.normalization == "none" and not layer.has_skips
    if is_bare and signal.elasticity is not None and signal.elasticity > 1.0 + _ROUNDING and depth > _UNSTABLE_LAYERS:
        doubts.append(_Doubt("low", "elasticity above 1: deviations grow from layer to layer, see finite_width"))
    if signal.finite_width is not None and signal.finite_width.log_std(layer.fan_in) ** 2 > _NOISY:
        doubts.append(_Doubt("low", "the layers are too narrow for the depth: one draw says little of another"))
    return doubts
