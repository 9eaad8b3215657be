"""Stream version 1 of one tensor: the kernels, and the words of the counter and the key that it gives them."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.rounding import representable
from service.arithmetic.truncation import truncate
from service.lazy import lazy
from service.streams.philox import fill
from service.streams.philox.disk import disk32, disk64
from service.streams.philox.pace import seconds
from service.streams.philox.permutation import permute
from service.streams.philox.quantile import LARGEST_32, LARGEST_64
from service.streams.philox.sparse import LONGEST, put_zeros
from service.streams.place import WHOLE, Stretch, stretches
from service.streams.stream import ComplexElements, Cut, Disk, Draw, Elements, Indices, Lines
from service.streams.view import View

_LARGEST_SINGLE = float(np.finfo(np.float32).max)

_MARGIN_32, _MARGIN_64 = 2.0**-22, 2.0**-49
"""Of a radius, what rounding the two parts cannot pass."""

_UNCUT = Cut(truncate(), -math.inf, math.inf)


_AT_ONCE = 2**14
"""Elements whose places in long lines are in memory at one time."""


@functools.lru_cache(maxsize=1024)
def _digest(name: str) -> int:
    """Return the bits that a name is known by."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "little")


class Purpose(IntEnum):
    """What the words of a stream serve; the odd number after a number's refines it to binary64."""

    REAL = 0
    IMAGINARY = 2
    PERMUTATION = 4
    MASK = 6


@dataclass(frozen=True)
class PhiloxStream:
    """Stream version 1 (`SPECIFICATION.md`) of one tensor: Philox4x32-10 keyed by seed and name."""

    seed: int
    name: str
    purpose: Purpose = Purpose.REAL
    view: View | None = None
    """The part of the tensor that is drawn; None for all of it."""
    rounded_to: np.dtype[Any] | None = None
    """What its float32 numbers will be rounded to; None where they are not."""

    @lazy
    def identity(self) -> tuple[int, int, int, int]:
        """Counter words 2 and 3 and the two key words."""
        digest, mask = _digest(self.name), 0xFFFFFFFF
        return digest & mask, digest >> 32 | self.purpose << 24, self.seed & mask, self.seed >> 32

    def imaginary(self) -> PhiloxStream:
        return replace(self, purpose=Purpose.IMAGINARY)

    def mask(self) -> PhiloxStream:
        return replace(self, purpose=Purpose.MASK)

    def part(self, view: View) -> PhiloxStream:
        return replace(self, view=view)

    def rounded(self, dtype: np.dtype[Any]) -> PhiloxStream:
        return replace(self, rounded_to=dtype)

    def seconds(self, draw: Draw, itemsize: int) -> float:
        return seconds(draw, itemsize, self.view)

    def largest_normal(self, dtype: np.dtype[Any]) -> float:
        return LARGEST_64 if dtype == np.float64 else LARGEST_32

    def uniform(self, out: Elements, start: int, low: float, high: float) -> None:
        clip = representable(low, high, self._stored(out.dtype), open_above=True)
        kernel = fill.uniform32 if out.dtype == np.float32 else fill.uniform64
        self._apply(kernel, out, start, (low, high), clip)

    def normal(self, out: Elements, start: int, mean: float, std: float, cut: Cut | None = None) -> None:
        cut = cut or _UNCUT
        clip = representable(cut.low, cut.high, self._stored(out.dtype))
        truncation = cut.truncation
        if out.dtype == np.float64:
            self._apply(fill.normal64, out, start, truncation.numbers, (mean, std), clip)
        elif cut is _UNCUT or (mean == 0.0 and std <= _LARGEST_SINGLE and truncation.suits_binary32):
            self._apply(fill.normal32, out, start, truncation.probability, (mean, std), clip)
        else:
            self._apply(fill.normal32_by_tails, out, start, truncation.numbers, (mean, std), clip)

    def disk(self, out: ComplexElements, start: int, disk: Disk) -> None:
        is_single = out.dtype == np.complex64
        kernel, margin = (disk32, _MARGIN_32) if is_single else (disk64, _MARGIN_64)
        identities = self.identity, self.imaginary().identity
        numbers = (disk.scale, disk.mass, disk.radius * (1.0 - margin))
        parts = out.view(np.float32 if is_single else np.float64)
        for stretch in self._stretches(start, out.size):
            part = parts[2 * stretch.begin : 2 * stretch.end]
            kernel(part, stretch.start, stretch.place, identities, numbers)

    def permuted(self, lines: Indices, places: Indices, size: int) -> Indices:
        out = np.empty(places.size, np.uint64)
        identity = replace(self, purpose=Purpose.PERMUTATION).identity
        permute(lines.astype(np.uint64), places.astype(np.uint64), size, identity, out)
        return out.astype(np.int64)

    def put_zeros(self, out: Elements, start: int, lines: Lines) -> None:
        if lines.length > LONGEST:
            self._put_zeros_in_long_lines(out, start, lines)
            return
        numbers = lines.stride, lines.length, lines.zeros
        PhiloxStream._apply(replace(self, purpose=Purpose.PERMUTATION), put_zeros, out, start, numbers)

    def _put_zeros_in_long_lines(self, out: Elements, start: int, lines: Lines) -> None:
        for done in range(0, out.size, _AT_ONCE):
            piece = out[done : done + _AT_ONCE]
            first, end = start + done, start + done + piece.size
            indices = np.arange(first, end) if self.view is None else self.view.indices(first, piece.size)
            rows, lanes = np.divmod(indices, lines.stride)
            stacks, places = np.divmod(rows, lines.length)
            piece[self.permuted(stacks * lines.stride + lanes, places, lines.length) < lines.zeros] = 0

    def _stored(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """Return the dtype whose numbers those of `dtype` become."""
        return self.rounded_to if self.rounded_to is not None and dtype == np.float32 else dtype

    def _apply(self, kernel: Callable[..., None], out: NDArray[Any], start: int, *numbers: tuple[float, ...]) -> None:
        for stretch in self._stretches(start, out.size):
            kernel(out[stretch.begin : stretch.end], stretch.start, stretch.place, self.identity, *numbers)

    def _stretches(self, start: int, count: int) -> Iterable[Stretch]:
        return (Stretch(0, count, start, WHOLE),) if self.view is None else stretches(self.view, start, count)
