"""A picture as a figure: where its panels, title and notes stand, and the file that it becomes."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from service.pictures.drawing.curves import SLANT, draw_curves
from service.pictures.drawing.heat_map import draw_heat_map
from service.pictures.drawing.histogram import draw_histogram
from service.pictures.drawing.palette import DARK, LIGHT, Palette
from service.pictures.drawing.singular_values import draw_singular_values
from service.pictures.drawing.svg import finish
from service.pictures.picture import Curves, HeatMap, Histogram, Panel, Picture, Rendering

POINTS_AN_INCH = 72
"""So that a point of the figure is a unit of the SVG."""

PIXELS_A_POINT = 2
"""Of a PNG."""

_PANEL_WIDTH, _PANEL_HEIGHT = 330, 270
_LEFT, _RIGHT, _BETWEEN = 66, 26, 78
_TOP, _BOTTOM = 48, 52
_LINE, _TITLE_LINE = 15, 18
"""Points."""

_MOST_TITLES, _MOST_SUBTITLES, _MOST_NOTES = 2, 3, 5
"""Lines."""

_TITLE, _SUBTITLE, _SMALL = 14.0, 10.5, 9.5

_A_LETTER, _BOLD = 0.62, 1.12
"""Of its size, the width of a letter, about, and of that what one in bold is wider."""


def prepare() -> None:
    """Have pictures depend on nothing but themselves: no settings of a user, no font but the library's own."""
    mpl.rcdefaults()
    own = Path(mpl.get_data_path())
    manager = font_manager.fontManager
    manager.ttflist = [font for font in manager.ttflist if own in Path(font.fname).parents]


def draw(picture: Picture, rendering: Rendering) -> bytes:
    """Return the file of a picture."""
    palette = DARK if rendering.theme == "dark" else LIGHT
    with mpl.rc_context(_settings(palette)):
        figure, description = _figure(picture, palette)
        file = io.BytesIO()
        if rendering.file_type == "png":
            FigureCanvasAgg(figure)
            figure.savefig(file, format="png", dpi=POINTS_AN_INCH * PIXELS_A_POINT, metadata={"Software": None})
            return file.getvalue()
        FigureCanvasSVG(figure)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    title = f"{picture.title}. {picture.subtitle}"
    has_both = rendering.theme == "auto"
    return finish(file.getvalue().decode(), title, f"{description} {picture.note}".strip(), has_both_themes=has_both)


def _settings(palette: Palette) -> dict[Any, Any]:
    return {
        "svg.fonttype": "none", "svg.hashsalt": "fanin", "text.parse_math": False, "axes.formatter.useoffset": False,
        "font.family": "DejaVu Sans", "font.size": _SMALL,
        "figure.facecolor": palette.background, "savefig.facecolor": palette.background,
        "figure.dpi": POINTS_AN_INCH, "text.color": palette.text,
        "axes.facecolor": palette.background, "axes.edgecolor": palette.frame, "axes.labelcolor": palette.text,
        "axes.titlesize": 11.0, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 8.0,
        "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
        "grid.color": palette.grid, "grid.linewidth": 0.8, "xtick.color": palette.frame, "ytick.color": palette.frame,
        "xtick.labelcolor": palette.text, "ytick.labelcolor": palette.text,
        "legend.frameon": False, "legend.fontsize": 9.0, "legend.handlelength": 2.6,
    }  # fmt: skip


def _figure(picture: Picture, palette: Palette) -> tuple[Figure, str]:
    count = len(picture.panels)
    width = _LEFT + count * _PANEL_WIDTH + (count - 1) * _BETWEEN + _RIGHT
    notes = _wrapped(picture.note, width, _SMALL, _MOST_NOTES)
    titles = _wrapped(picture.title, width, _TITLE * _BOLD, _MOST_TITLES)
    subtitles = _wrapped(picture.subtitle, width, _SUBTITLE, _MOST_SUBTITLES)
    legend = _legend_lines(picture.panels, width)
    below = _BOTTOM + _LINE * (len(notes) + legend) + _room_for_names(picture.panels)
    above = _TOP + _TITLE_LINE * len(titles) + _LINE * len(subtitles)
    height = above + _PANEL_HEIGHT + below
    figure = Figure(figsize=(width / POINTS_AN_INCH, height / POINTS_AN_INCH))
    for index, line in enumerate(titles):
        _write(figure, line, (_LEFT / 2, height - 26 - _TITLE_LINE * index), _TITLE, weight="bold")
    for index, line in enumerate(subtitles):
        _write(figure, line, (_LEFT / 2, height - 27 - _TITLE_LINE * len(titles) - _LINE * index), _SUBTITLE)
    told = []
    for index, panel in enumerate(picture.panels):
        left = _LEFT + index * (_PANEL_WIDTH + _BETWEEN)
        box = (left / width, below / height, _PANEL_WIDTH / width, _PANEL_HEIGHT / height)
        told.append(_draw(panel, figure.add_axes(box), palette))
    for index, line in enumerate(notes):
        _write(figure, line, (_LEFT / 2, 9 + _LINE * (len(notes) - 1 - index)), _SMALL)
    if legend:
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="lower left", ncols=_columns(labels, width), borderaxespad=0.0,
            bbox_to_anchor=(_LEFT / 2 / width, (6 + _LINE * len(notes)) / height),
        )  # fmt: skip
    return figure, " ".join(told)


def _draw(panel: Panel, axes: Axes, palette: Palette) -> str:
    if isinstance(panel, Histogram):
        return draw_histogram(panel, axes, palette)
    if isinstance(panel, HeatMap):
        return draw_heat_map(panel, axes)
    if isinstance(panel, Curves):
        return draw_curves(panel, axes, palette)
    return draw_singular_values(panel, axes, palette)


def _write(figure: Figure, text: str, place: tuple[float, float], size: float, weight: str = "normal") -> None:
    """Write a line from a place on, in points from the lower left corner."""
    width, height = (side * POINTS_AN_INCH for side in figure.get_size_inches())
    figure.text(place[0] / width, place[1] / height, text, fontsize=size, fontweight=weight)


def _wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """Return the lines of a text in letters of a size, which ends early where it has more than the most."""
    letters = int((width - _LEFT) / (_A_LETTER * size))
    return textwrap.wrap(text, letters, max_lines=most, placeholder=" …")


def _legend_lines(panels: Sequence[Panel], width: float) -> int:
    """Return how many lines the legend of all panels takes; 0 where each panel has its own."""
    if not isinstance(panels[0], Curves):
        return 0
    labels = [line.label for line in panels[0].lines if line.is_in_legend]
    return -(-len(labels) // _columns(labels, width))


def _columns(labels: Sequence[str], width: float) -> int:
    longest = max(map(len, labels)) * _A_LETTER * _SMALL + 48
    return max(int((width - _LEFT) / longest), 1)


def _room_for_names(panels: Sequence[Panel]) -> float:
    """Return the points that slanted names on an axis take more than numbers."""
    longest = max((len(name) for panel in panels if isinstance(panel, Curves) for name in panel.x_names), default=0)
    return longest * _A_LETTER * _SMALL * math.sin(math.radians(SLANT))
