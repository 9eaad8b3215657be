"""Where each layer of a list stands: one after another, in a residual branch, or beside the way of the signal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from service.advice.layer.architectures import WITHOUT_ATTENTION
from service.advice.layer.layer import Layer
from service.advice.layer.roles import HEAD_ROLES
from service.advice.layer.vocabulary import LayerKind, LayerRole

Way = Literal["along", "branch", "beside", "apart"]
"""On the stream; in a residual branch; in parallel with either; no step on the way from units to units."""

STEPS: frozenset[LayerKind] = frozenset(
    ("dense", "conv", "conv_transpose", "subpixel_conv", "graph", "attention", "rnn", "lstm", "gru", "s4", "s4d",
     "mamba", "mamba2")
)  # fmt: skip
"""Layers that lead from units to units."""

DIRECTIONS = ("forward", "backward")
"""What Keras calls the two cells of a Bidirectional, before their own name."""

Family = Literal["attention", "feed_forward", "plain"]

_FAMILIES: dict[LayerRole, Family] = {
    **dict.fromkeys(("query", "key", "value", "qkv", "attention_output"), "attention"),
    **dict.fromkeys(("mlp_up", "mlp_gate", "mlp_down"), "feed_forward"),
}
_LAST: frozenset[LayerRole] = frozenset(("residual_last", "attention_output", "mlp_down"))
_BESIDE: frozenset[LayerRole] = frozenset(
    ("shortcut", "query", "key", "mlp_gate", "modulation", "router", "highway_gate", "hypernetwork_output")
)
"""Layers whose outputs weigh, shift or join those of others."""

_BLOCK = re.compile(r"(?:.*[._/])?[A-Za-z]*_?block_?[0-9]+(?=[._/])|.*?(?:^|[._/])[0-9]+(?=[._/])")
"""The path to a block by its number: layer1.0, blocks.3, conv2_block1."""


@dataclass(frozen=True)
class Place:
    """Where a layer stands."""

    way: Way
    branch: int | None = None
    """The number of the branch that it is in, or beside."""
    family: Family | None = None
    """The branch's."""
    ends_branch: bool = False


def places_of(layers: Sequence[Layer]) -> list[Place]:
    """Return where each layer of a list stands, in the order in which a signal meets them."""
    return _Placing(layers).places()


def is_other_direction(before: Layer, layer: Layer) -> bool:
    """Return whether a recurrent layer reads backwards what the one before it reads forwards."""
    if not (layer.is_recurrent and before.is_recurrent):
        return False
    forward, backward = (f"{direction}_" for direction in DIRECTIONS)
    path, _, name = layer.links.name.rpartition(".")
    return name.startswith(backward) and before.links.name == f"{path}.{forward}{name[len(backward) :]}".lstrip(".")


def block_of(name: str) -> str | None:
    """Return the path to the block that a layer's name says; None where it says none."""
    parent = name.rpartition(".")[0]
    found = _BLOCK.match(f"{parent}." if parent else name)
    return None if found is None else found[0]


class _Placing:
    """The layers so far, and the branch that is open."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self._says_ends = any(layer.role == "residual_last" for layer in layers if layer.kind in STEPS)
        self._places: list[Place] = []
        self._branches = 0
        self._open: list[int] = []
        """The layers in the open branch."""

    def places(self) -> list[Place]:
        for index, layer in enumerate(self._layers):
            self._places.append(self._place(index, layer))
        self._close()
        return self._places

    def _place(self, index: int, layer: Layer) -> Place:
        if layer.kind not in STEPS:
            return Place("apart")
        if layer.role in _BESIDE:
            return self._beside(layer)
        if index and is_other_direction(self._layers[index - 1], layer):
            return Place("beside")
        if not layer.has_skips:
            self._close()
            return Place("beside" if self._is_second_head(layer) else "along")
        family = family_of(layer)
        if self._open and not self._continues(layer, family):
            self._close()
        if not self._open:
            self._branches += 1
        self._open.append(index)
        place = Place("branch", self._branches, family)
        if layer.role in _LAST or layer.kind == "attention" or self._is_full(layer, family):
            self._open.clear()
            return Place("branch", self._branches, family, ends_branch=True)
        return place

    def _beside(self, layer: Layer) -> Place:
        family = family_of(layer)
        if layer.has_skips and self._open and not self._continues(layer, family):
            self._close()
        if layer.role == "shortcut":
            return Place("beside", self._branches + self._is_before_its_branch(layer))
        is_first = layer.has_skips and not self._open
        return Place("beside", self._branches + is_first, family if layer.has_skips else None)

    def _is_before_its_branch(self, layer: Layer) -> bool:
        """Return whether a projection on a skip path stands before the branch that it goes around."""
        block = block_of(layer.links.name)
        last = next((other for place, other in self._passed() if place.way == "branch"), None)
        return last is None or (block is not None and block != block_of(last.links.name))

    def _passed(self) -> Iterator[tuple[Place, Layer]]:
        """Yield the layers so far, the last first."""
        return zip(reversed(self._places), reversed(self._layers[: len(self._places)]), strict=True)

    def _continues(self, layer: Layer, family: Family) -> bool:
        """Return whether a layer is in the branch that is open."""
        last = self._layers[self._open[-1]]
        if family_of(last) != family:
            return False
        return family != "plain" or block_of(last.links.name) == block_of(layer.links.name)

    def _is_full(self, layer: Layer, family: Family) -> bool:
        """Return whether a branch ends by the number of its layers, where neither roles nor names say where."""
        if family != "plain" or self._says_ends:
            return False
        is_said = "layers_per_branch" in layer.description.model_fields_set
        if not is_said and block_of(layer.links.name) is not None:
            return False
        return len(self._open) >= layer.description.layers_per_branch

    def _close(self) -> None:
        """End the open branch at its last layer."""
        if self._open:
            last = self._open[-1]
            place = self._places[last]
            self._places[last] = Place(place.way, place.branch, place.family, ends_branch=True)
            self._open.clear()

    def _is_second_head(self, layer: Layer) -> bool:
        """Return whether a layer is a head beside another, such as that of a value beside a policy's."""
        if layer.role not in HEAD_ROLES or layer.axes is None:
            return False
        for place, other in self._passed():
            if place.way != "apart":
                is_alike = other.axes is not None and other.axes.in_ == layer.axes.in_
                return other.role in HEAD_ROLES and is_alike
        return False


def family_of(layer: Layer) -> Family:
    """Return what the branch of a layer is for."""
    if layer.description.architecture in WITHOUT_ATTENTION:
        return "plain"
    return "attention" if layer.kind == "attention" else _FAMILIES.get(layer.role, "plain")
