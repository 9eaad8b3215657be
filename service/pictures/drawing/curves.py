"""Lines over an axis."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from service.pictures.drawing.palette import Palette
from service.pictures.drawing.scales import number, use_powers, whole_numbers
from service.pictures.picture import Curves, Line

LEAST, GREATEST = 1e-300, 1e300
"""What is drawn on a logarithmic axis."""

_DASHES: tuple[object, ...] = ("solid", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (10, 3)))

_MOST_MARKS = 25
"""Of a line: more would hide it."""

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")

_NARROWEST = 2.0
"""Decades of an axis, at least: what is constant is not to look as though it moved."""

_MOST_NAMES = 12

_FEW = 12
"""Points up to which each has a mark."""

SLANT = 35
"""Degrees by which names on the axis are turned."""


def draw_curves(panel: Curves, axes: Axes, palette: Palette) -> str:
    """Draw them, and return them in a sentence."""
    bounds = _range(panel)
    for index, line in enumerate(panel.lines):
        _draw_line(line, index, (axes, bounds), palette)
    axes.set(title=panel.title, xlabel=panel.x_label, ylabel=panel.y_label)
    axes.set_ylim(*bounds)
    use_powers(axes)
    _name_places(panel, axes)
    ends = [f"{line.label} {number(line.y[0])} to {number(line.y[-1])}" for line in panel.lines]
    return f"{panel.title}: {'; '.join(ends)}."


def _draw_line(line: Line, index: int, frame: tuple[Axes, tuple[float, float]], palette: Palette) -> None:
    """Draw a line between the ends of the vertical axis, at which stands what is beyond."""
    axes, bounds = frame
    style = index if line.style is None else line.style
    colour = palette.series[style % len(palette.series)]
    x, y = line.x, np.clip(line.y, *bounds)
    label = line.label if line.is_in_legend else "_"
    if line.is_measured:
        marker = _MARKERS[style % len(_MARKERS)]
        drawn = axes.plot(x, y, color=colour, linestyle="none", marker=marker, markersize=4.5, label=label, zorder=4)
        drawn[0].set_markevery(-(-len(x) // _MOST_MARKS))
    else:
        # The wider ones lie below, so that those that are the same are all seen.
        width = max(3.6 - 0.5 * index, 1.6)
        dashes = _DASHES[style % len(_DASHES)]
        drawn = axes.plot(x, y, color=colour, linestyle=dashes, linewidth=width, label=label, zorder=3)
        if len(x) <= _FEW:
            drawn[0].set(marker="o", markersize=5.0)
    drawn[0].set_gid(f"line-{index}")
    if line.low is not None and line.high is not None:
        band = axes.fill_between(
            x, np.clip(line.low, *bounds), np.clip(line.high, *bounds), color=colour, alpha=0.22, lw=0
        )
        band.set_gid(f"interval-{index}")
    if line.interval is not None:
        low, high = np.clip(line.interval, *bounds)
        bar = axes.vlines(x[-1], low, high, color=colour, linewidth=2.0, zorder=5)
        bar.set_gid(f"interval-{index}")


def _range(panel: Curves) -> tuple[float, float]:
    """Return the ends of the vertical axis; zeros, which have no place on it, are left out."""
    parts = [part for line in panel.lines for part in (line.y, line.low, line.high) if part is not None]
    parts += [np.array(line.interval) for line in panel.lines if line.interval is not None]
    numbers = np.concatenate(parts)
    values = np.log10(np.clip(numbers[numbers > 0.0], LEAST, GREATEST))
    if not values.size:
        values = np.zeros(1)
    low, high = float(values.min()), float(values.max())
    margin = max(0.06 * (high - low), (_NARROWEST - (high - low)) / 2)
    return 10.0 ** max(low - margin, -307.0), 10.0 ** min(high + margin, 307.0)


def _name_places(panel: Curves, axes: Axes) -> None:
    if panel.x_names:
        step = -(-len(panel.x_names) // _MOST_NAMES)
        axes.set_xticks(range(1, len(panel.x_names) + 1, step), panel.x_names[::step], rotation=SLANT, ha="right")
    else:
        axes.xaxis.set_major_locator(whole_numbers(9))
