"""What a scheme may ask of randomness: uniforms and normals of a stretch of elements.

A scheme knows only the `Stream` protocol, so that other streams (a framework's own) can stand beside
Philox under names of their own.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from service.streams import fill
from service.streams.permutation import permute
from service.streams.place import WHOLE, stretches
from service.streams.truncation import Truncation, truncate
from service.streams.view import View

Values = NDArray[np.float32] | NDArray[np.float64]

Indices = NDArray[np.int64]

LARGEST_SEED = 2**64 - 1

_LARGEST_SINGLE = float(np.finfo(np.float32).max)


class Purpose(IntEnum):
    """What the words of a stream serve; the odd number after a number's refines it to binary64."""

    REAL = 0
    IMAGINARY = 2
    PERMUTATION = 4
    MASK = 6


def representable(low: float, high: float, dtype: np.dtype[Any], open_above: bool = False) -> tuple[Any, Any]:
    """Return the least and greatest numbers of `dtype` within [low, high], or [low, high) when open.

    Raises ValueError when there are none.
    """
    least, greatest = dtype.type(low), dtype.type(high)
    # As Python floats: NumPy would round `low` and `high` to float32 before comparing.
    if float(least) < low:
        least = np.nextafter(least, dtype.type(math.inf))
    if float(greatest) > high or (open_above and float(greatest) == high):
        greatest = np.nextafter(greatest, dtype.type(-math.inf))
    if least > greatest:
        raise ValueError(f"no {dtype.name} number lies between {low!r} and {high!r}")
    return least, greatest


@dataclass(frozen=True)
class Cut:
    """A truncation of a normal: its numbers in sigmas, and the bounds in the tensor's own units."""

    truncation: Truncation
    low: float
    high: float


_UNCUT = Cut(truncate(), -math.inf, math.inf)


class Stream(Protocol):
    """A source of random elements, of which any stretch can be had at once."""

    @property
    def version(self) -> str:
        """The name that stands as `stream` in every canonical URL."""
        ...

    def imaginary(self) -> Stream:
        """Return the stream of the same tensor's imaginary parts."""
        ...

    def mask(self) -> Stream:
        """Return the stream that decides which of the same tensor's elements are not zero."""
        ...

    def part(self, view: View) -> Stream:
        """Return the stream of the elements in a view of this one's, which is that of a whole tensor."""
        ...

    def uniform(self, out: Values, start: int, low: float, high: float) -> None:
        """Fill `out` (1-D, contiguous) with elements start, start + 1, ... of U[low, high)."""
        ...

    def normal(self, out: Values, start: int, mean: float, std: float, cut: Cut | None = None) -> None:
        """Fill `out` likewise from N(mean, std), cut at the bounds of `cut`; `std` is that before."""
        ...

    def permuted(self, lines: Indices, places: Indices, size: int) -> Indices:
        """Return where each of `places`, below `size`, stands in the random permutation of its line."""
        ...


@dataclass(frozen=True)
class PhiloxStream:
    """Stream version 1 (`SPECIFICATION.md`) of one tensor: Philox4x32-10 keyed by seed and name."""

    seed: int
    name: str
    purpose: Purpose = Purpose.REAL
    view: View | None = None
    """The part of the tensor that is drawn; None for all of it."""

    @property
    def version(self) -> str:
        return "1"

    @property
    def identity(self) -> tuple[int, int, int, int]:
        """Counter words 2 and 3 and the two key words."""
        digest = int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:7], "little")
        mask = 0xFFFFFFFF
        return digest & mask, digest >> 32 | self.purpose << 24, self.seed & mask, self.seed >> 32

    def imaginary(self) -> PhiloxStream:
        return replace(self, purpose=Purpose.IMAGINARY)

    def mask(self) -> PhiloxStream:
        return replace(self, purpose=Purpose.MASK)

    def part(self, view: View) -> PhiloxStream:
        return replace(self, view=view)

    def uniform(self, out: Values, start: int, low: float, high: float) -> None:
        clip = representable(low, high, out.dtype, open_above=True)
        kernel = fill.uniform32 if out.dtype == np.float32 else fill.uniform64
        self._apply(kernel, out, start, (low, high), clip)

    def normal(self, out: Values, start: int, mean: float, std: float, cut: Cut | None = None) -> None:
        cut = cut or _UNCUT
        clip = representable(cut.low, cut.high, out.dtype)
        truncation = cut.truncation
        if out.dtype == np.float64:
            self._apply(fill.normal64, out, start, truncation.numbers, (mean, std), clip)
        elif cut is _UNCUT or (mean == 0.0 and std <= _LARGEST_SINGLE and truncation.suits_binary32):
            self._apply(fill.normal32, out, start, truncation.probability, (mean, std), clip)
        else:
            self._apply(fill.normal32_by_tails, out, start, truncation.numbers, (mean, std), clip)

    def permuted(self, lines: Indices, places: Indices, size: int) -> Indices:
        out = np.empty(places.size, np.uint64)
        identity = replace(self, purpose=Purpose.PERMUTATION).identity
        permute(lines.astype(np.uint64), places.astype(np.uint64), size, identity, out)
        return out.astype(np.int64)

    def _apply(self, kernel: Callable[..., None], out: Values, start: int, *numbers: tuple[float, ...]) -> None:
        if self.view is None:
            kernel(out, start, WHOLE, self.identity, *numbers)
            return
        for stretch in stretches(self.view, start, out.size):
            kernel(out[stretch.begin : stretch.end], stretch.start, stretch.place, self.identity, *numbers)
