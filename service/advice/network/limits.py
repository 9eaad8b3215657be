"""How much a list of layers may ask for, counted before any of it is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from service.advice.checkpoint.recurrent import tensors_of_stack
from service.advice.network.network_layer import InvalidLayer, NetworkLayer
from service.advice.recipe import Recipe
from service.tensors.errors import InvalidParameter

MAX_FOLLOWED = 64
"""Layers that differ, and whose weights have a mean now: to follow the signal through each takes some milliseconds."""

MAX_TENSORS = 2**15
"""In a manifest."""

_TOO_MANY_FOLLOWED = (
    f"weights with a mean are judged in at most {MAX_FOLLOWED} layers that differ in more than their names; ask for "
    "the others in another request"
)


def refuse_too_much(network_layers: Sequence[NetworkLayer]) -> None:
    """Raise InvalidLayer for the first layer of a list with which it asks for too much."""
    followed, tensors = set[tuple[int, int]](), 0
    for index, each in enumerate(network_layers):
        if each.likeness not in followed and has_mean(each):
            followed.add(each.likeness)
        if len(followed) > MAX_FOLLOWED:
            raise InvalidLayer(index, "current", _TOO_MANY_FOLLOWED)
        tensors += tensors_of_stack(each.layer)
        if tensors > MAX_TENSORS:
            raise too_many_tensors(index)


def too_many_tensors(index: int) -> InvalidLayer:
    """Return what is wrong with the layer with which a list has too many tensors."""
    return InvalidLayer(index, "layer", f"with this layer the network has more than {MAX_TENSORS} tensors")


def has_mean(network_layer: NetworkLayer) -> bool:
    """Return whether a layer's weights have a mean now that is not 0."""
    if network_layer.current is None:
        return False
    # What is wrong with it is told when it is judged.
    with suppress(InvalidParameter):
        return Recipe.of(network_layer.current).on(network_layer.layer).mean != 0.0
    return False
