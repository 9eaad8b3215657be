"""Some axes of a tensor, taken as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.lazy import lazy

Shape = tuple[int, ...]
"""The sizes of a tensor's axes."""


@dataclass(frozen=True)
class AxisGroup:
    """Axes of a C-order tensor that count as one, the last of them fastest: a place along it is one number."""

    axes: Shape
    """Which of the tensor's axes, ascending."""
    sizes: Shape
    strides: Shape
    """The distance between neighbours along each axis, in elements."""

    @classmethod
    def of(cls, shape: Shape, axes: Shape) -> AxisGroup:
        """Return the group of some axes of a shape."""
        if not axes:
            return _NO_AXES
        strides = tuple(math.prod(shape[axis + 1 :]) for axis in axes)
        return cls(axes, tuple(shape[axis] for axis in axes), strides)

    @lazy
    def size(self) -> int:
        """The number of places; 1 of no axes."""
        return math.prod(self.sizes)

    @lazy
    def levels(self) -> tuple[tuple[int, int], ...]:
        """Stride and size of each of the fewest axes with the same places, the fastest last, none of size 1."""
        merged: list[tuple[int, int]] = []
        for size, stride in zip(self.sizes, self.strides, strict=True):
            if size == 1:
                continue
            if merged and merged[-1][0] == size * stride:
                merged[-1] = (stride, size * merged[-1][1])
            else:
                merged.append((stride, size))
        return tuple(merged)

    @property
    def stride(self) -> int | None:
        """The distance between neighbours; None where it is not the same everywhere, 1 where there are none."""
        if len(self.levels) > 1:
            return None
        return self.levels[0][0] if self.levels else 1

    def place(self, coordinates: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """Return where elements stand along the group, by their coordinates in the tensor, an array for each axis."""
        found = np.zeros_like(coordinates[0])
        for axis, size in zip(self.axes, self.sizes, strict=True):
            found = found * size + coordinates[axis]
        return found

    def place_of(self, elements: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where elements stand along the group, by their indices in the tensor."""
        found = np.zeros_like(elements)
        for stride, size in self.levels:
            found = found * size + elements // stride % size
        return found

    def offsets(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how far from the tensor's first element each place along the group is."""
        found, rest = np.zeros_like(places), places
        for stride, size in reversed(self.levels):
            rest, digit = np.divmod(rest, size)
            found = found + digit * stride
        return found


_NO_AXES = AxisGroup((), (), ())
