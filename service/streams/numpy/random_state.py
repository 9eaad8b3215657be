"""NumPy's `RandomState`, the generator behind `np.random.seed`, at a place in its sequence.

NEP 19 (https://numpy.org/neps/nep-0019-rng-policy.html) freezes its numbers. Uniform numbers are made here, for they
can be had from any place; normal ones, which reject, by NumPy itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Doubles
from service.compilation import kernel
from service.streams.mersenne_twister.generator import TWIST_SECONDS, generator
from service.streams.mersenne_twister.twister import STATE_WORDS, read_words
from service.streams.place import PLACE, WHOLE, Place, Stretch, locate, stretches
from service.streams.stream import Elements
from service.streams.view import View

LARGEST_SEED = 2**32 - 1
"""NumPy takes none beyond: "Seed must be between 0 and 2**32 - 1"."""

WORDS_OF_DOUBLE = 2
"""Words of 32 bits in a number."""

_NORMAL_SECONDS = 45e-9
"""Of one thread for a normal number: half as much again as `python -m scripts.measure_paces` measures."""

_UNIFORM_SECONDS = 5e-9
"""For a uniform one."""

_TILE = 1024
"""Numbers whose words are made at one time, in a cache."""
_UPPER, _LOWER = np.uint32(5), np.uint32(6)
"""Bits of the first and of the second word of a number that it does without."""


@dataclass(frozen=True)
class RandomStatePosition:
    """Where a generator stands: words that it made since it was seeded, and where the normal number is that it kept."""

    seed: int
    words: int = 0
    cached: int | None = None
    """The word that the pair was drawn from whose second number is the next normal one; None where there is none."""

    normal_seconds: ClassVar[float] = _NORMAL_SECONDS

    @property
    def skip_seconds(self) -> float:
        """What it takes to come there."""
        return self.words * TWIST_SECONDS

    def uniform_seconds(self, view: View | None, size: int) -> float:
        """Return what a uniform number takes of a tensor of a size, or of a view of it, with the words between."""
        if view is None or not view.size:
            return _UNIFORM_SECONDS
        return _UNIFORM_SECONDS + WORDS_OF_DOUBLE * TWIST_SECONDS * size / view.size

    def normals(self, dtype: np.dtype[Any]) -> Callable[[int], Elements]:
        """Return a function that returns the next so many numbers of N(0, 1), which are all in double precision."""
        generator = self.generator()
        return lambda count: np.asarray(generator.standard_normal(count))

    def generator(self) -> np.random.RandomState:
        """Return NumPy's generator, standing there."""
        block, place = divmod(self.words, STATE_WORDS)
        restored = np.random.RandomState(0)
        state = generator(self.seed).state_of(block)
        restored.set_state(("MT19937", state, place, int(self.cached is not None), self._kept()))
        return restored

    def _kept(self) -> float:
        """Return the normal number that is left over; 0 where there is none."""
        if self.cached is None:
            return 0.0
        return float(RandomStatePosition(self.seed, self.cached).generator().standard_normal(2)[1])

    def uniform(self, out: Elements, start: int, view: View | None) -> None:
        """Fill `out` with elements start, start + 1, ... of U[0, 1), those of a view where there is one."""
        parts = (Stretch(0, out.size, start, WHOLE),) if view is None else stretches(view, start, out.size)
        for part in parts:
            first = part.start if view is None else int(view.indices(start + part.begin, 1)[0])
            block = (self.words + WORDS_OF_DOUBLE * first) // STATE_WORDS
            state = generator(self.seed).state_of(block)
            uniform64(out[part.begin : part.end], part.start, part.place, state, block, self.words)


@kernel(f"void(float64[::1], uint64, {PLACE}, uint32[::1], int64, int64)")
def uniform64(out: Doubles, start: int, place: Place, state: NDArray[np.uint32], block: int, skipped: int) -> None:
    """Fill `out` with elements start, start + 1, ... of a place, each of 27 bits of a word and 26 of the next.

    `state` is that of `block`, which no word stands before, and is overwritten; element 0 follows `skipped` words.
    """
    words = np.empty(2 * _TILE, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, np.uint64(start + done))
        count = min(_TILE, left, out.size - done)
        block = read_words(state, block, skipped + 2 * int(index), 2 * count, words)
        for i in range(count):
            upper, lower = words[2 * i] >> _UPPER, words[2 * i + 1] >> _LOWER
            out[done + i] = (np.float64(upper) * 67108864.0 + np.float64(lower)) / 9007199254740992.0
        done += count
