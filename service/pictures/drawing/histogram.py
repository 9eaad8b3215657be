"""How many elements lie where, and how many theory expects there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from service.pictures.drawing.palette import Palette
from service.pictures.drawing.scales import number, use_powers, whole_numbers
from service.pictures.picture import Doubles, Histogram

MOST_BINS = 80

_SPIKE = 30
"""How many times the next largest count the largest has where they are drawn on a logarithmic axis."""


def draw_histogram(panel: Histogram, axes: Axes, palette: Palette) -> str:
    """Draw it, and return it in a sentence."""
    elements = panel.elements.reshape(-1)
    if np.iscomplexobj(elements):
        parts = {"real parts": elements.real, "imaginary parts": elements.imag}
    else:
        parts = {"elements": elements}
    edges = bins_of(np.concatenate(list(parts.values())))
    counts = [np.histogram(part, edges)[0] for part in parts.values()]
    for index, (label, count) in enumerate(zip(parts, counts, strict=True)):
        colour = palette.series[-index]
        stairs = axes.stairs(count, edges, fill=index == 0, color=colour, label=label, linewidth=1.2, zorder=2 + index)
        stairs.set_gid(label.replace(" ", "-"))
    axes.set(title="Elements", xlabel="value", ylabel=f"elements in each of {len(edges) - 1} bins")
    told = f"Histogram of {panel.count}, from {number(edges[0])} to {number(edges[-1])}"
    if panel.density is not None and elements.size:
        values, expected = _expected(panel, edges, elements.size)
        line = axes.plot(values, expected, color=palette.series[1], linewidth=1.8, label=panel.density.label, zorder=4)
        line[0].set_gid("theoretical-density")
        told += f", with the density of theory: {panel.density.label}"
    axes.set_ylim(bottom=0.0)
    axes.yaxis.set_major_locator(whole_numbers())
    _use_logarithms_for_spikes(axes, np.concatenate(counts))
    low, high = edges[0], edges[-1]
    axes.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    if not elements.size:
        axes.set_ylim(top=1.0)
    axes.set_ylim(top=axes.get_ylim()[1] * (10.0 if axes.get_yscale() == "log" else 1.28))
    axes.legend(loc="upper right", borderaxespad=0.3)
    return f"{told}."


def bins_of(elements: NDArray[Any]) -> Doubles:
    """Return the edges of bins between the least and the greatest element: 2 n^(1/3) of them (Rice), 80 at most."""
    if not elements.size:
        return np.array([-0.5, 0.5])
    low, high = float(elements.min()), float(elements.max())
    if low == high:
        half = abs(low) / 2 or 0.5
        return np.linspace(low - half, high + half, 10)
    count = min(max(math.ceil(2 * elements.size ** (1 / 3)), 4), MOST_BINS)
    return np.linspace(low, high, count + 1)


def _expected(panel: Histogram, edges: Doubles, count: int) -> tuple[Doubles, Doubles]:
    """Return values and how many elements a bin around each is expected to have, as far as the bins reach and 3 %."""
    assert panel.density is not None
    values, expected = panel.density.values, panel.density.densities * count * (edges[1] - edges[0])
    margin = 0.03 * (edges[-1] - edges[0])
    is_within = (values >= edges[0] - margin) & (values <= edges[-1] + margin)
    return values[is_within], expected[is_within]


def _use_logarithms_for_spikes(axes: Axes, counts: NDArray[Any]) -> None:
    """Draw counts on a logarithmic axis where one is so large that the others would not be seen."""
    rising = np.sort(counts)
    if len(rising) > 1 and rising[-2] and rising[-1] > _SPIKE * rising[-2]:
        axes.set_ylim(bottom=0.5)
        use_powers(axes)
