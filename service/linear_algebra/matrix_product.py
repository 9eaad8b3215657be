"""The product of two matrices, the same bits on every machine.

Each element's terms are added one after another, from zero and in ascending order (see "Matrix products" in
stream 1's `SPECIFICATION.md`), whatever the tiles and threads: a tile goes on with the sums that the last one stored.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from service.compilation import kernel
from service.linear_algebra.interruption import interruption

DoubleMatrix = NDArray[np.float64]

_ROWS = 64
_COLUMNS = 256
"""A tile of the result, which stays in the second cache; eight rows of the right factor under it stay in the first."""

_FEW = 2**20
"""Multiplications that take less time than other threads take to begin."""


@kernel("void(float64[:, ::1], float64[:, ::1], float64[:, ::1])")
def _rows(left: DoubleMatrix, right: DoubleMatrix, out: DoubleMatrix) -> None:
    rows, inner = left.shape
    columns = right.shape[1]
    whole = inner // 8 * 8
    out[:] = 0
    for first in range(0, columns, _COLUMNS):
        last = min(first + _COLUMNS, columns)
        for k in range(0, whole, 8):
            r0, r1 = right[k, first:last], right[k + 1, first:last]
            r2, r3 = right[k + 2, first:last], right[k + 3, first:last]
            r4, r5 = right[k + 4, first:last], right[k + 5, first:last]
            r6, r7 = right[k + 6, first:last], right[k + 7, first:last]
            for i in range(rows):
                l0, l1, l2, l3 = left[i, k], left[i, k + 1], left[i, k + 2], left[i, k + 3]
                l4, l5, l6, l7 = left[i, k + 4], left[i, k + 5], left[i, k + 6], left[i, k + 7]
                line = out[i, first:last]
                for j in range(last - first):
                    total = line[j] + l0 * r0[j]
                    total = total + l1 * r1[j]
                    total = total + l2 * r2[j]
                    total = total + l3 * r3[j]
                    total = total + l4 * r4[j]
                    total = total + l5 * r5[j]
                    total = total + l6 * r6[j]
                    total = total + l7 * r7[j]
                    line[j] = total
        for k in range(whole, inner):
            for i in range(rows):
                l0 = left[i, k]
                for j in range(first, last):
                    out[i, j] = out[i, j] + l0 * right[k, j]


def multiply(left: DoubleMatrix, right: DoubleMatrix, threads: int) -> DoubleMatrix:
    """Return the product of two matrices in C order. Raises Interrupted."""
    rows, inner = left.shape
    out, check = np.empty((rows, right.shape[1])), interruption()

    def part(first: int) -> None:
        check()
        _rows(left[first : first + _ROWS], right, out[first : first + _ROWS])

    starts = range(0, rows, _ROWS)
    if threads == 1 or out.size * inner < _FEW:
        for start in starts:
            part(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, starts))
    return out
