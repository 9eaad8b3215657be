"""Measure what the float32 normal is, over every word: where it ends, how coarse it is, where it goes down.

    python -m scripts.measure_normals

Takes a minute. The words above 2**31 give the same numbers with the other sign.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from service.streams.philox.quantile import LARGEST_64, quantile32

HALF = 2**31
PARTS = 1024


@njit(error_model="numpy")
def _normal(word: int) -> np.float32:
    return quantile32((np.float64(word) + 0.5) * 2.0**-32 - 0.5)


@njit(parallel=True, error_model="numpy")
def _survey() -> tuple[np.ndarray, np.ndarray]:
    """Return for each part how many steps go down, and the longest run of neighbours that share a value."""
    descents, longest = np.zeros(PARTS, np.int64), np.zeros(PARTS, np.int64)
    size = HALF // PARTS
    for part in prange(PARTS):
        first = part * size
        before, run = _normal(first), 1
        for word in range(first + 1, min(first + size + 1, HALF)):
            value = _normal(word)
            run = run + 1 if value == before else 1
            descents[part] += value < before
            longest[part] = max(longest[part], run)
            before = value
    return descents, longest


def main() -> None:
    descents, longest = _survey()
    ends = [float(-_normal(word)) for word in range(4)]
    print(f"the largest: {', '.join(f'{end:.8f}' for end in ends)}; of float64 {LARGEST_64:.4f}")
    drawn, beyond = 1e10 * 2.0**-31, 1e10 * math.erfc(ends[0] / math.sqrt(2.0))
    print(f"of 10^10 elements {drawn:.1f} are the largest, and of a true normal {beyond:.1f} are beyond it")
    print(f"the smallest: {float(-_normal(HALF - 1)):.4g}")
    print(f"steps that go down: {descents.sum()} of {HALF - 1}")
    print(f"the longest run of words with one value, but for runs over parts: {longest.max()}")


if __name__ == "__main__":
    main()
