"""Sources: tensors that can write any stretch of themselves, and those that have to be materialized first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.rounding import clip
from service.streams.stream import Cut, Disk, ElementStream
from service.streams.view import View
from service.tensors.pace import CHOOSE, COPY, TAKE, Pace, lookup


class Source(Protocol):
    """A tensor of which any stretch can be had without the rest."""

    def fill(self, out: NDArray[Any], start: int) -> None:
        """Put elements start, start + 1, ... of the C-order tensor into `out` (1-D, contiguous).

        The dtype of `out` is a working dtype: float32, float64, complex64 or complex128. Threads
        may fill different arrays from one source at the same time.
        """
        ...

    def part(self, view: View) -> Source:
        """Return the source of the elements in a view of this one's tensor, which is a whole one."""
        ...

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        """Return how long filling arrays of a working dtype takes."""
        ...


class WholeSource(ABC):
    """A tensor that can only be made all at once."""

    @property
    @abstractmethod
    def work(self) -> int:
        """Multiplications, about, that materializing it takes."""

    @property
    def arrays(self) -> int:
        """Arrays of its own size that materializing it holds: the random numbers, the result, the room to work in."""
        return 3

    @property
    def workspace(self) -> int:
        """Bytes, about, that materializing it takes beside `arrays`."""
        return 0

    @abstractmethod
    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return all elements, in C order, as a 1-D array of a working dtype."""


@dataclass(frozen=True)
class ClippedSource(WholeSource):
    """Another tensor, of which what rounding put beyond a bound lies on the nearest number inside."""

    source: WholeSource
    ends: tuple[float, float]
    """The least and the greatest number that the tensor's dtype has within the bounds."""

    @property
    def work(self) -> int:
        return self.source.work

    @property
    def arrays(self) -> int:
        return self.source.arrays

    @property
    def workspace(self) -> int:
        return self.source.workspace

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        elements = self.source.materialize(dtype)
        clip(elements, self.ends)
        return elements


@dataclass(frozen=True)
class ArraySource:
    """Elements that lie in an array."""

    elements: NDArray[Any]
    view: View | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        if self.view is None:
            out[:] = self.elements[start : start + out.size]
        else:
            np.take(self.elements, self.view.indices(start, out.size), out=out)

    def part(self, view: View) -> ArraySource:
        return ArraySource(self.elements, view)

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return pace_of_array(self.view)


def pace_of_array(view: View | None) -> Pace:
    """Return how long it takes to copy elements that are there, those of a view."""
    return Pace(COPY if view is None else lookup(view) + TAKE)


@dataclass(frozen=True)
class ConstantSource:
    """The same number everywhere."""

    value: float

    def fill(self, out: NDArray[Any], start: int) -> None:
        out.fill(self.value)

    def part(self, view: View) -> ConstantSource:
        return self

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return Pace(COPY)


@dataclass(frozen=True)
class UniformSource:
    """Independent draws from U[low, high)."""

    stream: ElementStream
    low: float
    high: float

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.stream.uniform(out, start, self.low, self.high)

    def part(self, view: View) -> UniformSource:
        return replace(self, stream=self.stream.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return Pace(self.stream.seconds("uniform", dtype.itemsize))


@dataclass(frozen=True)
class NormalSource:
    """Independent draws from N(mean, std), cut at the bounds of `cut`; `std` is that before the cut."""

    stream: ElementStream
    mean: float
    std: float
    cut: Cut | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.stream.normal(out, start, self.mean, self.std, self.cut)

    def part(self, view: View) -> NormalSource:
        return replace(self, stream=self.stream.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        is_middle = self.cut is None or (self.mean == 0.0 and self.cut.truncation.suits_binary32)
        return Pace(self.stream.seconds("normal" if is_middle else "tail_normal", dtype.itemsize))


@dataclass(frozen=True)
class DiskSource:
    """Independent complex draws of equally likely phases, of modulus below the radius of `disk`."""

    stream: ElementStream
    disk: Disk

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.stream.disk(out, start, self.disk)

    def part(self, view: View) -> DiskSource:
        return replace(self, stream=self.stream.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return Pace(self.stream.seconds("disk", dtype.itemsize // 2))


@dataclass(frozen=True)
class ComplexSource:
    """A complex tensor from the sources of its two parts."""

    real: Source
    imaginary: Source

    def fill(self, out: NDArray[Any], start: int) -> None:
        part = np.empty(out.size, out.real.dtype)
        self.real.fill(part, start)
        out.real = part
        self.imaginary.fill(part, start)
        out.imag = part

    def part(self, view: View) -> ComplexSource:
        return ComplexSource(self.real.part(view), self.imaginary.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        part = np.finfo(dtype).dtype
        return (self.real.pace(part) + self.imaginary.pace(part)).slower(CHOOSE)
