"""How long draws take a processor: half as much again as `python -m scripts.measure_paces` measures."""

from __future__ import annotations

from typing import Literal

from service.streams.place import stretch_length
from service.streams.view import View

Kind = Literal["uniform", "normal", "chosen"]

_NANOSECONDS: dict[Kind, tuple[float, float]] = {"uniform": (4.0, 5.0), "normal": (8.0, 24.0), "chosen": (4.0, 4.0)}
"""Of an element, in binary32 or narrower and in binary64."""
_RUN = 150.0
"""Nanoseconds of each run of neighbours, besides."""
_STRETCH = 9e-6
"""Seconds of a stretch of a view with more levels than a kernel takes: the interpreter finds where it begins."""


def seconds(kind: Kind, itemsize: int, view: View | None) -> float:
    """Return the seconds that an element takes, on average over a view."""
    single, double = _NANOSECONDS[kind]
    element = 1e-9 * (double if itemsize == 8 else single)
    if view is None:
        return element
    deep = stretch_length(view)
    return element + 1e-9 * _RUN / max(view.levels[-1][0], 1) + (_STRETCH / deep if deep else 0.0)
