"""Where the elements of a view lie in its tensor, for the kernels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from service.compilation import inlined
from service.streams.view import View

Place = tuple[int, int, int, int, int, int, int, int]
"""An offset, the length of a run of neighbours, then length and stride of three outer levels, the innermost first.

A tuple, and indexed by constants only: a reference to an array is counted atomically, which waits for all
stores under way, and a variable index puts the whole tuple into memory.
"""

PLACE = "UniTuple(int64, 8)"
"""`Place` in a kernel's signature."""

WHOLE: Place = (0, 2**62, 1, 0, 1, 0, 1, 0)
"""A tensor itself, of any size."""

_LEVELS = 4
"""A run and three outer levels: any part of a matrix, and of a stack of them, is one `Place`."""


@dataclass(frozen=True)
class Stretch:
    """Elements `begin` ... `end` of what is to be filled: those of `place` from `start` on."""

    begin: int
    end: int
    start: int
    place: Place


def stretches(view: View, start: int, count: int) -> Iterator[Stretch]:
    """Yield elements start ... start + count of `view` in as few stretches as there can be."""
    outer, inner = view.levels[:-_LEVELS], view.levels[-_LEVELS:]
    block = math.prod(length for length, _ in inner)
    done = 0
    while done < count:
        index, skipped = divmod(start + done, block)
        end = min(done + block - skipped, count)
        yield Stretch(done, end, skipped, _place(view.offset + _offset(outer, index), inner))
        done = end


def stretch_length(view: View) -> int:
    """Return how many elements of a view most of its stretches have; 0 where one stretch has all."""
    if len(view.levels) <= _LEVELS:
        return 0
    return math.prod(length for length, _ in view.levels[-_LEVELS:])


def _offset(levels: Sequence[tuple[int, int]], index: int) -> int:
    total = 0
    for length, stride in reversed(levels):
        index, digit = divmod(index, length)
        total += digit * stride
    return total


def _place(offset: int, levels: Sequence[tuple[int, int]]) -> Place:
    *outer, (run, _) = levels
    (l1, s1), (l2, s2), (l3, s3) = [*reversed(outer), *[(1, 0)] * (_LEVELS - len(levels))]
    return offset, run, l1, s1, l2, s2, l3, s3


@inlined
def locate(place: Place, position: np.uint64) -> tuple[np.uint64, int]:
    """Return which element of the tensor element `position` of a place is, and how many neighbours begin with it."""
    rest = np.int64(position)
    row = rest // place[1]
    column = rest - row * place[1]
    index = place[0] + column
    outer = row // place[2]
    index += (row - outer * place[2]) * place[3]
    outermost = outer // place[4]
    index += (outer - outermost * place[4]) * place[5]
    index += outermost % place[6] * place[7]
    return np.uint64(index), int(place[1] - column)
