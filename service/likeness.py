"""How alike two names are: one measure for everything that a request names."""

from __future__ import annotations

from collections.abc import Iterable

_SHORTEST = 3
"""Characters of a name that may be misspelt: of fewer, every other name is like it."""
_SHORTEST_BEGINNING = 4
"""Characters that are enough to be the beginning of a name."""
_LONGEST = 64

_SEPARATORS = str.maketrans("", "", "_- ")


def fold(name: str) -> str:
    """Return a name without case, underscores, hyphens and blanks."""
    return name.translate(_SEPARATORS).lower()


def nearest(asked: str, known: Iterable[str], most: int = 4) -> tuple[str, ...]:
    """Return up to `most` of the known names that `asked` may be a slip for, nearest first; all are folded.

    A slip is one letter too many, missing, wrong or in its neighbour's place for every four of the name, at least one
    and at most three; a beginning of a name is like it too.
    """
    if not _SHORTEST <= len(asked) <= _LONGEST:
        return ()
    slips, letters = min(max(len(asked) // 4, 1), 3), set(asked)
    found: list[tuple[int, int, str]] = []
    for name in known:
        if abs(len(name) - len(asked)) <= slips and len(letters.symmetric_difference(name)) <= 2 * slips:
            distance = _distance(asked, name)
            if distance <= slips:
                found.append((distance, len(found), name))
                continue
        if len(asked) >= _SHORTEST_BEGINNING and name.startswith(asked):
            found.append((slips + 1, len(found), name))
    return tuple(name for _, _, name in sorted(found))[:most]


def _distance(one: str, other: str) -> int:
    """Return how many slips lead from one to the other (optimal string alignment)."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, letter_there in enumerate(other, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != letter_there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == letter_there:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
