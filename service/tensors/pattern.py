"""Sources whose elements follow from their place in the tensor, or from draws by a formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.stream import Lines, Stream
from service.streams.view import View
from service.tensors.layout import Shape
from service.tensors.pace import CHOOSE, NANOSECOND, Pace, lookup
from service.tensors.pace import coordinates as coordinates_pace
from service.tensors.source import Source

Coordinates = tuple[NDArray[np.int64], ...]

_AT_ONCE = 2**14
"""Elements whose coordinates are in memory at one time."""


def coordinates(shape: Shape, view: View | None, start: int, count: int) -> Coordinates:
    """Return where elements start, start + 1, ... of a view of a C-order tensor stand in it, axis by axis."""
    indices = np.arange(start, start + count) if view is None else view.indices(start, count)
    return np.unravel_index(indices, shape)


@dataclass(frozen=True)
class Pattern:
    """Elements that a formula gives from their coordinates, in binary64, one array of them for each axis."""

    shape: Shape
    formula: Callable[..., NDArray[Any]]
    nanoseconds: float = 60.0
    """What the formula takes for an element, about."""
    fixed: float = 0.0
    """Seconds, about, that the first call of the formula takes besides."""
    view: View | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        for done in range(0, out.size, _AT_ONCE):
            piece = out[done : done + _AT_ONCE]
            piece[:] = self.formula(*coordinates(self.shape, self.view, start + done, piece.size))

    def part(self, view: View) -> Pattern:
        return replace(self, view=view)

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        places = lookup(self.view) + coordinates_pace(len(self.shape))
        return Pace(places + self.nanoseconds * NANOSECOND, self.fixed)


@dataclass(frozen=True)
class ZerosInLines:
    """Another source's elements, and zeros at random places instead, as many in each line."""

    source: Source
    stream: Stream
    lines: Lines

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.source.fill(out, start)
        self.stream.put_zeros(out, start, self.lines)

    def part(self, view: View) -> ZerosInLines:
        return replace(self, source=self.source.part(view), stream=self.stream.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return self.source.pace(dtype).slower(self.stream.seconds("zeros", dtype.itemsize))


@dataclass(frozen=True)
class Thinned:
    """Another source's elements, each kept with a probability, by draws from U[0, 1); zeros instead of the others."""

    source: Source
    draws: Source
    density: float

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.source.fill(out, start)
        for done in range(0, out.size, _AT_ONCE):
            piece = out[done : done + _AT_ONCE]
            drawn = np.empty(piece.size, np.float64)
            self.draws.fill(drawn, start + done)
            piece[drawn >= self.density] = 0

    def part(self, view: View) -> Thinned:
        return replace(self, source=self.source.part(view), draws=self.draws.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return (self.source.pace(dtype) + self.draws.pace(np.dtype(np.float64))).slower(2 * CHOOSE)


@dataclass(frozen=True)
class Mapped:
    """What a formula makes of another source's elements, each by itself, in binary64."""

    source: Source
    formula: Callable[[NDArray[np.float64]], NDArray[Any]]
    nanoseconds: float = 60.0
    """What the formula takes for an element, about."""

    def fill(self, out: NDArray[Any], start: int) -> None:
        for done in range(0, out.size, _AT_ONCE):
            piece = out[done : done + _AT_ONCE]
            drawn = np.empty(piece.size, np.float64)
            self.source.fill(drawn, start + done)
            piece[:] = self.formula(drawn)

    def part(self, view: View) -> Mapped:
        return replace(self, source=self.source.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return self.source.pace(np.dtype(np.float64)).slower(self.nanoseconds * NANOSECOND)
