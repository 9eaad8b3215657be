"""The elements of a tensor that a picture shows: all of them, or a part that is told."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.tensors.tensor import Tensor

MOST_ELEMENTS = 2**20
"""That a histogram counts, and that a matrix has whose singular values are drawn."""

_RUNS = 64
"""Stretches in which they stand where the tensor has more."""

FARTHEST = 1e300
"""Numbers beyond, on either side of zero, are drawn as this one: axes have some room besides."""

MOST_CELLS = 128
"""Along each side of a heat map."""

MOST_SINGULAR_VALUES = 1024


def sampled(tensor: Tensor) -> NDArray[Any]:
    """Return all elements, or of a large tensor stretches of as many, at equal distances from its start to its end."""
    if tensor.size <= MOST_ELEMENTS:
        return _drawable(tensor.read())
    length = MOST_ELEMENTS // _RUNS
    starts = [run * (tensor.size - length) // (_RUNS - 1) for run in range(_RUNS)]
    return np.concatenate([_drawable(tensor.read(start, length)) for start in starts])


def matrix_sides(tensor: Tensor) -> tuple[int, int]:
    """Return the sides of a tensor of rank 2 or more as a matrix: its first axis, and the others as one.

    Where the last axis is that of the outputs, it is the one that stands by itself.
    """
    shape = tensor.shape
    if has_out_last(tensor):
        return math.prod(shape[:-1]), shape[-1]
    return shape[0], math.prod(shape[1:])


def has_out_last(tensor: Tensor) -> bool:
    """Return whether the layout has the outputs on the last axis, and not on the first."""
    layout = str(dict(tensor.spec.parameters).get("layout", "out_in"))
    return layout == "in_out" or (layout.endswith("o") and not layout.startswith("o"))


def block_sides(sides: tuple[int, int], most: int, most_elements: int) -> tuple[int, int]:
    """Return the sides of the leading block of a matrix that has `most` rows or columns on its shorter side."""
    rows, columns = sides
    if min(sides) <= most and rows * columns <= most_elements:
        return sides
    shorter = min(*sides, most)
    longer = max(most_elements // shorter, 1)
    return (min(rows, shorter), min(columns, longer)) if rows <= columns else (min(rows, longer), min(columns, shorter))


def block(tensor: Tensor, sides: tuple[int, int]) -> NDArray[Any]:
    """Return the leading block of a tensor as a matrix."""
    rows, columns = sides
    stride = matrix_sides(tensor)[1]
    if columns == stride:
        return _drawable(tensor.read(0, rows * columns)).reshape(rows, columns)
    return np.stack([_drawable(tensor.read(row * stride, columns)) for row in range(rows)])


def _drawable(elements: NDArray[Any]) -> NDArray[Any]:
    """Return elements in a dtype that NumPy itself has, and reckons with; those beyond `FARTHEST` as it."""
    if elements.dtype.kind not in "fc" or elements.itemsize < 4:
        return elements.astype(np.float32)
    parts = elements.view(elements.real.dtype)
    return np.clip(parts, -FARTHEST, FARTHEST).view(elements.dtype) if parts.itemsize > 4 else elements
