"""Numbers on axes and in sentences, in plain text."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_MOST_TICKS = 6


def number(value: float) -> str:
    """Return a number to three digits."""
    return f"{value:.3g}".replace("-", "−")


def use_whole_numbers(axes: Axes) -> None:
    """Have no ticks between rows or columns."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(whole_numbers())


def whole_numbers(most: int = _MOST_TICKS) -> MaxNLocator:
    """Return what places ticks at whole numbers alone, be it one."""
    return MaxNLocator(most, integer=True, min_n_ticks=1)


def use_powers(axes: Axes) -> None:
    """Have a logarithmic vertical axis whose ticks are powers of ten, or plain numbers where it spans few of them."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    decades = math.log10(high) - math.log10(low)
    if decades < 2:
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=_MOST_TICKS + 2))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    else:
        axes.yaxis.set_major_locator(LogLocator(numticks=_MOST_TICKS + 1))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _power(value)))
    axes.yaxis.set_minor_locator(NullLocator())


def _power(value: float) -> str:
    if not value:
        # A power below those that are numbers, where there is no more of the axis.
        return ""
    exponent = round(math.log10(value))
    if -3 <= exponent <= 4:
        return f"{10.0**exponent:g}"
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"
