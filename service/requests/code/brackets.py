"""Brackets in code: how many are open where."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, repeat

OPENING, CLOSING, QUOTES = frozenset("([{"), frozenset(")]}"), frozenset("'\"")

_STEPS = {**dict.fromkeys(OPENING, 1), **dict.fromkeys(CLOSING, -1)}


def depths(text: str) -> Iterator[int]:
    """Yield how many brackets are open after each character of a text, those within quotes too."""
    return accumulate(map(_STEPS.get, text, repeat(0)))


def first_open(text: str) -> int | None:
    """Return where the first of the brackets stands that a text opens and does not close; None where it closes all."""
    open_: list[int] = []
    for place, letter in enumerate(text):
        if letter in OPENING:
            open_.append(place)
        elif letter in CLOSING and open_:
            open_.pop()
    return open_[0] if open_ else None
