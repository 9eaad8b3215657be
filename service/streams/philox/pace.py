"""How long draws take a processor: half as much again as `python -m scripts.measure_paces` measures."""

from __future__ import annotations

from dataclasses import dataclass

from service.streams.place import stretch_length
from service.streams.stream import Draw
from service.streams.view import View

_STRETCH = 9e-6
"""Seconds of a stretch of a view with more levels than a kernel takes: the interpreter finds where it begins."""


@dataclass(frozen=True)
class _Figures:
    """Nanoseconds of one thread."""

    single: float
    """Of an element in binary32."""
    double: float
    """Of one in binary64."""
    run: float
    """Of each run of neighbours, besides."""


_FIGURES: dict[Draw, _Figures] = {
    "uniform": _Figures(2.0, 4.0, 120.0),
    "normal": _Figures(4.5, 12.0, 180.0),
    "tail_normal": _Figures(32.0, 32.0, 350.0),
    "disk": _Figures(14.0, 18.0, 250.0),
    "zeros": _Figures(18.0, 18.0, 600.0),
    "permuted": _Figures(260.0, 260.0, 0.0),
}


def seconds(draw: Draw, itemsize: int, view: View | None) -> float:
    """Return the seconds that an element takes, on average over a view; `itemsize` is that of a real part."""
    figures = _FIGURES[draw]
    element = 1e-9 * (figures.single if itemsize == 4 else figures.double)
    if view is None:
        return element
    deep = stretch_length(view)
    return element + 1e-9 * figures.run / max(view.levels[-1][0], 1) + (_STRETCH / deep if deep else 0.0)
