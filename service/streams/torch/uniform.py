"""The kernels of torch's uniforms."""

from __future__ import annotations

import numpy as np

from service.arithmetic.arrays import Doubles, Singles
from service.compilation import bits_to_float64, fma32, fma64, inlined, kernel
from service.streams.mersenne_twister.twister import Words, read_words
from service.streams.place import PLACE, Place, locate

TILE = 1248
"""Words made at a time: two states."""

READER = "uint32[::1], UniTuple(int64, 2)"
"""In a kernel's signature: a state, its block, and the word that the tensor begins with."""

Reader = tuple[int, int]

_UNIT_32 = np.float32(2.0**-24)
_LOW_24 = np.uint32(0xFFFFFF)
_LOW_21 = np.uint32(0x1FFFFF)
_UNIT_64 = 2.0**-53
_TWO_32 = 2.0**32
_TWO_52 = np.int64(0x4330000000000000)
"""The bits of 2**52, whose low ones count units: AVX2 has no conversion of 64-bit integers."""


Interval = tuple[float, float, float, float]
"""Where a uniform begins, how far it goes, from which number on it is `low` again, and that in the tensor's dtype."""


@inlined
def unit32(word: np.uint32) -> np.float32:
    """One of 2**24 numbers in [0, 1), by the word's low bits."""
    return np.float32(np.float32(np.int32(word & _LOW_24)) * _UNIT_32)


@inlined
def unit64(high: np.uint32, low: np.uint32) -> float:
    """One of 2**53 numbers in [0, 1), by the low bits of the two words together."""
    upper = np.float64(np.int32(high & _LOW_21)) * _TWO_32
    lower = bits_to_float64(np.int64(low) | _TWO_52) - bits_to_float64(_TWO_52)
    return float((upper + lower) * _UNIT_64)


@kernel(f"void(float32[::1], int64, {PLACE}, {READER}, UniTuple(float32, 4))")
def uniform32(out: Singles, start: int, place: Place, state: Words, reader: Reader, interval: Interval) -> None:
    block, first = reader
    low, span, end, again = interval
    words = np.empty(TILE, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, np.uint64(start + done))
        count = min(TILE, left, out.size - done)
        block = read_words(state, block, first + int(np.int64(index)), count, words)
        part = out[done : done + count]
        for i in range(count):
            value = fma32(unit32(words[i]), span, low)
            part[i] = again if value >= end else value
        done += count


@kernel(f"void(float64[::1], int64, {PLACE}, {READER}, UniTuple(float64, 4))")
def uniform64(out: Doubles, start: int, place: Place, state: Words, reader: Reader, interval: Interval) -> None:
    block, first = reader
    low, span, end, again = interval
    words = np.empty(TILE, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, np.uint64(start + done))
        count = min(TILE // 2, left, out.size - done)
        block = read_words(state, block, first + 2 * int(np.int64(index)), 2 * count, words)
        part = out[done : done + count]
        for i in range(count):
            value = fma64(unit64(words[2 * i], words[2 * i + 1]), span, low)
            part[i] = again if value >= end else value
        done += count
