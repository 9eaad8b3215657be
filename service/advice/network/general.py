"""What is said once beside a list, of each layer that has a use for it and says nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from service.advice.layer.layer import Layer
from service.advice.layer.roles import LINEAR_ROLES
from service.advice.layer.uses import USES, may_have_bias
from service.advice.layer.vocabulary import CONVOLUTIONS, LayerKind
from service.advice.network.network_layer import NetworkLayer
from service.advice.network.structure import STEPS

OF_ACTIVATIONS = ("activation", "negative_slope", "alpha", "omega", "pieces", "activation_table")
"""What is said of an activation."""
_ACTIVATED: frozenset[LayerKind] = CONVOLUTIONS | {"dense", "graph"}
"""Layers that a nonlinearity may follow."""

_HOLDS: Mapping[str, Callable[[Layer], bool]] = {
    "layout": lambda layer: layer.axes is not None,
    "bias": lambda layer: layer.kind != "normalization" and may_have_bias(layer),
    "heads": USES["heads"].holds,
    "kv_heads": USES["kv_heads"].holds,
}
"""Which layers have a use for what else may be said so."""


def general_before_last(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return what is said of all layers; of the last that leads to units, not the activation: it may be an output."""
    steps = [index for index, each in enumerate(network_layers) if each.layer.kind in STEPS]
    is_only = len(steps) == 1
    found: dict[int, dict[str, object]] = {}
    for index, each in enumerate(network_layers):
        members = {
            name: each.general[name]
            for name, holds in _HOLDS.items()
            if name in each.general and getattr(each.layer.description, name) is None and holds(each.layer)
        }
        if is_only or not steps or index != steps[-1]:
            members |= _activation(each)
        if members:
            found[index] = members
    return found


def general_of_last(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the activation that is said of all layers, of those that are no outputs and have none by now."""
    return {index: members for index, each in enumerate(network_layers) if (members := _activation(each))}


def _activation(network_layer: NetworkLayer) -> dict[str, object]:
    layer, general = network_layer.layer, network_layer.general
    is_open = "activation" in layer.assumed and layer.description.activation is None
    if not is_open or layer.kind not in _ACTIVATED or layer.role in LINEAR_ROLES:
        return {}
    return {name: general[name] for name in OF_ACTIVATIONS if name in general}
