"""Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (SC'11).

"Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405. A bijection of a
128-bit counter (four 32-bit words) under a 64-bit key (two words), ten rounds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, inlined, kernel

# Words are held as uint64 and masked: with uint32 variables LLVM does not vectorise the products.
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)

WORDS_PER_BLOCK = 4

Word = np.uint64
Words = NDArray[np.uint32]
StreamIdentity = tuple[Word, Word, Word, Word]
"""The words that are the same for a whole tensor: counter words 2 and 3, key words 0 and 1."""

IDENTITY = "UniTuple(uint64, 4)"
"""`StreamIdentity` in a kernel's signature."""


@inlined
def philox4x32(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    """Return the four words of one counter in the lower halves of uint64, whose upper halves say nothing."""
    for _ in range(10):
        # These masks cost nothing: processors have the product of the lower halves of two lanes.
        product_0 = (c0 & _MASK) * _MULTIPLIER_0
        product_1 = (c2 & _MASK) * _MULTIPLIER_1
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c1 = product_1
        c3 = product_0
        k0 += _WEYL_0
        k1 += _WEYL_1
    return c0, c1, c2, c3


@inlined
def write_blocks(words: Words, first_block: Word, blocks: int, identity: StreamIdentity) -> None:
    """Write the words of `blocks` consecutive counters to the uint32 array `words`."""
    for b in range(blocks):
        block = first_block + np.uint64(b)
        w0, w1, w2, w3 = philox4x32(block, block >> _HALF, identity[0], identity[1], identity[2], identity[3])
        words[4 * b] = np.uint32(w0)
        words[4 * b + 1] = np.uint32(w1)
        words[4 * b + 2] = np.uint32(w2)
        words[4 * b + 3] = np.uint32(w3)


@called
def write_run(words: Words, index: Word, count: int, identity: StreamIdentity) -> int:
    """Write the blocks that hold elements index ... index + count; return where the words of those begin."""
    skipped = int(index % np.uint64(WORDS_PER_BLOCK))
    blocks = (skipped + count + WORDS_PER_BLOCK - 1) // WORDS_PER_BLOCK
    write_blocks(words, index // np.uint64(WORDS_PER_BLOCK), blocks, identity)
    return skipped


@kernel("void(uint32[::1], uint64, " + IDENTITY + ")")
def fill_words(out: Words, first_block: Word, identity: StreamIdentity) -> None:
    """Fill `out`, whose length is a multiple of four, with the words from counter `first_block` on."""
    write_blocks(out, first_block, out.size // 4, identity)
