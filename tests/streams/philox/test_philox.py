from __future__ import annotations

import numpy as np
import pytest

from service.streams.philox.philox import fill_words
from tests.streams.philox.inverse_philox import MASK, counter_of

# Random123's kat_vectors for philox4x32-10: counter, key, block.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def integers(text):
    return tuple(int(word, 16) for word in text.split())


def words(first_block, identity, blocks=1):
    out = np.empty(4 * blocks, np.uint32)
    fill_words(out, first_block, identity)
    return out


@pytest.mark.parametrize(("counter", "key", "block"), PUBLISHED)
def test_the_words_are_those_that_random123_publishes(counter, key, block):
    c0, c1, c2, c3 = integers(counter)
    made = words(c0 | c1 << 32, (c2, c3, *integers(key)))
    assert tuple(made.tolist()) == integers(block)


@pytest.mark.parametrize("first_block", [0, 1, 2**32 - 3, 2**32, 2**62 - 6])
def test_consecutive_blocks_have_consecutive_64_bit_counters(first_block):
    identity = (0x89ABCDEF, 0x00FEDCBA, 0xFFFFFFFE, 0x12345678)
    made = words(first_block, identity, blocks=6).reshape(6, 4).tolist()
    expected = [(block & MASK, block >> 32, *identity[:2]) for block in range(first_block, first_block + 6)]
    assert [counter_of(block, identity[2:]) for block in made] == expected
