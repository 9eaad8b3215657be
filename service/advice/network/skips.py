"""Skip connections that the names in a list tell of, where neither the architecture nor anything else says them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from service.advice.layer.description import ArchitectureName, Normalization
from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import LayerKind
from service.advice.network.network_layer import NetworkLayer
from service.advice.network.structure import block_of, family_of, places_of
from service.likeness import fold

WITH_OTHER_SKIPS: frozenset[ArchitectureName] = frozenset(("densenet", "unet", "efficientnet", "mobilenet"))
"""Networks whose skips are concatenated, or go around some blocks and not around others."""

_NAMES_OF_SHORTCUTS = """
downsample shortcut skip skip_connection conv_shortcut nin_shortcut proj_shortcut res_conv residual_conv identity_conv
skip_conv skip_proj
"""
_SHORTCUTS = frozenset(map(fold, _NAMES_OF_SHORTCUTS.split()))
"""What models call the module on a skip path, folded."""

_RESIDUAL = re.compile(
    r"(?:^|[._/])(?:res|resid|residual|resnet|resblock|basicblock|bottleneck)s?_?(?:block|layer|unit)?s?_?[0-9]*(?=[._/])",
    re.IGNORECASE,
)
"""A module within which a name says that the branch is added to its input."""

_OF_TORCHVISION = re.compile(r"(?:.*[.])?layer[1-4][.][0-9]+")
_OF_KERAS = re.compile(r"(?:.*/)?conv[2-5]_block[0-9]+")
_FIRST_TWO = (frozenset(("conv1", "conv2")), frozenset(("1_conv", "2_conv")))
"""What the blocks of ResNets have in both libraries."""

_NUMBER = re.compile(r"[0-9]+")
_KINDS: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose"))
_NORMALIZED: frozenset[Normalization] = frozenset(("batch", "instance"))
_FROM = {"residual_from": "the names of its block"}
_LAST_OF_BLOCK: Mapping[str, object] = {"role": "residual_last", "role_from": "it is the last of its block"}


def is_called_shortcut(layer: Layer) -> bool:
    """Return whether a layer is called a projection on a skip path, and reads one position at a time, as such do."""
    positions = 1 if layer.axes is None else layer.axes.receptive_field
    return positions == 1 and not _SHORTCUTS.isdisjoint(map(fold, layer.links.name.split(".")))


def skips_by_names(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the layers in blocks that skips go around by their names: layer1.0.conv1, res.0.conv, a downsample."""
    layers = [each.layer for each in network_layers]
    around = {_before_shortcut(layer.links.name) for layer in layers if layer.kind == "conv" and _is_alone(layer)}
    blocks: dict[str, list[int]] = {}
    for index, layer in enumerate(layers):
        block = _block(layer, around)
        if block is not None:
            blocks.setdefault(block, []).append(index)
    residual = {block for block, indices in blocks.items() if _is_residual(block, [layers[index] for index in indices])}
    # Blocks that differ from a residual one in nothing but their numbers.
    alike = {_NUMBER.sub("", block) for block in residual}
    found = (index for block, indices in blocks.items() if _NUMBER.sub("", block) in alike for index in indices)
    members = {index: {"residual": True, **_FROM} for index in sorted(found) if _is_open(layers[index])}
    for prefix in around:
        members |= _end_before_shortcut(layers, blocks[prefix], members)
    return members


def _is_alone(layer: Layer) -> bool:
    """Return whether a shortcut is in no block that a number tells from others."""
    return is_called_shortcut(layer) and block_of(layer.links.name) is None


def _before_shortcut(name: str) -> str:
    """Return the path to the module that a shortcut is in; empty where the name begins with it."""
    parts = name.split(".")
    place = next(index for index, part in enumerate(parts) if fold(part) in _SHORTCUTS)
    return "".join(f"{part}." for part in parts[:place])


def _block(layer: Layer, around: set[str]) -> str | None:
    """Return the path to the block that a layer is in; `around` are those to modules that have shortcuts."""
    name = layer.links.name
    if layer.kind not in _KINDS or family_of(layer) != "plain":
        return None
    found = block_of(name)
    if found is not None:
        return found
    within = _RESIDUAL.search(name)
    if within is not None:
        return name[: within.end()]
    return next((path for path in around if name.startswith(path) and (path or layer.kind == "conv")), None)


def _end_before_shortcut(
    layers: Sequence[Layer], indices: Sequence[int], members: Mapping[int, Mapping[str, object]]
) -> dict[int, dict[str, object]]:
    """Return the last layer of a block without a number, where a normalisation follows it."""
    last = max((index for index in indices if not is_called_shortcut(layers[index])), default=None)
    if last is None or last + 1 == len(layers) or layers[last + 1].kind != "normalization":
        return {}
    layer = layers[last]
    is_open = layer.role == "hidden" and "role" in layer.assumed
    return {last: {**members.get(last, {}), **_LAST_OF_BLOCK}} if is_open else {}


def _is_open(layer: Layer) -> bool:
    return "residual" in layer.assumed and not layer.has_skips


def _is_residual(block: str, layers: Sequence[Layer]) -> bool:
    if any(layer.kind == "conv" and is_called_shortcut(layer) for layer in layers):
        return True
    if _RESIDUAL.search(f"{block}."):
        return True
    is_of_library = _OF_TORCHVISION.fullmatch(block) or _OF_KERAS.fullmatch(block)
    return is_of_library is not None and any(first <= _parts(block, layers) for first in _FIRST_TWO)


def _parts(block: str, layers: Iterable[Layer]) -> set[str]:
    """Return what the layers of a block are called within it."""
    return {layer.links.name[len(block) :].lstrip("._/") for layer in layers}


def ends_by_names(network_layers: Sequence[NetworkLayer]) -> dict[int, Mapping[str, object]]:
    """Return the last layers of residual blocks that names tell apart, where a normalisation follows."""
    layers = [each.layer for each in network_layers]
    found: dict[int, Mapping[str, object]] = {}
    for index, (layer, place) in enumerate(zip(layers, places_of(layers), strict=True)):
        if not place.ends_branch or place.family != "plain" or block_of(layer.links.name) is None:
            continue
        is_open = layer.role == "hidden" and "role" in layer.assumed
        after = layers[index + 1] if index + 1 < len(layers) else None
        is_normalized = layer.is_normalized and layer.normalization in _NORMALIZED
        is_normalized = is_normalized and after is not None and after.kind == "normalization"
        if is_open and is_normalized and layer.description.architecture not in WITH_OTHER_SKIPS:
            found[index] = _LAST_OF_BLOCK
    return found
