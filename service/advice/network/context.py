"""What a list of layers says of each of them: its role, the normalisation after it, its inputs, the network's depth."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from service.advice.checkpoint.names import stored_tensor
from service.advice.layer.description import LayerDescription, Normalization
from service.advice.layer.layer import Layer
from service.advice.layer.resolve import resolve
from service.advice.layer.roles import NORMALIZED_ROLES
from service.advice.layer.storage import normalization_type
from service.advice.layer.vocabulary import LayerKind
from service.advice.network.depth import depth_of, is_stacked, stack_of
from service.advice.network.general import general_before_last, general_of_last
from service.advice.network.inputs import inputs_by_list
from service.advice.network.names import blocks_by_names, words_by_names
from service.advice.network.network_layer import NetworkLayer, at_layer
from service.advice.network.outputs import outputs_by_list
from service.advice.network.skips import ends_by_names, is_called_shortcut, skips_by_names
from service.advice.network.structure import Place, block_of, family_of, places_of
from service.frameworks.layers import LayerType

NORMALIZATIONS: Mapping[LayerType | None, Normalization] = {
    "batch_norm": "batch", "instance_norm": "instance", "group_norm": "group", "layer_norm": "layer",
    "rms_norm": "rms",
}  # fmt: skip
_MEMBERS = frozenset(LayerDescription.model_fields)
_NORMALIZED_KINDS: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose"))


class Context(NamedTuple):
    """The layers of a list with what the others say of them, and where each stands."""

    layers: Sequence[NetworkLayer]
    places: Sequence[Place]


def in_context(network_layers: Sequence[NetworkLayer]) -> Context:
    """Return the layers of a list with what it says of them. Raises InvalidLayer."""
    found = list(network_layers)
    for look in _LOOKS:
        understood: dict[tuple[object, ...], NetworkLayer] = {}
        for index, members in look(found).items():
            own = found[index]
            key = (*own.likeness, *((name, str(value)) for name, value in members.items() if name in _MEMBERS))
            alike = understood.get(key) or understood.setdefault(key, _with_members(index, own, members))
            read = {**own.read, **members}
            # Layers that are alike in all else have members from different places.
            origins = {name: origin for name, origin in read.items() if name not in _MEMBERS}
            assumed = {name: origins.get(name, value) for name, value in alike.layer.assumed.items()}
            layer = replace(alike.called(own.layer.links.name).layer, assumed=assumed)
            found[index] = replace(own, layer=layer, read=read)
    places = places_of([each.layer for each in found])
    return Context(_with_depth(found, places), places)


def _with_members(index: int, network_layer: NetworkLayer, members: Mapping[str, object]) -> NetworkLayer:
    """Return a layer understood again, with members that are told as assumed."""
    layer = network_layer.layer
    assumed_tensor = {"tensor": None} if "tensor" in layer.assumed else {}
    # What a member follows from is told beside it, and is none itself.
    own = {name: value for name, value in members.items() if name in _MEMBERS}
    description = layer.description.model_copy(update={**own, **assumed_tensor})
    read = {**network_layer.read, **members}
    with at_layer(index):
        resolved = resolve(description, layer.links, read, layer.bias_start)
        return replace(network_layer, layer=resolved, read=read)


def _outside_blocks(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the layers around which no skips go, since their names are of no block, and those of others are."""
    blocks = {
        index: block_of(each.layer.links.name)
        for index, each in enumerate(network_layers)
        if each.layer.has_skips and each.layer.kind in _NORMALIZED_KINDS and family_of(each.layer) == "plain"
    }
    if not any(blocks.values()):
        return {}
    assumed = {index for index in blocks if "residual" in network_layers[index].layer.assumed}
    return {index: {"residual": False} for index in sorted(assumed) if blocks[index] is None}


def _shortcuts(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the projections on skip paths, which are called so, and read one position at a time."""
    return {
        index: {"role": "shortcut"}
        for index, each in enumerate(network_layers)
        if "role" in each.layer.assumed and each.layer.kind in {"dense", "conv"} and _is_shortcut(each.layer)
    }


def _is_shortcut(layer: Layer) -> bool:
    return layer.has_skips and is_called_shortcut(layer)


def _normalizations(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return which normalisation follows each layer of which none is said; or that its bias stays, where none does."""
    found: dict[int, dict[str, object]] = {}
    has_any = any(each.layer.kind == "normalization" for each in network_layers)
    for index, each in enumerate(network_layers):
        layer = each.layer
        if not has_any or layer.kind not in _NORMALIZED_KINDS or layer.role not in NORMALIZED_ROLES:
            continue
        after = _normalization_after(network_layers, index)
        is_said = "normalization" in each.own or layer.description.norm_position is not None
        if after is not None and layer.normalization == "none" and not is_said:
            found[index] = {"normalization": after}
        if after is None and layer.loses_bias and layer.description.bias is None and "normalization" not in each.own:
            is_before = index > 0 and _is_normalization_of_block(network_layers[index - 1].layer, layer)
            found[index] = {"bias": True} if is_before else {"normalization": "none"}
    return found


def _is_normalization_of_block(normalization: Layer, layer: Layer) -> bool:
    is_of_block = block_of(normalization.links.name) == block_of(layer.links.name)
    return normalization.kind == "normalization" and is_of_block


def _normalization_after(network_layers: Sequence[NetworkLayer], index: int) -> Normalization | None:
    """Return the normalisation that follows a layer at once, in the same block; None where none does."""
    if index + 1 == len(network_layers):
        return None
    layer, after = network_layers[index].layer, network_layers[index + 1].layer
    if any(passage.kind == "activation" for passage in network_layers[index + 1].passages):
        # What it normalises has gone through the nonlinearity.
        return None
    type_ = normalization_type(after.description.layer) if after.kind == "normalization" else None
    if type_ is None or after.shape != (layer.out,) or block_of(layer.links.name) != block_of(after.links.name):
        return None
    return NORMALIZATIONS[type_]


def _ends_of_branches(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the normalisations after the last layers of branches."""
    return {
        index + 1: {"role": "residual_last"}
        for index, (each, after) in enumerate(itertools.pairwise(network_layers))
        if each.layer.role == "residual_last"
        and each.layer.is_normalized
        and "role" in after.layer.assumed
        and _normalization_after(network_layers, index) is not None
    }


def _scales_alone(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the RMS normalisations, which have no bias in most frameworks."""
    found: dict[int, dict[str, object]] = {}
    for index, each in enumerate(network_layers):
        stored, description = stored_tensor(each.layer), each.layer.description
        has_none = stored is None or stored.bias is None or stored.layer == stored.layers.types.get("layer_norm")
        if each.layer.is_rms_normalization and has_none and description.bias is None:
            found[index] = {"bias": False}
    return found


_Look = Callable[[Sequence[NetworkLayer]], Mapping[int, Mapping[str, object]]]

_LOOKS: tuple[_Look, ...] = (
    words_by_names, blocks_by_names, general_before_last, skips_by_names, inputs_by_list, outputs_by_list,
    general_of_last, _outside_blocks, _shortcuts, _normalizations, ends_by_names, _ends_of_branches, _scales_alone,
)  # fmt: skip
"""What is looked for in a list, one after another: each returns members by the places of the layers."""


def _with_depth(network_layers: Sequence[NetworkLayer], places: Sequence[Place]) -> list[NetworkLayer]:
    """Return the layers with the depth of the list, where they say none."""
    layers = [each.layer for each in network_layers]
    stacks = {stack: stack_of(layers, places, stack) for stack in {layer.description.stack for layer in layers}}
    depths = {stack: depth_of(layers, places, stack) for stack in {layer.description.stack for layer in layers}}
    understood: dict[tuple[int, int], LayerDescription] = {}
    found = []
    for each in network_layers:
        layer = each.layer
        depth = depths[layer.description.stack]
        if layer.depth is None and depth is not None:
            description = understood.get(each.likeness)
            if description is None:
                description = layer.description.model_copy(update={"depth": depth})
                understood[each.likeness] = description
            layer = replace(
                layer,
                description=description,
                assumed={**layer.assumed, "depth": depth},
                stack=stacks[layer.description.stack] if is_stacked(layer) else (),
            )
        found.append(replace(each, layer=layer))
    return found
