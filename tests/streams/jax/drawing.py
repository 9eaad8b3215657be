"""The draws of `jax.random` that tests go through, in each dtype."""

from __future__ import annotations

import ml_dtypes
import numpy as np

from service.streams.jax.draws import JaxDraws

KEY = (256, 7)
DTYPES = {dtype.name: dtype for dtype in map(np.dtype, (np.float32, np.float64, ml_dtypes.bfloat16, np.float16))}
KINDS = {
    "uniform": lambda dtype: JaxDraws.uniform(KEY, dtype, -0.1, 0.3),
    "normal": lambda dtype: JaxDraws.normal(KEY, dtype).scaled(0.02),
    "truncated_normal": lambda dtype: JaxDraws.truncated_normal(KEY, dtype, -1.3, 2.7).scaled(0.5, 0.25),
}


def draw(draws, count, start=0):
    """Return elements start ... start + count in the working dtype."""
    out = np.empty(count, np.float64 if draws.dtype == np.float64 else np.float32)
    draws.fill(out, start)
    return out
