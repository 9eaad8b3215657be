"""Interpolation in the tables of an activation's moments, in kernels.

A `table` has the logarithms of V, D, E[f^4], E[f'^4] and E[f^2 f'^2] (`moments.py`) in rows 0 to 4 and their slopes in
rows 5 to 9, at ln q = FIRST, FIRST + STEP, ...; between them they are cubic (Hermite), beyond the ends straight.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.compilation import inlined, kernel

FIRST, STEP = -28.0, 0.125
"""Of the tables, in ln q."""

CURVES = 5
V, D, V4, D4, MIXED = range(CURVES)

_TABLE, _VECTOR = "float64[:, ::1]", "float64[::1]"


@inlined
def value_at(table: NDArray[np.float64], curve: int, log_q: float) -> float:
    """Return the logarithm of the moment `curve` (V, D, V4, D4 or MIXED)."""
    values, slopes = table[curve], table[CURVES + curve]
    place = (log_q - FIRST) / STEP
    last = values.size - 1
    if place <= 0.0:
        return values[0] + slopes[0] * place * STEP
    if place >= last:
        return values[last] + slopes[last] * (place - last) * STEP
    i = int(place)
    t = place - i
    u = 1.0 - t
    low = values[i] * (1.0 + 2.0 * t) + slopes[i] * STEP * t
    high = values[i + 1] * (1.0 + 2.0 * u) - slopes[i + 1] * STEP * u
    return u * u * low + t * t * high


@inlined
def slope_at(table: NDArray[np.float64], curve: int, log_q: float) -> float:
    """Return the derivative of the moment's logarithm by ln q."""
    values, slopes = table[curve], table[CURVES + curve]
    place = (log_q - FIRST) / STEP
    last = values.size - 1
    if place <= 0.0:
        return slopes[0]
    if place >= last:
        return slopes[last]
    i = int(place)
    t = place - i
    rise = (values[i + 1] - values[i]) / STEP
    return 6.0 * t * (1.0 - t) * rise + (1.0 - t) * (1.0 - 3.0 * t) * slopes[i] + t * (3.0 * t - 2.0) * slopes[i + 1]


@inlined
def curvature_at(table: NDArray[np.float64], curve: int, log_q: float) -> float:
    """Return the second derivative of the moment's logarithm by ln q."""
    return (slope_at(table, curve, log_q + 0.5 * STEP) - slope_at(table, curve, log_q - 0.5 * STEP)) / STEP


@kernel(f"void({_TABLE}, float64, {_VECTOR})")
def look_up(table: NDArray[np.float64], log_q: float, out: NDArray[np.float64]) -> None:
    """Put into `out` the logarithms of V and D at `log_q`, and the slope of the first."""
    out[0], out[1], out[2] = value_at(table, V, log_q), value_at(table, D, log_q), slope_at(table, V, log_q)
