"""The Mersenne Twister MT19937: its state, and the words that are made of it.

Matsumoto and Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed uniform pseudo-random number generator",
ACM Transactions on Modeling and Computer Simulation 8 (1998), https://doi.org/10.1145/272991.272995, with the seeding
by one number of their version of 2002-01-26. A state is 624 words of 32 bits; each twist makes the next 624 words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, inlined, kernel

Words = NDArray[np.uint32]

STATE_WORDS = 624
"""Words of a state, and of a block: the words that are made from one."""
_MIDDLE = 397
_MATRIX = np.uint32(0x9908B0DF)
_UPPER, _LOWER = np.uint32(0x80000000), np.uint32(0x7FFFFFFF)
_SEEDING = np.uint32(1812433253)
_ZERO, _ONE = np.uint32(0), np.uint32(1)
_THIRTY, _ELEVEN, _SEVEN, _FIFTEEN, _EIGHTEEN = (np.uint32(n) for n in (30, 11, 7, 15, 18))
_TEMPERING_B, _TEMPERING_C = np.uint32(0x9D2C5680), np.uint32(0xEFC60000)


@kernel("void(uint32, uint32[::1])")
def seed_state(seed: int, state: Words) -> None:
    """Put into `state` what a seed makes, before the first twist: s[j] = 1812433253 (s[j-1] ^ s[j-1] >> 30) + j."""
    state[0] = seed
    for j in range(1, STATE_WORDS):
        before = state[j - 1]
        state[j] = np.uint32(_SEEDING * np.uint32(before ^ (before >> _THIRTY))) + np.uint32(j)


@inlined
def _mixed(high: np.uint32, low: np.uint32) -> np.uint32:
    joined = (high & _UPPER) | (low & _LOWER)
    return np.uint32((joined >> _ONE) ^ (np.uint32(_ZERO - (low & _ONE)) & _MATRIX))


@called
def twist(state: Words) -> None:
    """Go on to the next state."""
    for k in range(STATE_WORDS - _MIDDLE):
        state[k] = state[k + _MIDDLE] ^ _mixed(state[k], state[k + 1])
    for k in range(STATE_WORDS - _MIDDLE, STATE_WORDS - 1):
        state[k] = state[k + _MIDDLE - STATE_WORDS] ^ _mixed(state[k], state[k + 1])
    state[STATE_WORDS - 1] = state[_MIDDLE - 1] ^ _mixed(state[STATE_WORDS - 1], state[0])


@inlined
def tempered(word: np.uint32) -> np.uint32:
    """Return what a word of a state leaves as."""
    word = np.uint32(word ^ (word >> _ELEVEN))
    word = np.uint32(word ^ (np.uint32(word << _SEVEN) & _TEMPERING_B))
    word = np.uint32(word ^ (np.uint32(word << _FIFTEEN) & _TEMPERING_C))
    return np.uint32(word ^ (word >> _EIGHTEEN))


@kernel("void(uint32[::1], int64)")
def advance(state: Words, twists: int) -> None:
    """Go on by so many states."""
    for _ in range(twists):
        twist(state)


@called
def read_words(state: Words, block: int, first: int, count: int, out: Words) -> int:
    """Put words first, first + 1, ... of the generator into `out`, and return the block of the last.

    `state` is that of `block`, which no word stands before; it becomes that of the block that is returned.
    """
    done = 0
    while done < count:
        wanted = (first + done) // STATE_WORDS
        while block < wanted:
            twist(state)
            block += 1
        at = first + done - wanted * STATE_WORDS
        length = min(STATE_WORDS - at, count - done)
        # As arrays of their own, whose loop is made of vectors.
        part, wanted_part = state[at : at + length], out[done : done + length]
        for k in range(length):
            wanted_part[k] = tempered(part[k])
        done += length
    return block


@kernel("void(uint32[::1], int64, int64, uint32[::1])")
def write_words(state: Words, block: int, first: int, out: Words) -> None:
    """Put words first, first + 1, ... into `out`; `state` is that of `block`, which no word stands before."""
    read_words(state, block, first, out.size, out)
