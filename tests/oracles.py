"""What several rooms' tests compare with: NumPy's own ways to read a weight."""

from __future__ import annotations

import numpy as np

LAYOUTS = ("out_in", "in_out", "out_kernel_in")


def out_in_view(array, layout):
    """Return `array`, whose axes stand as `layout` says, as a view with the axes (out, in, *kernel)."""
    if layout == "in_out":
        kernel = range(array.ndim - 2)
        return array.transpose(-1, -2, *kernel)
    return np.moveaxis(array, -1, 1) if layout == "out_kernel_in" else array


def stored_shape(out, in_, kernel, layout):
    """Return the shape of a weight whose axes stand as `layout` says."""
    return {
        "out_in": (out, in_, *kernel),
        "in_out": (*kernel, in_, out),
        "out_kernel_in": (out, *kernel, in_),
    }[layout]
