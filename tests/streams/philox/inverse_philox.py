"""Philox4x32-10 backwards, in Python's integers: an independent check, and a way to choose the words."""

from __future__ import annotations

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
MASK = 0xFFFFFFFF


def counter_of(block, key):
    """The counter that gives the four words `block` under the two words `key`."""
    c0, c1, c2, c3 = block
    for step in reversed(range(10)):
        k0, k1 = ((key[i] + step * WEYL[i]) & MASK for i in range(2))
        before_0 = c3 * pow(MULTIPLIERS[0], -1, 2**32) & MASK
        before_2 = c1 * pow(MULTIPLIERS[1], -1, 2**32) & MASK
        before_1 = c0 ^ k0 ^ (before_2 * MULTIPLIERS[1] >> 32)
        before_3 = c2 ^ k1 ^ (before_0 * MULTIPLIERS[0] >> 32)
        c0, c1, c2, c3 = before_0, before_1, before_2, before_3
    return c0, c1, c2, c3
