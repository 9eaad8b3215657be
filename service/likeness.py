"""How alike two names are: one measure for everything that a request names."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable

_SHORTEST = 3
"""Characters of a name that may be misspelt: of fewer, every other name is like it."""
_SHORTEST_BEGINNING = 4
"""Characters that are enough to be the beginning of a name."""
_LONGEST = 64

_SEPARATORS = str.maketrans("", "", "_- +")
"""A plus sign that is not escaped in a query is a blank."""


def fold(name: str) -> str:
    """Return a name without case, underscores, hyphens, blanks and plus signs."""
    return name.translate(_SEPARATORS).lower()


def nearest(asked: str, known: Iterable[str], most: int = 4) -> tuple[str, ...]:
    """Return up to `most` of the known names that `asked` may be a slip for, nearest first; all are folded.

    A slip is one letter too many, missing, wrong or in its neighbour's place for every four of the name, at least one
    and at most three; a beginning of a name is like it too.
    """
    if not _SHORTEST <= len(asked) <= _LONGEST:
        return ()
    slips, letters = min(max(len(asked) // 4, 1), 3), _letters(asked)
    found: list[tuple[int, int, str]] = []
    for name in known:
        if abs(len(name) - len(asked)) <= slips and (letters ^ _letters_of_known(name)).bit_count() <= 2 * slips:
            distance = _distance(asked, name, slips)
            if distance <= slips:
                found.append((distance, len(found), name))
                continue
        if len(asked) >= _SHORTEST_BEGINNING and name.startswith(asked):
            found.append((slips + 1, len(found), name))
    return tuple(name for _, _, name in sorted(found))[:most]


def nearest_names(asked: str, names: Iterable[str], most: int) -> list[str]:
    """Return up to `most` of some names, as they are written, that `asked` may be a slip for."""
    by_fold = {fold(name): name for name in names}
    return [by_fold[key] for key in nearest(fold(asked[:_LONGEST]), by_fold, most)]


def did_you_mean(names: Collection[str], otherwise: str = "") -> str:
    """Return the end of a sentence that asks whether one of some names was meant; `otherwise` where there are none."""
    return f"; did you mean {' or '.join(names)}?" if names else otherwise


def _letters(name: str) -> int:
    """Return which letters a name has, as bits, of which rare letters share some."""
    letters = 0
    for letter in name:
        letters |= 1 << (ord(letter) & 63)
    return letters


_letters_of_known = functools.lru_cache(maxsize=4096)(_letters)


def _distance(one: str, other: str, most: int) -> int:
    """Return how many slips lead from one to the other (optimal string alignment); any number over `most` for more."""
    more = most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i] + [more] * len(other)
        # Further from the diagonal there are more slips.
        for j in range(max(i - most, 1), min(i + most, len(other)) + 1):
            letter_there = other[j - 1]
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != letter_there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == letter_there:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return more
        before, above = above, row
    return above[-1]
