"""A tensor with one row of zeros, as the embedding of a padding token has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.view import View
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape
from service.tensors.pace import CHOOSE, Pace, lookup
from service.tensors.source import Source

_AT_ONCE = 2**14
"""Elements whose indices are in memory at one time."""


@dataclass(frozen=True)
class ZeroRow:
    """Another source's elements, with zeros for `size` neighbours of the C-order tensor, from `first` on."""

    source: Source
    first: int
    size: int
    view: View | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.source.fill(out, start)
        if self.view is None:
            out[max(self.first - start, 0) : max(self.first + self.size - start, 0)] = 0
            return
        for done in range(0, out.size, _AT_ONCE):
            piece = out[done : done + _AT_ONCE]
            beyond = self.view.indices(start + done, piece.size) - self.first
            piece[(beyond >= 0) & (beyond < self.size)] = 0

    def part(self, view: View) -> ZeroRow:
        return replace(self, source=self.source.part(view), view=view)

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return self.source.pace(dtype).slower(0.0 if self.view is None else lookup(self.view) + CHOOSE)


def row_of_padding(padding_idx: int, shape: Shape) -> int:
    """Return which row it is, counted from 0; a negative `padding_idx` counts from the end. Raises InvalidParameter."""
    if len(shape) < 2:
        raise InvalidParameter("padding_idx", "needs a shape of rank 2 or more, such as an embedding's rows and width")
    rows = shape[0]
    if not -rows <= padding_idx < rows:
        raise InvalidParameter(
            "padding_idx", f"must be one of the {rows} rows of the shape: from {-rows} to {rows - 1}"
        )
    return padding_idx % rows


def zero_row(source: Source, row: int, shape: Shape) -> ZeroRow:
    """Return the source of a tensor of `shape` that has zeros in a row, which is counted from 0."""
    size = math.prod(shape[1:])
    return ZeroRow(source, row * size, size)
