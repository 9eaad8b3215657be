"""How much a list of layers may ask for, counted before any of it is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from service.advice.checkpoint.recurrent import tensors_of_stack
from service.advice.network.network_layer import NetworkLayer
from service.advice.recipe import Recipe
from service.tensors.errors import InvalidParameter, OverLimit

MAX_FOLLOWED = 64
"""Layers that differ, and whose weights have a mean now: to follow the signal through each takes some milliseconds."""

MAX_TENSORS = 2**15
"""In a manifest."""

_WAY_ROUND = "ask for the other layers in another request"


def refuse_too_much(network_layers: Sequence[NetworkLayer]) -> None:
    """Raise OverLimit for a list that asks for too much."""
    followed = {each.likeness for each in network_layers if has_mean(each)}
    if len(followed) > MAX_FOLLOWED:
        what = "layers that differ in more than their names, and whose weights have a mean"
        raise OverLimit(len(followed), MAX_FOLLOWED, what, _WAY_ROUND, "judges")
    tensors = sum(tensors_of_stack(each.layer) for each in network_layers)
    if tensors > MAX_TENSORS:
        raise too_many_tensors(tensors)


def too_many_tensors(count: int) -> OverLimit:
    """Return the error of a list whose layers have so many tensors, or more."""
    return OverLimit(count, MAX_TENSORS, "tensors of a network", _WAY_ROUND, "lists")


def has_mean(network_layer: NetworkLayer) -> bool:
    """Return whether a layer's weights have a mean now that is not 0."""
    if network_layer.current is None:
        return False
    # What is wrong with it is told when it is judged.
    with suppress(InvalidParameter):
        return Recipe.of(network_layer.current).on(network_layer.layer).mean != 0.0
    return False
