"""What the names of a list's layers say of them beyond what they are called: h.0.attn.c_proj, blocks.0.mlp.fc2."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.advice.layer.architectures import WITHOUT_ATTENTION, architecture_called
from service.advice.layer.layer import Layer
from service.advice.layer.model_part import PARTS_OF_WORDS, SCALED_BY_BLOCK, block_number, own_code
from service.advice.layer.roles import HEAD_ROLES, TRANSFORMER_ROLES
from service.advice.layer.vocabulary import LayerKind, LayerRole, NameWord, word_of_name
from service.advice.network.network_layer import NetworkLayer
from service.advice.network.structure import block_of

_ITS_NAME = "its name"
_MODULES = re.compile(r"(?:^|[._/])\w*(?:attn|attention|mlp|ffn|feed_?forward|experts?|moe)\w*[._/]", re.IGNORECASE)
"""The modules of a transformer's block in the path to a layer."""
_UNMISTAKABLE = frozenset(
    ("qproj", "kproj", "vproj", "oproj", "gateproj", "upproj", "downproj", "gateupproj", "cattn", "qkv", "qkvproj",
     "toqkv", "wqkv", "querykeyvalue", "densehto4h", "dense4htoh", "qlin", "klin", "vlin")
)  # fmt: skip
"""Words for a transformer's matrices that nothing else is called by."""
_OTHERS: frozenset[LayerRole] = frozenset(("router", "modulation", "patch_embedding"))
"""Roles besides those of a transformer's matrices that names say."""
_LONGEST_WORD = 128
"""Characters of a word for a layer."""
_TABLES: frozenset[LayerKind] = frozenset(("embedding", "positional_embedding"))


def words_by_names(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return what the names of layers say of their roles, and of the parts that they are, where nothing else does."""
    found: dict[int, dict[str, object]] = {}
    blocks = _blocks_with_attention(network_layers)
    for index, each in enumerate(network_layers):
        said = word_of_name(each.layer.links.name) if _is_open(each.layer) else None
        if said is not None and _is_of_kind(said, each.layer):
            members = _members(said, each.layer, is_in_transformer=_is_in_transformer(each.layer, blocks))
            if members:
                found[index] = members
    return found


def blocks_by_names(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the numbers of the blocks of layers that their family's code scales by them."""
    found: dict[int, dict[str, object]] = {}
    for index, each in enumerate(network_layers):
        description = each.layer.description
        is_open = description.architecture in SCALED_BY_BLOCK and description.block is None
        number = block_number(each.layer.links.name) if is_open else None
        own = None if number is None else own_code(each.layer)
        if own is not None and "block" in own.weight.takes:
            found[index] = {"block": number}
    return found


def _is_open(layer: Layer) -> bool:
    return layer.role == "hidden" and "role" in layer.assumed


def _is_of_kind(said: NameWord, layer: Layer) -> bool:
    kinds = {said.meaning.kind, layer.kind}
    return len(kinds) == 1 or kinds == _TABLES


def _is_in_transformer(layer: Layer, blocks: frozenset[str | None]) -> bool:
    architecture = architecture_called(layer.description.architecture)
    return architecture.is_transformer or block_of(layer.links.name) in blocks


def _blocks_with_attention(network_layers: Sequence[NetworkLayer]) -> frozenset[str | None]:
    """Return the paths to the blocks that have queries, keys or values in them."""
    found = set()
    for each in network_layers:
        said = word_of_name(each.layer.links.name)
        is_attention = each.layer.kind == "attention" or (
            said is not None and said.meaning.role in {"query", "key", "value", "qkv"} and _is_sure(said, each.layer)
        )
        if is_attention:
            found.add(block_of(each.layer.links.name))
    return frozenset(found - {None})


def _is_sure(said: NameWord, layer: Layer) -> bool:
    """Return whether a word for a part of a transformer means that where nobody says that there is one."""
    return said.is_path or said.word in _UNMISTAKABLE or _MODULES.search(layer.links.name) is not None


def _members(said: NameWord, layer: Layer, *, is_in_transformer: bool) -> dict[str, object]:
    members: dict[str, object] = {}
    is_part = said.word in PARTS_OF_WORDS or said.meaning.kind != layer.kind
    is_named = len(layer.links.name) <= _LONGEST_WORD
    if is_part and is_named and layer.description.architecture is not None:
        members |= {"layer": layer.links.name, "layer_from": _ITS_NAME}
    role = _role(said, layer, is_in_transformer=is_in_transformer)
    return {**members, "role": role, "role_from": _ITS_NAME} if role is not None else members


def _has_three_blocks(layer: Layer) -> bool:
    """Return whether a matrix is as large as one of queries, keys and values of one size."""
    return layer.axes is not None and layer.axes.out == 3 * layer.axes.in_


def _role(said: NameWord, layer: Layer, *, is_in_transformer: bool) -> LayerRole | None:
    """Return the role that a name says; of heads nothing, which are told by what stands around them too."""
    meaning = said.meaning
    role = meaning.role or (meaning.role_in_transformer if is_in_transformer else None)
    if role is None or role in HEAD_ROLES or (role == "qkv" and not _has_three_blocks(layer)):
        return None
    if role in _OTHERS:
        return role
    if layer.description.architecture in WITHOUT_ATTENTION:
        return role if role == "attention_output" else None
    is_sure = is_in_transformer or _is_sure(said, layer)
    return role if role in TRANSFORMER_ROLES and is_sure else None
