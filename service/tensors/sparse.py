"""Tensors that are zero but on lattices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.view import View
from service.tensors.lattice import Lattice

_SHORTEST_LINE = 64
"""Elements of a stretch for each progression, with fewer of which it is quicker to look at each element."""


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

    def _choose(self, out: NDArray[Any], indices: NDArray[np.int64]) -> None:
        out.fill(0)
        for lattice in self.lattices:
            out[lattice.holds(indices)] = self.value
