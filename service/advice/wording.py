"""How predictions are put into words."""

from __future__ import annotations

from service.advice.layer.layer import Layer
from service.advice.numbers import ratio_text
from service.advice.theory.mean_field import Signal


def signal_sentence(subject: str, layer: Layer, signal: Signal) -> str:
    """Return what becomes of the signal with the weights that `subject` names."""
    assert signal.depth is not None
    layers = signal.depth.layers
    unit = "block" if layer.has_skips else "layer"
    way = f"through {layers} blocks" if layer.has_skips else f"from the first to the last of {layers} layers"
    return (
        f"{subject} gives a forward ratio of {ratio_text(signal.forward_ratio)} a {unit} here: "
        f"{ratio_text(signal.depth.forward)} {way}, and {ratio_text(signal.depth.backward)} for the gradient"
    )
