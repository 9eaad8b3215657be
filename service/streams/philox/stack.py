"""Stream version 1 of the tensors of several names, end to end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.lazy import lazy
from service.streams.philox import each, fill
from service.streams.philox.each import Counters
from service.streams.philox.elements import Kernel, PhiloxElements, Purpose
from service.streams.philox.stream import PhiloxStream
from service.streams.place import WHOLE, Place, stretches
from service.streams.stream import ComplexElements, Disk
from service.streams.view import View

_EACH: Mapping[Kernel, Kernel] = {fill.uniform32: each.uniform32, fill.normal32: each.normal32}
"""Kernels of many tensors, by that of a single one; others are called for each."""

_NAME_BITS = np.uint32(0xFFFFFF)
"""Of counter word 3, that the name decides."""


@dataclass(frozen=True, eq=False)
class PhiloxStack(PhiloxElements):
    """The streams of several tensors of one seed and one size: element i is element i % size of tensor i // size."""

    seed: int
    names: tuple[str, ...]
    size: int
    """Elements of each, in the view where there is one."""
    purpose: Purpose = Purpose.REAL

    def part(self, view: View) -> PhiloxStack:
        return replace(self, view=view, size=view.size)

    def imaginary(self) -> PhiloxStack:
        return replace(self, purpose=Purpose.IMAGINARY)

    def disk(self, out: ComplexElements, start: int, disk: Disk) -> None:
        for begin, end, first, stream in self._each(start, out.size):
            stream.disk(out[begin:end], first, disk)

    def _apply(self, kernel: Kernel, out: NDArray[Any], start: int, *numbers: tuple[float, ...]) -> None:
        if out.size == 0:
            return
        of_all, place = _EACH.get(kernel), self._place
        if of_all is not None and place is not None:
            of_all(out, start, self.size, place, self._counters, self._key, *numbers)
            return
        for begin, end, first, stream in self._each(start, out.size):
            stream._apply(kernel, out[begin:end], first, *numbers)  # noqa: SLF001 (of the same family)

    def _each(self, start: int, count: int) -> Iterator[tuple[int, int, int, PhiloxStream]]:
        """Yield begin and end of each tensor among `count` elements, the first of its own, and its stream."""
        done = 0
        while done < count:
            tensor, first = divmod(start + done, self.size)
            end = min(done + self.size - first, count)
            name, view, rounded_to = self.names[tensor], self.view, self.rounded_to
            yield done, end, first, PhiloxStream(self.seed, name, self.purpose, view=view, rounded_to=rounded_to)
            done = end

    @lazy
    def _place(self) -> Place | None:
        """Where the elements of each lie in its tensor; None where that takes several places."""
        if self.view is None:
            return WHOLE
        parts = list(stretches(self.view, 0, self.size))
        return parts[0].place if len(parts) == 1 else None

    @lazy
    def _counters(self) -> Counters:
        """Counter words 2 and 3 of each, as `PhiloxStream.identity` has them."""
        digests = b"".join([hashlib.sha256(name.encode()).digest() for name in self.names])
        counters = np.frombuffer(digests, "<u4").reshape(len(self.names), 8)[:, :2].astype(np.uint32)
        counters[:, 1] = counters[:, 1] & _NAME_BITS | np.uint32(self.purpose << 24)
        return counters

    @property
    def _key(self) -> tuple[int, int]:
        return self.seed & 0xFFFFFFFF, self.seed >> 32
