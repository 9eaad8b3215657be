"""A rectangular part of a tensor, as the elements that it takes and their order."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.lazy import lazy


@dataclass(frozen=True)
class View:
    """What NumPy's basic slicing makes of a C-order tensor: `offset` and `strides` count its elements.

    Element (i, j, ...) of the view is element offset + i * strides[0] + j * strides[1] + ... of the tensor.
    """

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @lazy
    def levels(self) -> tuple[tuple[int, int], ...]:
        """Length and stride of each of the fewest axes that give the same elements, a run of neighbours last."""
        merged = [(1, 1)]
        for length, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            inner, inner_stride = merged[-1]
            if stride == inner * inner_stride:
                merged[-1] = (length * inner, inner_stride)
            elif length != 1:
                merged.append((length, stride))
        return tuple(reversed(merged))

    def indices(self, start: int, count: int) -> NDArray[np.int64]:
        """Return which elements of the tensor elements start ... start + count of the view are, in C order."""
        position = np.arange(start, start + count, dtype=np.int64)
        found = np.full(count, self.offset, np.int64)
        for length, stride in reversed(self.levels):
            position, digit = np.divmod(position, length)
            found += digit * stride
        return found
