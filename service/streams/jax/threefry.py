"""Threefry-2x32-20, the counter-based generator of Salmon, Moraes, Dror and Shaw (SC'11), as JAX counts.

"Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405. A bijection of a 64-bit counter (two
32-bit words) under a 64-bit key (two words), twenty rounds. With `jax_threefry_partitionable`, JAX's default, the
counter is an element's index in C order, its high word first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, inlined, kernel

Words = NDArray[np.uint32]

Key = tuple[np.uint32, np.uint32]

KEY = "UniTuple(uint32, 2)"
"""`Key` in a kernel's signature."""

_PARITY = np.uint32(0x1BD11BDA)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_CARRY = np.uint64(1 << 32)
_WIDTH = np.uint32(32)


@inlined
def _mix(x0: np.uint32, x1: np.uint32, distance: int) -> tuple[np.uint32, np.uint32]:
    total = np.uint32(x0 + x1)
    rotated = np.uint32(np.uint32(x1 << np.uint32(distance)) | np.uint32(x1 >> np.uint32(_WIDTH - np.uint32(distance))))
    return total, np.uint32(rotated ^ total)


@inlined
def _mix_four(x0: np.uint32, x1: np.uint32, distances: tuple[int, int, int, int]) -> tuple[np.uint32, np.uint32]:
    x0, x1 = _mix(x0, x1, distances[0])
    x0, x1 = _mix(x0, x1, distances[1])
    x0, x1 = _mix(x0, x1, distances[2])
    return _mix(x0, x1, distances[3])


@inlined
def threefry2x32(x0: np.uint32, x1: np.uint32, key: Key) -> tuple[np.uint32, np.uint32]:
    """Return the two words of one counter."""
    k0, k1 = key
    k2 = np.uint32(np.uint32(k0 ^ k1) ^ _PARITY)
    x0, x1 = _mix_four(np.uint32(x0 + k0), np.uint32(x1 + k1), (13, 15, 26, 6))
    x0, x1 = _mix_four(np.uint32(x0 + k1), np.uint32(x1 + np.uint32(k2 + np.uint32(1))), (17, 29, 16, 24))
    x0, x1 = _mix_four(np.uint32(x0 + k2), np.uint32(x1 + np.uint32(k0 + np.uint32(2))), (13, 15, 26, 6))
    x0, x1 = _mix_four(np.uint32(x0 + k0), np.uint32(x1 + np.uint32(k1 + np.uint32(3))), (17, 29, 16, 24))
    x0, x1 = _mix_four(np.uint32(x0 + k1), np.uint32(x1 + np.uint32(k2 + np.uint32(4))), (13, 15, 26, 6))
    return np.uint32(x0 + k2), np.uint32(x1 + np.uint32(k0 + np.uint32(5)))


@inlined
def _below_carry(low: np.uint64, count: int) -> int:
    """Return as many of `count` elements as share the high half of their indices."""
    return min(count, np.int64(_CARRY - low))  # type: ignore[return-value]


@called
def write_words(words: Words, index: np.uint64, count: int, key: Key) -> int:
    """Write the 32-bit words of elements index ... index + count, or fewer; return how many."""
    high, low = np.uint32(index >> _HALF), index & _LOW
    count = _below_carry(low, count)
    first = np.uint32(low)
    for i in range(count):
        x0, x1 = threefry2x32(high, np.uint32(first + np.uint32(i)), key)
        words[i] = np.uint32(x0 ^ x1)
    return count


@called
def write_pairs(highs: Words, lows: Words, index: np.uint64, count: int, key: Key) -> int:
    """Write the high and the low halves of their 64-bit words likewise."""
    high, low = np.uint32(index >> _HALF), index & _LOW
    count = _below_carry(low, count)
    first = np.uint32(low)
    for i in range(count):
        x0, x1 = threefry2x32(high, np.uint32(first + np.uint32(i)), key)
        highs[i] = x0
        lows[i] = x1
    return count


@kernel(f"{KEY}(uint32, uint32, {KEY})")
def threefry(x0: np.uint32, x1: np.uint32, key: Key) -> tuple[np.uint32, np.uint32]:
    """Return the two words of one counter."""
    return threefry2x32(x0, x1, key)
