"""What a list says of the inputs of layers of which none are said: the outputs of the layers before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from service.advice.layer.description import FrameworkName
from service.advice.layer.layer import Layer
from service.advice.layer.roles import HEAD_ROLES, TRANSFORMER_ROLES
from service.advice.layer.vocabulary import CONVOLUTIONS, LayerKind, LayerRole
from service.advice.network.joints import handed_on
from service.advice.network.maps import Sides
from service.advice.network.network_layer import NetworkLayer, Passage
from service.advice.network.structure import is_other_direction

_MATRICES: frozenset[LayerKind] = CONVOLUTIONS | {"dense", "graph"}
_SCALES: frozenset[LayerKind] = frozenset(("normalization", "layer_scale"))
_OF_SEQUENCES: frozenset[LayerKind] = frozenset(("embedding", "rnn", "lstm", "gru", "attention"))
"""Layers whose outputs are features at each of many places, which the next layer reads one by one."""
_ASIDE: frozenset[LayerRole] = (HEAD_ROLES - {"variational_head"}) | {
    "shortcut", "modulation", "router", "highway_gate", "hypernetwork_output",
}  # fmt: skip
"""Layers whose outputs no layer after them gets alone."""
_ENDS_OF_BRANCHES: frozenset[LayerRole] = frozenset(("attention_output", "mlp_down"))
_CHANNELS_LAST: frozenset[FrameworkName | None] = frozenset(("keras", "flax", "haiku", "mlx", "tensorflow_js"))
"""Frameworks in which a map's channels are its last axis, which a matrix sums where nothing flattens the map."""


@dataclass
class _Flow:
    """What comes out of the layers so far: features or channels, at each position of a map."""

    channels: int | None = None
    sides: Sides | None = ()
    """The sizes of the map; None where they are not known."""
    is_sequence: bool = False
    """Whether the positions, of which the number is not known, are read one by one."""
    source: str = ""
    """The last layer."""
    positions: str = ""
    """Those of a map that has been flattened, for people."""

    @property
    def origin(self) -> str:
        """Where the numbers come from, for people."""
        return "the input" if not self.source else f"the outputs of {self.source}{self.positions}"

    @property
    def features(self) -> int | None:
        """How many numbers a matrix sums; None where that is not known."""
        return self.channels if self.sides == () or self.is_sequence else None

    def cross(self, passage: Passage) -> None:
        """Go through what has no weights."""
        match passage.kind:
            case "input":
                self.channels, self.sides, self.source = passage.channels, passage.sides, ""
            case "flatten":
                self._flatten()
            case "global_pool":
                self.sides, self.is_sequence = (), False
            case "pool":
                self.sides = passage.sides or self._over(passage)
            case "merge":
                self.channels = None if self.channels is None else self.channels // 2
            case "other" | "unknown":
                self.channels, self.sides, self.is_sequence = None, None, False

    def _over(self, passage: Passage) -> Sides | None:
        return None if passage.window is None or not self.sides else passage.window.over(self.sides)

    def _flatten(self) -> None:
        if self.sides is None or self.is_sequence:
            self.channels = None
        elif self.sides and self.channels is not None:
            self.positions = (
                f", flattened from {' × '.join(map(str, self.sides))} positions of {self.channels} channels"
            )
            self.channels *= math.prod(self.sides)
        self.sides, self.is_sequence = (), False

    def take(self, network_layer: NetworkLayer) -> None:
        """Go through a layer."""
        layer, kind = network_layer.layer, network_layer.layer.kind
        if kind not in _MATRICES | _OF_SEQUENCES or layer.role in _ASIDE:
            return
        if layer.role in TRANSFORMER_ROLES - _ENDS_OF_BRANCHES and kind != "attention":
            return
        outputs = handed_on(layer)
        keeps = layer.has_kernel_by_channel or layer.role in TRANSFORMER_ROLES
        self.channels = self.channels if outputs is None and keeps else outputs
        self.source, self.positions = layer.links.name, ""
        if kind in CONVOLUTIONS:
            window = network_layer.window if kind == "conv" else None
            self.sides = window.over(self.sides) if window is not None and self.sides else None
        elif kind in _OF_SEQUENCES or self.sides is None:
            # A matrix is applied at each position, whatever is there.
            self.sides, self.is_sequence = None, True


def inputs_by_list(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the inputs of the layers of which none are said, as far as the layers before them say them."""
    flow, found = _Flow(), dict[int, dict[str, object]]()
    before = flow
    for index, each in enumerate(network_layers):
        if index and is_other_direction(network_layers[index - 1].layer, each.layer):
            members = _members(each, before)
            found |= {index: {**members, "inputs_from": before.origin}} if members else {}
            flow.channels = None if flow.channels is None else 2 * flow.channels
            continue
        for passage in each.passages:
            flow.cross(passage)
        before = replace(flow) if each.layer.is_recurrent else before
        members = _members(each, flow)
        if members:
            found[index] = {**members, **{f"{name}_from": flow.origin for name in members}}
        flow.take(each)
    return found


def _members(network_layer: NetworkLayer, flow: _Flow) -> Mapping[str, object]:
    """Return the member that is a layer's inputs, where it does not say how many there are and the flow does."""
    layer, inputs = network_layer.layer, flow.features
    description = layer.description
    if layer.is_recurrent:
        is_open = description.inputs is None and description.tensor is None
        return {"inputs": inputs} if is_open and inputs is not None else {}
    if not layer.has_assumed_shape or description.tensor is not None or description.width is not None:
        return {}
    if layer.kind in _SCALES:
        return {} if flow.channels is None else {"shape": [flow.channels]}
    if layer.kind == "attention":
        is_whole = layer.role == "qkv" and description.in_features is None
        return {"width": inputs} if is_whole and inputs is not None else {}
    # Code would show what flattens a map, which a list of objects may leave out.
    is_at_each_position = network_layer.is_pasted and description.framework in _CHANNELS_LAST
    known = flow.channels if layer.kind in CONVOLUTIONS or is_at_each_position else inputs
    return {"in_features": known} if known is not None and _has_open_inputs(layer) else {}


def _has_open_inputs(layer: Layer) -> bool:
    """Return whether a layer with a matrix or a kernel gets what the last one gives, and does not say how much."""
    is_on_the_way = layer.kind in _MATRICES and layer.role not in TRANSFORMER_ROLES | {"shortcut"}
    return is_on_the_way and layer.description.in_features is None and layer.description.fan_in is None
