"""What a scheme may ask of randomness: uniforms and normals of a stretch of elements.

A scheme knows only the `Stream` protocol, so that streams stand beside each other under names of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.truncation import Truncation
from service.streams.view import View

Elements = NDArray[np.float32] | NDArray[np.float64]

ComplexElements = NDArray[np.complex64] | NDArray[np.complex128]

Indices = NDArray[np.int64]

LARGEST_SEED = 2**64 - 1


@dataclass(frozen=True)
class Cut:
    """A truncation of a normal: its numbers in sigmas, and the bounds in the tensor's own units."""

    truncation: Truncation
    low: float
    high: float


@dataclass(frozen=True)
class Disk:
    """Complex numbers of equally likely phases: uniform on a disk about 0, or a circular normal within one."""

    radius: float
    scale: float
    """The radius of the uniform; of a normal, the standard deviation before its modulus is cut."""
    mass: float
    """That of the normal within the radius; 0 where it is the uniform."""


@dataclass(frozen=True)
class Lines:
    """The lines of a C-order tensor along one axis, each with as many zeros.

    Element i stands at place i // stride % length of line i // (stride * length) * stride + i % stride.
    """

    stride: int
    """Of the axis: the elements of all axes after it."""
    length: int
    zeros: int


Draw = Literal["uniform", "normal", "tail_normal", "disk", "zeros", "permuted"]
"""What an element is drawn from; a tail_normal is cut otherwise than about the middle."""


class ElementStream(Protocol):
    """A source of independent random elements, of which any stretch can be had at once."""

    def seconds(self, draw: Draw, itemsize: int) -> float:
        """Return the processor time that an element takes, about; `itemsize` is that of a real part."""
        ...

    def imaginary(self) -> ElementStream:
        """Return the stream of the same tensor's imaginary parts."""
        ...

    def part(self, view: View) -> ElementStream:
        """Return the stream of the elements in a view of this one's, which is that of a whole tensor."""
        ...

    def rounded(self, dtype: np.dtype[Any]) -> ElementStream:
        """Return the stream of the same numbers, of which those in float32 will be rounded to a narrower `dtype`.

        Bounds then hold after that rounding: the number of `dtype` nearest to a bound, and inside, stands for what
        would pass it.
        """
        ...

    def largest_normal(self, dtype: np.dtype[Any]) -> float:
        """Return the largest absolute value of N(0, 1) that it makes in float32 or float64, `dtype`."""
        ...

    def uniform(self, out: Elements, start: int, low: float, high: float) -> None:
        """Fill `out` (1-D, contiguous) with elements start, start + 1, ... of U[low, high)."""
        ...

    def normal(self, out: Elements, start: int, mean: float, std: float, cut: Cut | None = None) -> None:
        """Fill `out` likewise from N(mean, std), cut at the bounds of `cut`; `std` is that before."""
        ...

    def disk(self, out: ComplexElements, start: int, disk: Disk) -> None:
        """Fill `out` (1-D, contiguous, complex) likewise with numbers of modulus below the disk's radius."""
        ...


class Stream(ElementStream, Protocol):
    """The stream of one tensor, by which elements may depend on each other too."""

    def imaginary(self) -> Stream:
        """Return the stream of the same tensor's imaginary parts."""
        ...

    def mask(self) -> Stream:
        """Return the stream that decides which of the same tensor's elements are not zero."""
        ...

    def part(self, view: View) -> Stream:
        """Return the stream of the elements in a view of this one's, which is that of a whole tensor."""
        ...

    def permuted(self, lines: Indices, places: Indices, size: int) -> Indices:
        """Return where each of `places`, below `size`, stands in the random permutation of its line."""
        ...

    def put_zeros(self, out: Elements, start: int, lines: Lines) -> None:
        """Put zeros into `out`, elements start, start + 1, ..., at the random places that each line has them in."""
        ...
