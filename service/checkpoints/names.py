"""Names of tensors: those that stand for many, and patterns that match them."""

from __future__ import annotations

import fnmatch
import itertools
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

LONGEST_TEMPLATE = 4096
"""Characters of a name that stands for many."""

LONGEST_PATTERN = 512
"""Characters of a pattern."""

_MOST_BRACES = 8
"""In a name that stands for many."""

_MOST_STARS = 16
"""In a pattern: to match one takes as long as they are many times the name's length."""

_UNCOUNTED = 2**62
"""More names than anyone counts; `len` returns no larger number."""

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"([0-9]{1,9})\.\.([0-9]{1,9})")


class InvalidName(ValueError):
    """A name that stands for no names."""


@dataclass(frozen=True)
class Numbers:
    """The numbers of a range as texts of at least so many digits, none of which is made before it is asked for."""

    numbers: range
    digits: int

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return (f"{number:0{self.digits}d}" for number in self.numbers)


Words = Numbers | tuple[str, ...]
"""What stands in turn at one place of a name."""


@dataclass(frozen=True)
class NameTemplate:
    """A name with ranges and choices: `encoder.{0..31}.{q,k,v}.weight` stands for 96 names.

    A range counts up, both ends included, and keeps the zeros before its first number: `{00..11}`. A choice has two
    words at least.
    """

    text: str

    @cached_property
    def _parts(self) -> tuple[Words, ...]:
        """What stands in turn at each place: one literal, or the words of a brace. Raises InvalidName."""
        if len(self.text) > LONGEST_TEMPLATE:
            raise InvalidName(f"must be a name of at most {LONGEST_TEMPLATE} characters, its braces included")
        pieces = _BRACES.split(self.text)
        if len(pieces) // 2 > _MOST_BRACES:
            raise InvalidName(f"{self.text!r} has more than {_MOST_BRACES} pairs of braces")
        for literal in pieces[::2]:
            if "{" in literal or "}" in literal:
                raise InvalidName(f"{self.text!r} has a brace without its other; braces hold {_HOLD}")
        return tuple(_words(piece) if index % 2 else (piece,) for index, piece in enumerate(pieces))

    def __len__(self) -> int:
        """Return how many names it stands for, 2**62 for more; nothing is made. Raises InvalidName."""
        return min(math.prod(map(len, self._parts)), _UNCOUNTED)

    def __iter__(self) -> Iterator[str]:
        """Yield the names, the last brace counting fastest; ask how many first. Raises InvalidName."""
        return map("".join, itertools.product(*self._parts))


_HOLD = "a range such as {0..31}, or a choice such as {q,k,v}"


def _words(inside: str) -> Words:
    """Return what stands between braces. Raises InvalidName."""
    numbers = _RANGE.fullmatch(inside)
    if numbers:
        first, last = numbers.groups()
        if int(last) < int(first):
            raise InvalidName(f"{{{inside}}} counts down; a range counts up, such as {{0..31}}")
        return Numbers(range(int(first), int(last) + 1), len(first) if first.startswith("0") else 1)
    words = tuple(inside.split(","))
    if len(words) < 2:
        raise InvalidName(f"{{{inside}}} is neither {_HOLD}")
    if len(set(words)) < len(words):
        raise InvalidName(f"{{{inside}}} has a word twice")
    return words


@dataclass(frozen=True)
class NamePattern:
    """A pattern in the notation of shells (`fnmatch` in Python): `*` any text, points included, `?` a character.

    Raises InvalidName where it is so long, or has so many stars, that to match it would take long.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_PATTERN:
            raise InvalidName(f"a pattern has at most {LONGEST_PATTERN} characters")
        if self.text.count("*") > _MOST_STARS:
            raise InvalidName(f"a pattern has at most {_MOST_STARS} stars")

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(fnmatch.translate(self.text))

    def matches(self, name: str) -> bool:
        """Return whether all of `name` matches; letters count in their case."""
        return self._compiled.match(name) is not None


@dataclass(frozen=True)
class NameSelection:
    """Names that patterns take, one after the other; a pattern after an exclamation mark takes names away.

    Where the first takes away, all names are taken before it.
    """

    texts: tuple[str, ...]

    @cached_property
    def _steps(self) -> tuple[tuple[bool, NamePattern], ...]:
        return tuple((not text.startswith("!"), pattern) for text, pattern in self._patterns)

    @cached_property
    def _patterns(self) -> tuple[tuple[str, NamePattern], ...]:
        return tuple((text, NamePattern(text.removeprefix("!"))) for text in self.texts)

    def idle(self, names: Collection[str]) -> list[str]:
        """Return the patterns that match none of some names."""
        return [text for text, pattern in self._patterns if not any(map(pattern.matches, names))]

    def takes(self, name: str) -> bool:
        """Return whether a name is taken; each is where there are no patterns."""
        taken = not self._steps or not self._steps[0][0]
        for takes, pattern in self._steps:
            if takes is not taken and pattern.matches(name):
                taken = takes
        return taken
