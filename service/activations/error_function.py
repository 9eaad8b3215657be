"""The error function of arrays, which NumPy lacks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.compilation import kernel

_VECTOR = "float64[::1]"


@kernel(f"void({_VECTOR}, {_VECTOR})")
def _erf(x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in range(x.size):
        out[i] = math.erf(x[i])


def erf(x: Any) -> Any:
    """Return the error function, elementwise."""
    flat = np.ascontiguousarray(x, np.float64).reshape(-1)
    out = np.empty_like(flat)
    _erf(flat, out)
    return out.reshape(np.shape(x))
