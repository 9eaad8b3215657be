"""A matrix as cells whose colours are its elements."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from service.pictures.drawing.palette import DIVERGING, SEQUENTIAL
from service.pictures.drawing.scales import number, use_whole_numbers
from service.pictures.picture import HeatMap

_DIVERGING = LinearSegmentedColormap.from_list("diverging", DIVERGING)
_SEQUENTIAL = LinearSegmentedColormap.from_list("sequential", SEQUENTIAL)

_LONGEST = 3.0
"""How many times as long as the other a side may be with square cells."""

_BAR = 0.05
"""Of the panel's width, for the scale of colours and the gap beside it each."""


def draw_heat_map(panel: HeatMap, axes: Axes) -> str:
    """Draw it, and return it in a sentence."""
    is_complex = np.iscomplexobj(panel.cells)
    cells = np.abs(panel.cells) if is_complex else np.asarray(panel.cells, np.float64)
    largest = float(np.abs(cells).max(initial=0.0)) or 1.0
    low, colours = (0.0, _SEQUENTIAL) if is_complex else (-largest, _DIVERGING)
    rows, columns = cells.shape
    is_square = max(rows, columns) <= _LONGEST * min(rows, columns)
    # Room for the scale of colours beside it.
    x, y, width, height = axes.get_position().bounds
    axes.set_position((x, y, width * (1 - 3 * _BAR), height))
    image = axes.imshow(
        cells, colours, vmin=low, vmax=largest, interpolation="none", aspect="equal" if is_square else "auto"
    )
    image.set_gid("heat-map")
    axes.set_anchor("NW")
    axes.apply_aspect()
    x, y, width, height = axes.get_position().bounds
    figure = axes.get_figure()
    assert figure is not None
    bar = figure.add_axes((x + width * (1 + _BAR), y, width * _BAR, height))
    scale = np.linspace(largest, low, 256)[:, None]
    bar.imshow(scale, colours, extent=(0.0, 1.0, low, largest), aspect="auto", interpolation="none")
    bar.set_xticks([])
    bar.yaxis.tick_right()
    bar.tick_params(length=3)
    title = "Moduli" if is_complex else "Matrix"
    axes.set(title=title, xlabel=panel.column_label, ylabel=panel.row_label)
    axes.grid(visible=False)
    bar.grid(visible=False)
    use_whole_numbers(axes)
    return f"Heat map of {rows} rows and {columns} columns, from {number(cells.min())} to {number(cells.max())}."
