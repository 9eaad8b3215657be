"""Tensors whose gates have laws of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.view import View
from service.tensors.axis_group import AxisGroup
from service.tensors.pace import CHOOSE, COPY, Pace, lookup
from service.tensors.source import Source

_AT_ONCE = 2**14
"""Elements whose gates are in memory at one time."""

_SHORTEST_RUN = 256
"""Neighbours of one gate, with fewer of which it is quicker to look at each element."""


@dataclass(frozen=True)
class Gated:
    """Of each element that of its gate's source, at the element's own index."""

    sources: tuple[Source, ...]
    ends: tuple[int, ...]
    """The place along the out axis after each gate's last."""
    out: AxisGroup
    view: View | None = None

    def part(self, view: View) -> Gated:
        return replace(self, sources=tuple(source.part(view) for source in self.sources), view=view)

    def fill(self, out: NDArray[Any], start: int) -> None:
        done = 0
        while done < out.size:
            gate, run = self._run(start + done)
            if run < min(_SHORTEST_RUN, out.size - done):
                run = _AT_ONCE
                self._choose(out[done : done + run], start + done)
            else:
                self.sources[gate].fill(out[done : done + run], start + done)
            done += run

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        paces = [source.pace(dtype) for source in self.sources]
        if self._are_long:
            return Pace(max(pace.element for pace in paces) + CHOOSE)
        # Of each gate that is among some neighbours all of them are drawn.
        place = lookup(self.view) + CHOOSE * (2 + len(self.out.levels))
        return Pace(sum(pace.element + 2 * COPY for pace in paces) + place)

    @property
    def _are_long(self) -> bool:
        """Whether neighbours are of one gate for so long that each gate is drawn by itself."""
        if self.view is not None or not self.out.levels:
            return False
        rows = [end - begin for begin, end in pairwise((0, *self.ends))]
        return min(rows) * self.out.levels[-1][0] >= _SHORTEST_RUN

    def _run(self, element: int) -> tuple[int, int]:
        """Return the gate of an element, and how many neighbours from it on surely have the same; 0 in a view."""
        if self.view is not None or not self.out.levels:
            return 0, 0
        stride, size = self.out.levels[-1]
        place = int(self.out.place_of(np.array([element]))[0])
        gate = int(np.searchsorted(self.ends, place, side="right"))
        along = place % size
        last = min(along + self.ends[gate] - place, size)
        return gate, (last - along) * stride - element % stride

    def _choose(self, out: NDArray[Any], start: int) -> None:
        """Fill `out` from the source of each gate that it has elements of."""
        elements = np.arange(start, start + out.size) if self.view is None else self.view.indices(start, out.size)
        gates = np.searchsorted(self.ends, self.out.place_of(elements), side="right")
        drawn = np.empty_like(out)
        for gate in np.unique(gates):
            self.sources[gate].fill(drawn, start)
            np.copyto(out, drawn, where=gates == gate)
