"""Elements at even distances: progressions, and lattices of several levels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Progression:
    """The elements first, first + step, ... (`count` of them) of a C-order tensor; step above 0."""

    first: int
    step: int
    count: int

    def within(self, start: int, size: int) -> slice:
        """Return those among elements start ... start + size, as a slice of that stretch."""
        skipped = max(0, -((self.first - start) // self.step))
        end = min(self.first + (self.count - 1) * self.step + 1, start + size)
        return slice(self.first + skipped * self.step - start, max(end - start, 0), self.step)


_NEVER = 2**62


@dataclass(frozen=True)
class Lattice:
    """The elements first + i * step + j * pitch + ... of a C-order tensor, one step and its count on each level.

    They nest: of two levels, all elements of the one at one place of the other lie before those at the next.
    """

    first: int
    levels: tuple[tuple[int, int], ...]

    def progressions(self) -> Iterator[Progression]:
        """Yield the same elements as progressions, as few as there can be."""
        if all(count for _, count in self.levels):
            longest, others = self._divided()
            for digits in itertools.product(*(range(count) for _, count in others)):
                offset = sum(digit * step for digit, (step, _) in zip(digits, others, strict=True))
                yield Progression(self.first + offset, *longest)

    @property
    def lines(self) -> int:
        """How many progressions it is."""
        return math.prod(count for _, count in self._divided()[1])

    def _divided(self) -> tuple[tuple[int, int], list[tuple[int, int]]]:
        """Return the level with the most elements, and the others."""
        *others, longest = sorted(self.levels, key=lambda level: level[1])
        return longest, others

    def holds(self, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of the elements `indices` are on the lattice."""
        # The distance to the next where there is no next says nothing.
        steps = sorted((step if count > 1 else _NEVER, count) for step, count in self.levels)
        rest = indices - self.first
        is_on = np.ones(indices.shape, np.bool_)
        for step, count in reversed(steps):
            digit, rest = np.divmod(rest, step)
            is_on &= (digit >= 0) & (digit < count)
        is_on &= rest == 0
        return is_on
