"""Stream version 1 of one tensor: the kernels, and the words of the counter and the key that it gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.lazy import lazy
from service.streams.philox.disk import disk32, disk64
from service.streams.philox.elements import Kernel, PhiloxElements, Purpose
from service.streams.philox.permutation import permute
from service.streams.philox.sparse import LONGEST, put_zeros
from service.streams.place import WHOLE, Stretch, stretches
from service.streams.stream import ComplexElements, Disk, Elements, Indices, Lines

_MARGIN_32, _MARGIN_64 = 2.0**-22, 2.0**-49
"""Of a radius, what rounding the two parts cannot pass."""

_AT_ONCE = 2**14
"""Elements whose places in long lines are in memory at one time."""


@dataclass(frozen=True)
class PhiloxStream(PhiloxElements):
    """Stream version 1 (`SPECIFICATION.md`) of one tensor: Philox4x32-10 keyed by seed and name."""

    seed: int
    name: str
    purpose: Purpose = Purpose.REAL

    @lazy
    def identity(self) -> tuple[int, int, int, int]:
        """Counter words 2 and 3 and the two key words."""
        digest = int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:7], "little")
        mask = 0xFFFFFFFF
        return digest & mask, digest >> 32 | self.purpose << 24, self.seed & mask, self.seed >> 32

    def imaginary(self) -> PhiloxStream:
        return replace(self, purpose=Purpose.IMAGINARY)

    def mask(self) -> PhiloxStream:
        return replace(self, purpose=Purpose.MASK)

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

    def _apply(self, kernel: Kernel, out: NDArray[Any], start: int, *numbers: tuple[float, ...]) -> None:
        for stretch in self._stretches(start, out.size):
            kernel(out[stretch.begin : stretch.end], stretch.start, stretch.place, self.identity, *numbers)

    def _stretches(self, start: int, count: int) -> Iterable[Stretch]:
        return (Stretch(0, count, start, WHOLE),) if self.view is None else stretches(self.view, start, count)
