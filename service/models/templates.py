"""Names that stand for many tensors, as architectures have them: `layers.{0..31}.self_attn.{k,v}_proj.weight`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CHOICE = re.compile(r"\{([^{}]*,[^{}]*)\}")
_LAYER = re.compile(r"(?:^|\.)(?:\{(\d+)\.\.(\d+)\}|(\d+))(?=\.)")
_NUMBERS = re.compile(r"\{(\d+)\.\.(\d+)\}")


def without_choices(template: str) -> Iterator[str]:
    """Yield the names with ranges of numbers that one with choices of words stands for."""
    pieces = _CHOICE.split(template)
    words = [piece.split(",") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    return map("".join, itertools.product(*words))


def without_ranges(template: str) -> str:
    """Return the first of the names that one with ranges of numbers stands for."""
    return _NUMBERS.sub(r"\1", template)


def count(template: str) -> int:
    """Return how many names one stands for; it has no choices of words."""
    number = 1
    for first, last in _NUMBERS.findall(template):
        number *= int(last) - int(first) + 1
    return number


@dataclass(frozen=True)
class Layers:
    """The layers that a name stands for: the first number in it, or the first range of them."""

    template: str
    numbers: range
    _start: int
    _end: int

    @classmethod
    def of(cls, template: str) -> Layers:
        """Return those of a name; no numbers where it has none."""
        found = _LAYER.search(template)
        if found is None:
            return cls(template, range(0), 0, 0)
        first, last, only = found.groups()
        numbers = range(int(only), int(only) + 1) if only else range(int(first), int(last) + 1)
        start = found.start() + (1 if found[0].startswith(".") else 0)
        return cls(template, numbers, start, found.end())

    def name(self, layer: int) -> str:
        """Return the name of one layer."""
        return f"{self.template[: self._start]}{layer}{self.template[self._end :]}"
