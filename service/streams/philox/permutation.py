"""A random permutation of any size, of which any one place can be had without the others.

A Feistel network on pairs of numbers, one below each of two factors, permutes the numbers below their product;
following its cycle until a number is small enough permutes any smaller range (John Black, Phillip Rogaway, "Ciphers
with Arbitrary Finite Domains", CT-RSA 2002, doi:10.1007/3-540-45760-7_9, "generalised Feistel"). Its round function is
the finaliser of SplitMix64 (Guy L. Steele, Doug Lea, Christine H. Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014, doi:10.1145/2660193.2660195), keyed with a Philox block.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.compilation import inlined, kernel
from service.streams.philox.philox import IDENTITY, StreamIdentity, philox4x32

Places = NDArray[np.uint64]

ROUNDS = 16
"""With fewer, the permutations of five or six are not equally likely (`tests/streams/philox/test_permutation.py`)."""

_ZERO, _ONE, _HALF = np.uint64(0), np.uint64(1), np.uint64(32)
_MASK = np.uint64(0xFFFFFFFF)


@inlined
def _mixed(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inlined
def _below(bound: np.uint64, z: np.uint64) -> np.uint64:
    """Return a number below `bound` < 2**32, equally likely all but for 1 in 2**32 / bound."""
    return ((_mixed(z) >> _HALF) * bound) >> _HALF


@kernel(f"void(uint64[::1], uint64[::1], uint64, {IDENTITY}, uint64[::1])")
def permute(lines: Places, places: Places, size: np.uint64, identity: StreamIdentity, out: Places) -> None:
    """Put into `out` where each of `places` (below `size`) stands in the permutation of its line."""
    columns = np.uint64(np.ceil(np.sqrt(np.float64(size))))
    rows = (size + columns - _ONE) // columns
    line = _ZERO
    key, step = _ZERO, _ZERO
    for i in range(out.size):
        if i == 0 or lines[i] != line:
            line = lines[i]
            w0, w1, w2, w3 = philox4x32(line, line >> _HALF, identity[0], identity[1], identity[2], identity[3])
            key = (w0 & _MASK) | (w1 << _HALF)
            step = (w2 & _MASK) | (w3 << _HALF) | _ONE
        place = places[i]
        while True:
            left, right = place % columns, place // columns
            for r in range(0, ROUNDS, 2):
                left += _below(columns, right + key + np.uint64(r) * step)
                left -= columns if left >= columns else _ZERO
                right += _below(rows, left + key + np.uint64(r + 1) * step)
                right -= rows if right >= rows else _ZERO
            place = right * columns + left
            if place < size:
                break
        out[i] = place
