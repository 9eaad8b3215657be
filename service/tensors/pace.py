"""How long filling takes a processor.

The figures of a kind of source stand beside it, in seconds of one thread of a server's processor (an AMD EPYC with
AVX2), half as much again as `python -m scripts.measure_paces` measures: other processors are slower.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.streams.view import View

NANOSECOND = 1e-9

COPY = 0.5 * NANOSECOND
"""To write an element that is there already, or is known."""

TAKE = 8.0 * NANOSECOND
"""To fetch an element from any place of an array."""

CHOOSE = 5.0 * NANOSECOND
"""A comparison of an element, and what follows from it."""

_COUNTABLE = 2**64
"""Elements, at most, that are counted: a product of any sizes may be no double."""

_LEVEL = 12.0 * NANOSECOND
_AXIS = 6.0 * NANOSECOND
"""To find where an element stands: for each level of a view, and for each axis."""


@dataclass(frozen=True)
class Pace:
    """Seconds of processor time, about."""

    element: float
    """Of each element, on average."""
    fixed: float = 0.0
    """Before the first."""
    reach: float = 0.0
    """Before that, to come to where a stream has the numbers: of tensors of one stream the furthest decides."""

    def __add__(self, other: Pace) -> Pace:
        return Pace(self.element + other.element, self.fixed + other.fixed, max(self.reach, other.reach))

    def slower(self, element: float) -> Pace:
        """Return the pace at which each element takes `element` seconds more."""
        return replace(self, element=self.element + element)

    def seconds(self, elements: int) -> float:
        """Return what so many elements take."""
        return self.reach + self.fixed + self.element * min(elements, _COUNTABLE)


def lookup(view: View | None) -> float:
    """Return what it takes to find out which element of a tensor an element of a view is."""
    return COPY if view is None else _LEVEL * (1 + len(view.levels))


def coordinates(rank: int) -> float:
    """Return what it takes to find out where an element stands along each of so many axes."""
    return _AXIS * (1 + rank)
