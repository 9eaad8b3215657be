"""PCG64, the generator under NumPy's `default_rng`, of which any word can be had at once.

O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number Generation"
(HMC-CS-2014-0905): a linear congruential generator of 128 bits, s' = s a + c, whose output is XSL-RR, the exclusive or
of the halves of s', turned right by its upper six bits. It jumps by Brown's doubling ("Random Number Generation with
Arbitrary Strides", 1994).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Doubles, Singles
from service.compilation import called, kernel, multiply_high
from service.streams.place import PLACE, Place, locate

Half = np.uint64
"""64 bits of a number of 128, which are held as two: the upper ones first."""

_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_UPPER, _LOWER = np.uint64(_MULTIPLIER >> 64), np.uint64(_MULTIPLIER & (2**64 - 1))
_0, _1 = np.uint64(0), np.uint64(1)
_HALF, _32, _58, _63 = np.uint64(2**32 - 1), np.uint64(32), np.uint64(58), np.uint64(63)
_SPARE_64, _SPARE_32 = np.uint64(11), np.uint64(8)
"""The bits of a word, and of half of one, that a uniform number does without."""
_UNIT_64, _UNIT_32 = 2.0**-53, np.float32(2.0**-24)

Pcg64State = tuple[Half, Half, Half, Half]
"""The state before a word, and what is added in each step; both of 128 bits."""

STATE = "UniTuple(uint64, 4)"
"""`Pcg64State` in a kernel's signature."""


def state_of(generator: np.random.PCG64) -> Pcg64State:
    """Return the state of one of NumPy's generators."""
    numbers = generator.state["state"]
    upper, lower = divmod(int(numbers["state"]), 2**64)
    increment_upper, increment_lower = divmod(int(numbers["inc"]), 2**64)
    return np.uint64(upper), np.uint64(lower), np.uint64(increment_upper), np.uint64(increment_lower)


def state_after(state: Pcg64State, words: int) -> Pcg64State:
    """Return the state after so many words, below 2^64."""
    halves = np.empty(2, np.uint64)
    jump(halves, words, state)
    return halves[0], halves[1], state[2], state[3]


@called
def _multiplied(a: Half, b: Half, c: Half, d: Half) -> tuple[Half, Half]:
    """Return the lower 128 bits of a product, that of a, b and of c, d."""
    return multiply_high(b, d) + a * d + b * c, b * d


@called
def _added(a: Half, b: Half, c: Half, d: Half) -> tuple[Half, Half]:
    lower = b + d
    return a + c + (_1 if lower < b else _0), lower


@called
def _jumped(state: tuple[Half, Half, Half, Half], words: Half) -> tuple[Half, Half]:
    """Return s A + C, where A = a^n and C = c (a^(n - 1) + ... + 1), both by doubling n."""
    a, b = _0, _1
    c, d = _0, _0
    e, f = _UPPER, _LOWER
    g, h = state[2], state[3]
    while words > _0:
        if words & _1:
            a, b = _multiplied(a, b, e, f)
            c, d = _multiplied(c, d, e, f)
            c, d = _added(c, d, g, h)
        i, j = _added(e, f, _0, _1)
        g, h = _multiplied(i, j, g, h)
        e, f = _multiplied(e, f, e, f)
        words >>= _1
    a, b = _multiplied(a, b, state[0], state[1])
    return _added(a, b, c, d)


@called
def _stepped(upper: Half, lower: Half, state: Pcg64State) -> tuple[Half, Half]:
    upper, lower = _multiplied(upper, lower, _UPPER, _LOWER)
    return _added(upper, lower, state[2], state[3])


@called
def _word(upper: Half, lower: Half) -> Half:
    mixed, turn = upper ^ lower, upper >> _58
    return (mixed >> turn) | (mixed << ((_0 - turn) & _63))


@kernel(f"void(uint64[::1], uint64, {STATE})")
def jump(halves: NDArray[np.uint64], words: Half, state: Pcg64State) -> None:
    """Put the halves of the state after so many words into an array."""
    halves[0], halves[1] = _jumped(state, words)


@kernel(f"void(float64[::1], uint64, {PLACE}, {STATE})")
def uniform64(out: Doubles, start: Half, place: Place, state: Pcg64State) -> None:
    """Fill `out` with elements start, start + 1, ... of a place: the upper 53 bits of a word each, 2^-53 apart."""
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        upper, lower = _jumped(state, index)
        end = done + min(left, out.size - done)
        for i in range(done, end):
            upper, lower = _stepped(upper, lower, state)
            out[i] = np.float64(np.int64(_word(upper, lower) >> _SPARE_64)) * _UNIT_64
        done = end


@kernel(f"void(float32[::1], uint64, {PLACE}, {STATE}, int64)")
def uniform32(out: Singles, start: Half, place: Place, state: Pcg64State, cached: int) -> None:
    """Fill `out` likewise from halves of words, the lower one first: the upper 24 bits of each, 2^-24 apart.

    `cached` is the half before the first word, which is element 0; -1 for none.
    """
    before = 0 if cached < 0 else 1
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        end = done + min(left, out.size - done)
        if before == 1 and index == _0:
            out[done] = np.float32(np.int64(cached) >> np.int64(8)) * _UNIT_32
            done += 1
            index += _1
        half = index - np.uint64(before)
        upper, lower = _jumped(state, half >> _1)
        word = _0
        if half & _1:
            upper, lower = _stepped(upper, lower, state)
            word = _word(upper, lower) >> _32
        for i in range(done, end):
            if half & _1 == _0:
                upper, lower = _stepped(upper, lower, state)
                word = _word(upper, lower)
            out[i] = np.float32(np.int64((word & _HALF) >> _SPARE_32)) * _UNIT_32
            word >>= _32
            half += _1
        done = end
