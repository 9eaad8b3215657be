"""How deep a network is by the list of its layers."""

from __future__ import annotations

from collections.abc import Sequence

from service.advice.layer.layer import Layer
from service.advice.network.structure import Place


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
