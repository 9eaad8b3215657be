"""The kernels that write tensors of several names end to end, all of one size: each tensor by its own kernel.

The stretch is elements `start ... start + out.size` of all; element i is element i % size of tensor i // size. Row t of
`counters` has counter words 2 and 3 of tensor t, and `key` the two key words of all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Singles
from service.compilation import kernel
from service.streams.philox import fill
from service.streams.philox.fill import Pair, Pair32
from service.streams.philox.philox import Word
from service.streams.place import PLACE, Place

Counters = NDArray[np.uint32]
Key = tuple[Word, Word]

_STREAMS = "uint32[:, ::1], UniTuple(uint64, 2)"
_PAIR = "UniTuple(float64, 2)"
_PAIR_32 = "UniTuple(float32, 2)"


@kernel(f"void(float32[::1], int64, int64, {PLACE}, {_STREAMS}, {_PAIR}, {_PAIR_32})")
def uniform32(
    out: Singles, start: int, size: int, place: Place, counters: Counters, key: Key, interval: Pair, clip: Pair32
) -> None:
    tensor = start // size
    skipped = start - tensor * size
    done = 0
    while done < out.size:
        count = min(size - skipped, out.size - done)
        identity = (np.uint64(counters[tensor, 0]), np.uint64(counters[tensor, 1]), key[0], key[1])
        fill.uniform32(out[done : done + count], np.uint64(skipped), place, identity, interval, clip)
        done += count
        tensor += 1
        skipped = 0


@kernel(f"void(float32[::1], int64, int64, {PLACE}, {_STREAMS}, {_PAIR}, {_PAIR_32}, {_PAIR_32})")
def normal32(
    out: Singles,
    start: int,
    size: int,
    place: Place,
    counters: Counters,
    key: Key,
    probability: Pair,
    affine: Pair32,
    clip: Pair32,
) -> None:
    tensor = start // size
    skipped = start - tensor * size
    done = 0
    while done < out.size:
        count = min(size - skipped, out.size - done)
        identity = (np.uint64(counters[tensor, 0]), np.uint64(counters[tensor, 1]), key[0], key[1])
        fill.normal32(out[done : done + count], np.uint64(skipped), place, identity, probability, affine, clip)
        done += count
        tensor += 1
        skipped = 0
