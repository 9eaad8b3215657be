"""What the calls of convolutions and pools say of the maps that they leave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.advice.layer.vocabulary import fold_layer_word
from service.advice.network.maps import Sides, Window
from service.advice.network.network_layer import Passage, PassageKind
from service.likeness import fold
from service.requests.layers.constructor_call import ConstructorCall

_TORCH = re.compile(r"[123]d$")
"""How PyTorch's convolutions and pools end; Keras's end in a capital."""

_OF_CONVOLUTIONS = {
    True: ("in", "out", "kernel_size", "stride", "padding", "dilation"),
    False: ("filters", "kernel_size", "strides", "padding"),
}
_OF_POOLS = {True: ("kernel_size", "stride", "padding", "dilation"), False: ("pool_size", "strides", "padding")}
"""The places of arguments, in PyTorch's classes and in others."""

_KERNELS = ("kernelsize", "poolsize", "kernel", "windowshape")
_STRIDES = ("stride", "strides")
_DILATIONS = ("dilation", "dilationrate", "kerneldilation")
_SHAPES = ("shape", "inputshape", "batchinputshape")
_DROPPED = re.compile(
    r"dropout|dropblock|droppath|stochasticdepth|noise|identity|localresponsenorm|lrn|add$|regularization"
)
"""Layers, folded, after which there are as many units at as many places."""
_KINDS: Mapping[str, PassageKind] = {
    "flatten": "flatten", "ravel": "flatten", "meanpool": "global_pool", "adaptivemeanpool": "global_pool",
    "mergeddirections": "merge",
}  # fmt: skip
_POOLED = re.compile(r"pool|subsampling")


def window_of(call: ConstructorCall) -> Window | None:
    """Return what a convolution's call says that it slides over a map; None where it says no kernel."""
    return _window(_arguments(call, _OF_CONVOLUTIONS), None)


def passage_of(call: ConstructorCall, folded: str) -> list[Passage]:
    """Return what a layer without weights does to what passes it, by its folded name; before it, its input's shape."""
    found = _input(call)
    if folded in {"input", "inputlayer"}:
        return found
    return [*found, _passage(call, folded)]


def _passage(call: ConstructorCall, folded: str) -> Passage:
    if folded in _KINDS:
        return Passage(_KINDS[folded])
    if _DROPPED.search(folded):
        return Passage("dropout")
    if not _POOLED.search(folded) or "unpool" in folded:
        return Passage("other")
    if folded.startswith("global"):
        return Passage("global_pool")
    if folded.startswith("adaptive"):
        sides = _sides(next(iter((*call.positional, *call.keywords.values())), None))
        return Passage("global_pool") if set(sides or ()) == {1} else Passage("pool", sides=_of_rank(call, sides))
    kernel = _arguments(call, _OF_POOLS)
    return Passage("pool", window=_window(kernel, 2))


def _of_rank(call: ConstructorCall, sides: Sides | None) -> Sides:
    """Return the sizes along each axis, of a call that gives one for all."""
    rank = re.search(r"([123])d", call.name)
    return () if sides is None else sides * int(rank[1]) if rank is not None and len(sides) == 1 else sides


def _arguments(call: ConstructorCall, places: dict[bool, tuple[str, ...]]) -> dict[str, Any]:
    names = places[_TORCH.search(call.name) is not None]
    by_place = zip(names, call.positional, strict=False)
    return {fold(name): value for name, value in (*by_place, *call.keywords.items())}


def _window(arguments: dict[str, Any], usual: int | None) -> Window | None:
    kernel = _sides(_first(arguments, _KERNELS)) or (None if usual is None else (usual,))
    if kernel is None or 0 in kernel:
        return None
    # A pool is moved by its own size where nothing else is said.
    stride = _sides(_first(arguments, _STRIDES)) or (kernel if usual is not None else (1,))
    padding, dilation = arguments.get("padding"), _sides(_first(arguments, _DILATIONS)) or (1,)
    if 0 in stride + dilation:
        return None
    if isinstance(padding, str):
        return Window(kernel, stride, dilation=dilation, is_same=padding.lower() == "same")
    ceil = arguments.get("ceilmode") is True
    return Window(kernel, stride, _sides(padding) or (0,), dilation, rounds_up=ceil)


def _first(arguments: dict[str, Any], names: Sequence[str]) -> Any:
    return next((arguments[name] for name in names if name in arguments), None)


def _sides(value: Any) -> Sides | None:
    sizes = value if isinstance(value, list) else [value]
    are_sizes = all(isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**20 for size in sizes)
    return tuple(sizes) if are_sizes and sizes else None


def _input(call: ConstructorCall) -> list[Passage]:
    """Return the input of which a call gives the shape, channels last, as Keras has it; none where it gives none."""
    named = {fold(name): value for name, value in call.keywords.items()}
    shape = _first(named, _SHAPES)
    if shape is None and fold_layer_word(call.name) == "input" and call.positional:
        shape = call.positional[0]
    sizes = _sides(shape[1:] if isinstance(shape, list) and shape[:1] == [None] else shape)
    return [] if sizes is None else [Passage("input", sides=sizes[:-1], channels=sizes[-1])]
