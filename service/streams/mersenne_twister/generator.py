"""The words of one seed, of which any stretch can be had: states on the way to it are kept."""

from __future__ import annotations

import functools
import threading
from bisect import bisect_right, insort

import numpy as np

from service.streams.mersenne_twister.twister import STATE_WORDS, Words, advance, seed_state, write_words

_MOST_KEPT = 256
"""States that are kept of one generator: 0.6 MiB."""

_FIRST_SPACING = 64
"""Blocks between states that are kept for good, as long as few words were skipped: 40,000 words, twisted in 6 µs."""

_GENERATORS = 16
"""Seeds whose states are kept."""

TWIST_SECONDS = 0.3e-9
"""Of a word that is skipped: half as much again as `python -m scripts.measure_paces` measures."""


class Generator:
    """MT19937 from a seed of 32 bits: one path goes on from state to state, and threads read words from where they are.

    Of the states that were passed some are kept, so that a stretch costs the words from the nearest of them on, and a
    tensor that is read from its begin to its end costs each word one twist, whichever thread makes which piece.
    """

    def __init__(self, seed: int) -> None:
        first = np.empty(STATE_WORDS, np.uint32)
        seed_state(seed, first)
        advance(first, 1)
        self._lock = threading.Lock()
        self._states: dict[int, Words] = {0: first}
        self._blocks = [0]
        self._spacing = _FIRST_SPACING

    def state_of(self, block: int) -> Words:
        """Return the state from which words block * 624, block * 624 + 1, ... are made, for the caller to change."""
        with self._lock:
            nearest = self._blocks[bisect_right(self._blocks, block) - 1]
            state = self._states[nearest].copy()
            while nearest < block:
                step = min(block, (nearest // self._spacing + 1) * self._spacing)
                advance(state, step - nearest)
                nearest = step
                if nearest % self._spacing == 0:
                    self._keep(nearest, state)
            self._keep(block, state)
        return state

    def words(self, first: int, count: int) -> Words:
        """Return words first ... first + count."""
        out = np.empty(count, np.uint32)
        block = first // STATE_WORDS
        write_words(self.state_of(block), block, first, out)
        return out

    def _keep(self, block: int, state: Words) -> None:
        if block in self._states:
            return
        if len(self._states) >= _MOST_KEPT:
            self._thin()
        self._states[block] = state.copy()
        insort(self._blocks, block)

    def _thin(self) -> None:
        """Forget the states off the grid, but for the last one, and half of the grid where it has grown."""
        last = self._blocks[-1]
        if sum(block % self._spacing == 0 for block in self._blocks) > _MOST_KEPT // 2:
            self._spacing *= 2
        self._blocks = [block for block in self._blocks if block % self._spacing == 0 or block == last]
        self._states = {block: self._states[block] for block in self._blocks}


@functools.lru_cache(maxsize=_GENERATORS)
def generator(seed: int) -> Generator:
    """Return the generator of a seed, of which the low 32 bits count."""
    return Generator(seed & 0xFFFFFFFF)
