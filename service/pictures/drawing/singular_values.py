"""Singular values in falling order, and those that theory gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from service.pictures.drawing.palette import Palette
from service.pictures.drawing.scales import number, whole_numbers
from service.pictures.picture import Doubles, SingularValues

_FEW = 64
"""Up to which number each has a mark."""


def draw_singular_values(panel: SingularValues, axes: Axes, palette: Palette) -> str:
    """Draw them, and return them in a sentence."""
    values = singular_values(panel.matrix)
    places = np.arange(1.0, len(values) + 1.0)
    own = axes.plot(places, values, color=palette.series[0], linewidth=2.6, label="singular values")
    if len(values) <= _FEW:
        own[0].set(marker="o", markersize=4.0)
    own[0].set_gid("singular-values")
    told = f"{len(values)} singular values of {panel.label}, from {number(values[0])} to {number(values[-1])}"
    if panel.expected is not None:
        theory = axes.plot(
            places, panel.expected, color=palette.series[1], linewidth=1.6, linestyle=(0, (4, 2)), label=panel.law
        )
        theory[0].set_gid("theoretical-singular-values")
        told += f"; theory: {panel.law}, from {number(panel.expected[0])} to {number(panel.expected[-1])}"
    axes.set(title="Singular values", xlabel="number, from the largest on", ylabel="singular value")
    axes.set_ylim(0.0, 1.28 * max(float(values[0]), 1e-300))
    axes.set_xlim(0.5 - 0.02 * len(values), len(values) + 0.5 + 0.02 * len(values))
    axes.xaxis.set_major_locator(whole_numbers())
    axes.legend(loc="upper right", borderaxespad=0.3)
    return f"{told}."


def singular_values(matrix: NDArray[Any]) -> Doubles:
    """Return the singular values in falling order, by the eigenvalues of the smaller Gram matrix.

    Those below 1e-8 of the largest are rounding.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wide = wide.astype(np.complex128 if np.iscomplexobj(matrix) else np.float64)
    scale = float(np.abs(wide).max(initial=0.0)) or 1.0
    wide /= scale
    squares = np.linalg.eigvalsh(wide @ wide.conj().T)
    return np.asarray(scale * np.sqrt(np.clip(squares[::-1], 0.0, None)), np.float64)
