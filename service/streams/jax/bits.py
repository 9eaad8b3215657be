"""Binary32 numbers by their bits, as XLA's coefficients are given."""

from __future__ import annotations

import numpy as np


def single(bits: int) -> np.float32:
    """Return the number that has 32 bits."""
    return np.uint32(bits).view(np.float32)


def singles(*bits: int) -> tuple[np.float32, ...]:
    """Return the numbers that have each 32 bits."""
    return tuple(single(each) for each in bits)
