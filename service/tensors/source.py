"""Sources: tensors that can write any stretch of themselves, and those that are made whole first."""

from __future__ import annotations

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
    """The elements first + i * step + j * pitch, i below `count` and j below `repeats`, of a C-order tensor.

    They nest: all i of one j lie before those of the next, or all j of one i before those of the next.
    """

    first: int
    step: int
    count: int
    pitch: int
    repeats: int

    def progressions(self) -> Iterator[Progression]:
        """Yield the same elements as progressions, as few as there can be."""
        if self.count == 0 or self.repeats == 0:
            return
        if self.repeats <= self.count:
            for j in range(self.repeats):
                yield Progression(self.first + j * self.pitch, self.step, self.count)
        else:
            for i in range(self.count):
                yield Progression(self.first + i * self.step, self.pitch, self.repeats)

    def holds(self, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of the elements `indices` are on the lattice."""
        # The distance to the next where there is no next says nothing.
        steps = (
            (self.step if self.count > 1 else _NEVER, self.count),
            (self.pitch if self.repeats > 1 else _NEVER, self.repeats),
        )
        inner, outer = sorted(steps)
        outer_digit, rest = np.divmod(indices - self.first, outer[0])
        inner_digit, between = np.divmod(rest, inner[0])
        found: NDArray[np.bool_] = (
            (between == 0) & (inner_digit < inner[1]) & (outer_digit >= 0) & (outer_digit < outer[1])
        )
        return found


@dataclass(frozen=True)
class Sparse:
    """One number on a lattice, zero elsewhere."""

    value: float
    lattice: Lattice
    view: View | None = None

    def part(self, view: View) -> Sparse:
        return replace(self, view=view)

    def fill(self, out: NDArray[Any], start: int) -> None:
        if self.view is not None:
            out[:] = np.where(self.lattice.holds(self.view.indices(start, out.size)), self.value, 0.0)
            return
        out.fill(0)
        for progression in self.lattice.progressions():
            out[progression.within(start, out.size)] = self.value
