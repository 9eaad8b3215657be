"""How predictions are put into words."""

from __future__ import annotations

from service.advice.layer.layer import Layer
from service.advice.numbers import fan_text, ratio_text
from service.advice.scheme import Scheme
from service.advice.theory.initial_loss import InitialLoss
from service.advice.theory.mean_field import Signal

_WORTH_TELLING = 0.01
"""The part of a signal that all units share that is told."""


def possessive(name: str) -> str:
    """Return a name in the genitive."""
    return f"{name}'s"


def knowing(start: InitialLoss) -> str:
    """Return what knows as much as the least loss stands for."""
    return "a model that knows nothing" if start.share is None else f"one that knows only the share {start.share:.3g}"


def dropout_sentence(layer: Layer) -> str:
    """Return what dropout changes in the variance that keeps a signal."""
    keep = 1.0 - layer.description.dropout
    return f"Dropout multiplies what it keeps by 1 / {keep:g}, so that the variance here is {keep:g} times that."


def hopeless_sentence(subject: str, layer: Layer, weights: Scheme, signal: Signal) -> str:
    """Return what becomes of the signal with the recommended weights, which cannot keep it, and what would."""
    if not layer.is_square and not layer.has_skips and layer.depth is None:
        # Nobody stacks such a layer on itself.
        return f"{subject} multiplies the signal's mean square by {ratio_text(signal.forward_ratio)} in this layer"
    return f"{signal_sentence(subject, layer, weights, signal)}; to keep both, {remedy(layer)}"


def remedy(layer: Layer) -> str:
    """Return what keeps a signal where weights alone cannot."""
    if layer.normalization in {"none", "weight"}:
        return "normalise, or start each branch at zero" if layer.has_skips else "add skips or normalisation"
    if not layer.has_skips:
        return "add skips"
    return "start each branch at zero, by the scale of its last normalisation or by its last weights"


def signal_sentence(subject: str, layer: Layer, weights: Scheme, signal: Signal) -> str:
    """Return what becomes of the signal with the weights that `subject` names."""
    assert signal.depth is not None
    layers = signal.depth.layers
    unit = "block" if layer.has_skips else "layer"
    own, stack = f"in each {unit}", f"{layers} {unit}s" if layers > 1 else f"1 {unit}"
    if not layer.is_square and not layer.has_skips:
        own = "in this layer"
        stack = f"the list's {stack}" if layer.stack else f"{stack} back and forth between its widths"
    if layer.depth is None:
        stack += ", a depth that is assumed as none is given"
    if layers == 1 and not layer.has_skips:
        return f"{subject} multiplies the signal's mean square by {ratio_text(signal.forward_ratio)} in this layer"
    sentence = (
        f"{subject} multiplies the signal's mean square by {ratio_text(signal.forward_ratio)} {own} and by "
        f"{ratio_text(signal.depth.forward)} over {stack}, and "
        f"the gradient's squared norm by {ratio_text(signal.depth.backward)}"
    )
    if signal.shared_part > _WORTH_TELLING:
        sentence += (
            f"; the weights' mean of {weights.mean:.3g} adds up over {fan_text(layer.fan_in)} inputs, so that in the "
            f"end {100.0 * signal.shared_part:.3g} % of the signal is the same in all units"
        )
    return sentence
