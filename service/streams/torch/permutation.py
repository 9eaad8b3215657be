"""torch's `randperm`, and the zeros that `sparse_` puts where it says."""

from __future__ import annotations

import numpy as np

from service.arithmetic.arrays import Integers
from service.compilation import called, kernel, kernels
from service.streams.mersenne_twister.generator import generator
from service.streams.mersenne_twister.twister import STATE_WORDS, Words, read_words
from service.streams.stream import Elements

LARGEST_PERMUTED = 2**32 // 20 - 1
"""Numbers that are permuted by words of 32 bits; more take words of 64 bits in torch."""

_AT_ONCE = 1248


@called
def _permute(order: Integers, state: Words, block: int, first: int, words: Words) -> int:
    """Put a permutation of 0, 1, ... into `order`: place i changes with place i + w mod (n - i)."""
    count = order.size
    for i in range(count):
        order[i] = i
    for begin in range(0, count - 1, _AT_ONCE):
        length = min(_AT_ONCE, count - 1 - begin)
        block = read_words(state, block, first + begin, length, words)
        for k in range(length):
            i = begin + k
            other = i + np.int64(words[k]) % (count - i)
            order[i], order[other] = order[other], order[i]
    return block


@kernel("void(int64[::1], uint32[::1], int64, int64)")
def _permutation(order: Integers, state: Words, block: int, first: int) -> None:
    _permute(order, state, block, first, np.empty(_AT_ONCE, np.uint32))


@kernels("void({0}[:, ::1], int64, uint32[::1], int64, int64)")
def _put_zeros(out: Elements, zeros: int, state: Words, block: int, first: int) -> None:
    rows, columns = out.shape
    order, words = np.empty(rows, np.int64), np.empty(_AT_ONCE, np.uint32)
    for column in range(columns):
        block = _permute(order, state, block, first, words)
        first += max(rows - 1, 0)
        for i in range(zeros):
            out[order[i], column] = 0.0


def permutation(seed: int, first: int, count: int) -> Integers:
    """Return `randperm(count)` from word `first` on: it takes count - 1 words."""
    order = np.empty(count, np.int64)
    block = first // STATE_WORDS
    _permutation(order, generator(seed).state_of(block), block, first)
    return order


def put_zeros(out: Elements, zeros: int, seed: int, first: int) -> None:
    """Put zeros into each column of a matrix, at the first `zeros` places of a permutation of its rows."""
    block = first // STATE_WORDS
    _put_zeros(out, zeros, generator(seed).state_of(block), block, first)
