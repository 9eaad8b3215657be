"""Which numbers of a dtype lie within bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def representable(low: float, high: float, dtype: np.dtype[Any], open_above: bool = False) -> tuple[Any, Any]:
    """Return the least and greatest numbers of `dtype` within [low, high], or [low, high) when open.

    Raises ValueError when there are none.
    """
    least, greatest = dtype.type(low), dtype.type(high)
    # As Python floats: NumPy would round `low` and `high` to float32 before comparing.
    if float(least) < low:
        least = np.nextafter(least, dtype.type(math.inf))
    if float(greatest) > high or (open_above and float(greatest) == high):
        greatest = np.nextafter(greatest, dtype.type(-math.inf))
    if least > greatest:
        raise ValueError(f"no {dtype.name} number lies between {low!r} and {high!r}")
    return least, greatest
