"""How deep a network is by the list of its layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from service.advice.layer.layer import Layer
from service.advice.network.structure import Place

_MOST_SHAPES = 16
"""Layers of different fans of which a mean is taken."""


def depth_of(layers: Sequence[Layer], places: Sequence[Place], stack: str | None = None) -> int | None:
    """Return the depth of a list of layers, or of those in a transformer's `stack`; None of fewer than two.

    Where there are residual branches it is the number of blocks: each plain branch is one, attention and the
    feed-forward branch after it are one together. Else it is the number of layers that lead from units to units one
    after another: those beside others, normalisations, embeddings and scales do not count.
    """
    among = [
        (layer, place) for layer, place in zip(layers, places, strict=True) if stack in {None, layer.description.stack}
    ]
    ends = [place.family for _, place in among if place.ends_branch]
    if ends:
        of_transformer = ends.count("feed_forward") or ends.count("attention")
        count = of_transformer + ends.count("plain")
    else:
        count = sum(layer.description.num_layers for layer, place in among if place.way == "along")
    return count if count > 1 else None


def is_stacked(layer: Layer) -> bool:
    """Return whether a layer leads into others, by a matrix that no skip goes around."""
    return (
        layer.kind == "dense" and layer.axes is not None and not layer.has_skips and layer.role in {"hidden", "first"}
    )


def stack_of(
    layers: Sequence[Layer], places: Sequence[Place], stack: str | None = None
) -> tuple[tuple[tuple[float, float], int], ...]:
    """Return the fans of the hidden layers of a list, and how many have each; none where there are too few or many."""
    fans = Counter(
        (layer.fan_in, layer.fan_out)
        for layer, place in zip(layers, places, strict=True)
        if place.way == "along" and stack in {None, layer.description.stack} and is_stacked(layer)
    )
    return tuple(fans.items()) if fans.total() > 1 and len(fans) <= _MOST_SHAPES else ()
