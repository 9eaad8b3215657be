"""Sources: tensors that can write any stretch of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from service.streams.stream import Cut, Stream


class Source(Protocol):
    """A tensor of which any stretch can be had without the rest."""

    def fill(self, out: NDArray[Any], start: int) -> None:
        """Put elements start, start + 1, ... of the C-order tensor into `out` (1-D, contiguous).

        The dtype of `out` is a working dtype: float32, float64 or complex64. Threads may fill
        different arrays from one source at the same time.
        """
        ...


@dataclass(frozen=True)
class Constant:
    """The same number everywhere."""

    value: float

    def fill(self, out: NDArray[Any], start: int) -> None:
        out.fill(self.value)


@dataclass(frozen=True)
class Uniform:
    """Independent draws from U[low, high)."""

    stream: Stream
    low: float
    high: float

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.stream.uniform(out, start, self.low, self.high)


@dataclass(frozen=True)
class Normal:
    """Independent draws from N(mean, std), cut at the bounds of `cut`; `std` is that before the cut."""

    stream: Stream
    mean: float
    std: float
    cut: Cut | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.stream.normal(out, start, self.mean, self.std, self.cut)


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


@dataclass(frozen=True)
class Lattice:
    """The elements first + i * step + j * pitch, i below `count` and j below `repeats`, of a C-order tensor."""

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


@dataclass(frozen=True)
class Sparse:
    """One number on a lattice, zero elsewhere."""

    value: float
    lattice: Lattice

    def fill(self, out: NDArray[Any], start: int) -> None:
        out.fill(0)
        for progression in self.lattice.progressions():
            out[progression.within(start, out.size)] = self.value
