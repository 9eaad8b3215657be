"""Slices: NumPy's basic indexing with steps of one, as a text, and what it takes of a shape."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from service.streams.view import View
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape

_NUMBER = r"-?[0-9]{1,20}"
_ITEM = re.compile(rf"(?P<index>{_NUMBER})|(?P<start>{_NUMBER})?:(?P<stop>{_NUMBER})?(?P<step>:({_NUMBER})?)?")
_GRAMMAR = "0:128,: takes the first 128 rows; bounds may be negative or left out, 3 takes one row, ... stands for axes"


@dataclass(frozen=True)
class Selection:
    """A part of a tensor: the canonical text of the slice, the part's shape, and its elements."""

    text: str
    shape: Shape
    view: View


def select(text: str, shape: Shape) -> Selection | None:
    """Return what `text` takes of a tensor of `shape`; None when that is all of it, in the same shape.

    As in NumPy, bounds beyond an axis are cut to it, an integer removes its axis, and axes not mentioned are
    taken whole. Raises InvalidParameter.
    """
    items = _expand(text.split(","), len(shape))
    bounds = [_bounds(item, axis, size) for axis, (item, size) in enumerate(zip(items, shape, strict=True))]
    strides = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    kept = [axis for axis, item in enumerate(items) if ":" in item]
    part = tuple(bounds[axis][1] - bounds[axis][0] for axis in kept)
    if part == shape:
        return None
    offset = sum(start * stride for (start, _), stride in zip(bounds, strides, strict=True))
    view = View(offset, part, tuple(strides[axis] for axis in kept))
    return Selection(_canonical(items, bounds, shape), part, view)


def _expand(items: list[str], rank: int) -> list[str]:
    """Return an item for each axis, in the place of `...` and after the last."""
    if items == [""]:
        raise _invalid("is empty; leave it out for the whole tensor")
    for item in items:
        if item != "..." and not _ITEM.fullmatch(item):
            raise _invalid(f"{item[:40]!r} is not an index or a range: {_GRAMMAR}")
    if items.count("...") > 1:
        raise _invalid("has more than one ...")
    given = len(items) - items.count("...")
    if given > rank:
        raise _invalid(f"has {given} axes, and the shape has {rank}")
    at = items.index("...") if "..." in items else len(items)
    return [*items[:at], *[":"] * (rank - given), *items[at + 1 :]]


def _bounds(item: str, axis: int, size: int) -> tuple[int, int]:
    """Return the first element that an item takes of its axis, and the one after the last."""
    match = _ITEM.fullmatch(item)
    assert match is not None
    if match["index"] is not None:
        index = int(match["index"])
        if not -size <= index < size:
            raise _invalid(f"{index} is out of bounds for axis {axis} of size {size}")
        return index % size, index % size + 1
    if match["step"] not in {None, ":", ":1"}:
        raise _invalid(f"{item!r} has a step; only steps of 1 are served: take the range and pick from it")
    start, stop, _ = slice(*(None if match[key] is None else int(match[key]) for key in ("start", "stop"))).indices(
        size
    )
    return (start, stop) if start < stop else (0, 0)


def _canonical(items: list[str], bounds: list[tuple[int, int]], shape: Shape) -> str:
    """Return the one text for what is taken, without the whole axes at the end."""
    texts = []
    for item, (start, stop), size in zip(items, bounds, shape, strict=True):
        whole = (start, stop) == (0, size)
        texts.append(str(start) if ":" not in item else ":" if whole else f"{start}:{stop}")
    while texts[-1] == ":":
        texts.pop()
    return ",".join(texts)


def _invalid(detail: str) -> InvalidParameter:
    return InvalidParameter("slice", detail)
