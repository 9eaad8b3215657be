"""Where torch's generator stands: how many words were drawn, and which normal is kept for the next small tensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SMALLEST_BLOCKED = 16
"""Numbers from which on `normal_` makes blocks; fewer are drawn in pairs, of which one may be left."""

WORDS_OF_PAIR = 4
"""Two numbers of two words each, of which a radius and an angle are made."""


@dataclass(frozen=True)
class Position:
    """A state of the generator, by what was drawn since it was seeded."""

    words: int = 0
    cached: int | None = None
    """The first of the four words of the pair of normals whose second one is kept; None where none is."""

    @property
    def said(self) -> dict[str, int]:
        """It as requests and replies have it."""
        return {"skip": self.words, **({} if self.cached is None else {"cached": self.cached})}

    def after_uniform(self, count: int, dtype: np.dtype[np.floating]) -> Position:
        """Return where it stands after `uniform_` of so many numbers."""
        return Position(self.words + count * words_of_uniform(dtype), self.cached)

    def after_normal(self, count: int, dtype: np.dtype[np.floating]) -> Position:
        """Return where it stands after `normal_` of so many numbers."""
        if count >= SMALLEST_BLOCKED:
            return Position(self.words + words_of_blocked(count, dtype), self.cached)
        drawn = count - (self.cached is not None and count > 0)
        if drawn < 1:
            return self if count == 0 else Position(self.words)
        pairs = (drawn + 1) // 2
        words = self.words + WORDS_OF_PAIR * pairs
        return Position(words, words - WORDS_OF_PAIR if drawn % 2 else None)


def words_of_uniform(dtype: np.dtype[np.floating]) -> int:
    """Return how many words a uniform takes."""
    return 2 if dtype == np.float64 else 1


def words_of_blocked(count: int, dtype: np.dtype[np.floating]) -> int:
    """Return how many words 16 normals and more take: a ragged end is drawn once more, as a block of its own.

    In the narrow dtypes the numbers of a ragged end are not drawn before that.
    """
    ragged = count % SMALLEST_BLOCKED
    if dtype == np.float64:
        return 2 * (count + (SMALLEST_BLOCKED if ragged else 0))
    return count - (0 if dtype == np.float32 else ragged) + (SMALLEST_BLOCKED if ragged else 0)
