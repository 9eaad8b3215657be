"""Measure the binary32 quantile over every word: largest error in units in the last place.

    python -m scripts.measure_quantile

The reference is the binary64 quantile, itself checked against SciPy in the tests. Takes a few minutes.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from service.arithmetic.elementary import log64
from service.compilation import float32_to_bits
from service.streams.philox.quantile import CENTRAL_LIMIT, central64, quantile32, tail64


@njit(error_model="numpy")
def _one(word: int) -> tuple[float, float]:
    u = (np.float64(word) + 0.5) * 2.0**-32
    x = u - 0.5
    exact = central64(x) if abs(x) <= CENTRAL_LIMIT else -tail64(-log64(u))
    near = np.float32(exact)
    ulp = 2.0 ** ((float32_to_bits(np.float32(abs(near))) >> 23) - 127 - 23)
    return abs(np.float64(quantile32(x)) - exact) / ulp, exact


@njit(parallel=True, error_model="numpy")
def _survey(parts: int) -> tuple[np.ndarray, np.ndarray]:
    worst, where = np.zeros(parts), np.zeros(parts, np.int64)
    size = 2**31 // parts
    for part in prange(parts):
        for word in range(part * size, (part + 1) * size):
            error, _ = _one(word)
            if error > worst[part]:
                worst[part], where[part] = error, word
    return worst, where


def main() -> None:
    worst, where = _survey(1024)
    top = int(np.argmax(worst))
    print(f"largest error over all words: {worst[top]:.2f} ulp, at word {where[top]}")
    print(f"in the outermost 1024th: {worst[0]:.2f} ulp; median of the parts: {np.median(worst):.2f} ulp")


if __name__ == "__main__":
    main()
