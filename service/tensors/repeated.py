"""A tensor that has each unit of another one's axis several times."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.view import View
from service.tensors.pace import COPY, NANOSECOND, Pace
from service.tensors.source import Source

_AT_ONCE = 2**14
"""Elements whose places are in memory at one time."""

_LONG_RUN = 256
"""Neighbours that are neighbours in the source too, from which on they are quicker copied than looked up."""

_SPARSE = 4
"""How many elements may be drawn for each that is wanted: two draws cost more beyond that."""


_RUN, _PLACE = 4000.0 * NANOSECOND, 100.0 * NANOSECOND
"""What a run takes besides its elements, and an element that is looked up."""


@dataclass(frozen=True)
class Repeated:
    """A C-order tensor (outer, length, inner), each of whose places along the middle axis is a unit of the source's.

    The source is (outer, units, inner). A unit's copies are neighbours, or stand all units apart where it is `tiled`.
    """

    source: Source
    units: int
    inner: int
    copies: int
    is_tiled: bool
    length: int
    """Of the middle axis: all copies of all units, or those that a slice takes."""
    first: int = 0
    """Where the slice begins, in places from the first copy of the source's first unit."""

    def fill(self, out: NDArray[Any], start: int) -> None:
        if self.inner >= _LONG_RUN:
            self._fill_runs(out, start)
            return
        for done in range(0, out.size, _AT_ONCE):
            piece = out[done : done + _AT_ONCE]
            if self._is_even:
                self._repeat(piece, start + done)
            else:
                self._take(piece, self._places(np.arange(start + done, start + done + piece.size)))

    def part(self, view: View) -> Repeated:
        inner, period, small = self.inner, self.length * self.inner, self.units * self.inner
        kept = [(n, stride) for n, stride in zip(view.shape, view.strides, strict=True) if n != 1]
        length = next((n for n, stride in kept if stride == inner), 1)
        outer, rest = divmod(view.offset, period)
        begin, lane = divmod(rest, inner)
        unit, units, first = self._units(begin, length)
        strides = [stride if stride <= inner else stride // period * small for _, stride in kept]
        shape = [units if stride == inner else n for n, stride in kept]
        taken = View(outer * small + unit * inner + lane, tuple(shape), tuple(strides))
        return replace(
            self,
            source=self.source.part(taken),
            units=units,
            inner=math.prod(n for n, stride in kept if stride < inner),
            length=length,
            first=first,
        )

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        pace = self.source.pace(dtype)
        if self.inner >= _LONG_RUN:
            return pace.slower(_RUN / self.inner)
        return pace.slower(COPY if self._is_even else pace.element + _PLACE)

    def _units(self, begin: int, length: int) -> tuple[int, int, int]:
        """Return the first unit that a stretch of places takes, how many, and where in their copies it begins."""
        if self.is_tiled:
            unit = begin % self.units
            return (unit, length, 0) if unit + length <= self.units else (0, self.units, unit)
        unit = begin // self.copies
        return unit, (begin + length - 1) // self.copies + 1 - unit, begin - unit * self.copies

    @property
    def _is_even(self) -> bool:
        """Whether each of the source's elements is there all its copies, one after the other."""
        return self.inner == 1 and not self.is_tiled and self.length == self.units * self.copies

    def _repeat(self, out: NDArray[Any], start: int) -> None:
        first, skipped = divmod(start, self.copies)
        drawn = np.empty((start + out.size - 1) // self.copies - first + 1, out.dtype)
        self.source.fill(drawn, first)
        out[:] = np.repeat(drawn, self.copies)[skipped : skipped + out.size]

    def _places(self, elements: Any) -> Any:
        """Return which of the source's elements each of `elements`, numbers or an array of them, is."""
        rows, lane = np.divmod(elements, self.inner)
        outer, along = np.divmod(rows, self.length)
        place = along + self.first
        unit = place % self.units if self.is_tiled else place // self.copies
        return (outer * self.units + unit) * self.inner + lane

    def _take(self, out: NDArray[Any], places: NDArray[np.int64]) -> None:
        """Put the source's elements at `places` into `out`, drawn in as few stretches as are worth it."""
        low, high = int(places.min()), int(places.max())
        if high - low >= _SPARSE * out.size:
            half = out.size // 2
            self._take(out[:half], places[:half])
            self._take(out[half:], places[half:])
            return
        drawn = np.empty(high - low + 1, out.dtype)
        self.source.fill(drawn, low)
        np.take(drawn, places - low, out=out)

    def _fill_runs(self, out: NDArray[Any], start: int) -> None:
        done = 0
        while done < out.size:
            count = min(self.inner - (start + done) % self.inner, out.size - done)
            self.source.fill(out[done : done + count], int(self._places(start + done)))
            done += count
