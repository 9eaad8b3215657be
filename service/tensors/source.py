"""Sources: tensors that can write any stretch of themselves, and those that are made whole first."""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from service.streams.stream import Cut, Stream
from service.streams.view import View


class Source(Protocol):
    """A tensor of which any stretch can be had without the rest."""

    def fill(self, out: NDArray[Any], start: int) -> None:
        """Put elements start, start + 1, ... of the C-order tensor into `out` (1-D, contiguous).

        The dtype of `out` is a working dtype: float32, float64 or complex64. Threads may fill
        different arrays from one source at the same time.
        """
        ...

    def part(self, view: View) -> Source:
        """Return the source of the elements in a view of this one's tensor, which is a whole one."""
        ...


class Whole(ABC):
    """A tensor that can only be made all at once."""

    @property
    @abstractmethod
    def work(self) -> int:
        """Multiplications, about, that making it takes."""

    @property
    def workspace(self) -> int:
        """Bytes, about, that making it takes beside three arrays of its own size."""
        return 0

    @abstractmethod
    def make(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return all elements, in C order, as a 1-D array of a working dtype."""


@dataclass(frozen=True)
class Held:
    """Elements that have been made."""

    elements: NDArray[Any]
    view: View | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        if self.view is None:
            out[:] = self.elements[start : start + out.size]
        else:
            np.take(self.elements, self.view.indices(start, out.size), out=out)

    def part(self, view: View) -> Held:
        return Held(self.elements, view)


@dataclass(frozen=True)
class Constant:
    """The same number everywhere."""

    value: float

    def fill(self, out: NDArray[Any], start: int) -> None:
        out.fill(self.value)

    def part(self, view: View) -> Constant:
        return self


@dataclass(frozen=True)
class Uniform:
    """Independent draws from U[low, high)."""

    stream: Stream
    low: float
    high: float

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.stream.uniform(out, start, self.low, self.high)

    def part(self, view: View) -> Uniform:
        return replace(self, stream=self.stream.part(view))


@dataclass(frozen=True)
class Normal:
    """Independent draws from N(mean, std), cut at the bounds of `cut`; `std` is that before the cut."""

    stream: Stream
    mean: float
    std: float
    cut: Cut | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.stream.normal(out, start, self.mean, self.std, self.cut)

    def part(self, view: View) -> Normal:
        return replace(self, stream=self.stream.part(view))


@dataclass(frozen=True)
class Complex:
    """A complex tensor from the sources of its two parts."""

    real: Source
    imaginary: Source

    def fill(self, out: NDArray[Any], start: int) -> None:
        part = np.empty(out.size, np.float32)
        self.real.fill(part, start)
        out.real = part
        self.imaginary.fill(part, start)
        out.imag = part

    def part(self, view: View) -> Complex:
        return Complex(self.real.part(view), self.imaginary.part(view))


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
        found = np.ones(indices.shape, np.bool_)
        for step, count in reversed(steps):
            digit, rest = np.divmod(rest, step)
            found &= (digit >= 0) & (digit < count)
        found &= rest == 0
        return found


_SHORTEST_LINE = 64
"""Elements of a stretch for each progression, with fewer of which it is quicker to look at each element."""


@dataclass(frozen=True)
class Sparse:
    """One number on lattices, zero elsewhere."""

    value: float
    lattices: tuple[Lattice, ...]
    view: View | None = None

    def part(self, view: View) -> Sparse:
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
