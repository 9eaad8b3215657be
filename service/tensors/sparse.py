"""Tensors that are zero but on lattices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.view import View
from service.tensors.lattice import Lattice
from service.tensors.pace import CHOOSE, NANOSECOND, Pace, lookup

_SHORTEST_LINE = 64
"""Elements of a stretch for each progression, with fewer of which it is quicker to look at each element."""


_FEW_LINES = 2**11
"""Progressions that long stretches are not too short for."""

LEVEL_OF_LATTICE = 15.0 * NANOSECOND
"""To look whether an element is on one level of a lattice."""


@dataclass(frozen=True)
class SparseSource:
    """One number on lattices, zero elsewhere."""

    value: float
    lattices: tuple[Lattice, ...]
    view: View | None = None

    def part(self, view: View) -> SparseSource:
        return replace(self, view=view)

    def fill(self, out: NDArray[Any], start: int) -> None:
        if self.view is not None:
            self._choose(out, self.view.indices(start, out.size))
        elif sum(lattice.lines for lattice in self.lattices) * _SHORTEST_LINE > out.size:
            self._choose(out, np.arange(start, start + out.size))
        else:
            out.fill(0)
            for lattice in self.lattices:
                for progression in lattice.progressions():
                    out[progression.within(start, out.size)] = self.value

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        if self.view is None and sum(lattice.lines for lattice in self.lattices) <= _FEW_LINES:
            return Pace(CHOOSE)
        levels = sum(1 + len(lattice.levels) for lattice in self.lattices)
        return Pace(lookup(self.view) + levels * LEVEL_OF_LATTICE)

    def _choose(self, out: NDArray[Any], indices: NDArray[np.int64]) -> None:
        out.fill(0)
        for lattice in self.lattices:
            out[lattice.holds(indices)] = self.value
