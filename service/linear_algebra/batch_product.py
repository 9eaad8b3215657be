"""Products of a matrix, or of its transpose, with the columns of a batch in binary32: the same bits everywhere.

Each element's terms are added one after another, in ascending order and from zero, each product and each sum rounded.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from service.compilation import kernel

Singles = NDArray[np.float32]

LANES = 16
"""Columns that are worked on side by side; a batch is padded to a multiple of them."""

_SIGNATURE = "void(float32[:, ::1], float32[:, :, ::1], float32[:, :, ::1])"


@kernel(_SIGNATURE)
def _by_rows(matrix: Singles, batch: Singles, out: Singles) -> None:
    rows, inner = matrix.shape
    whole = inner // 8 * 8
    out[:] = 0
    for block in range(batch.shape[0]):
        for k in range(0, whole, 8):
            c0, c1, c2, c3 = batch[block, k], batch[block, k + 1], batch[block, k + 2], batch[block, k + 3]
            c4, c5, c6, c7 = batch[block, k + 4], batch[block, k + 5], batch[block, k + 6], batch[block, k + 7]
            for i in range(rows):
                m0, m1, m2, m3 = matrix[i, k], matrix[i, k + 1], matrix[i, k + 2], matrix[i, k + 3]
                m4, m5, m6, m7 = matrix[i, k + 4], matrix[i, k + 5], matrix[i, k + 6], matrix[i, k + 7]
                line = out[block, i]
                for j in range(LANES):
                    total = line[j] + m0 * c0[j]
                    total = total + m1 * c1[j]
                    total = total + m2 * c2[j]
                    total = total + m3 * c3[j]
                    total = total + m4 * c4[j]
                    total = total + m5 * c5[j]
                    total = total + m6 * c6[j]
                    total = total + m7 * c7[j]
                    line[j] = total
        for k in range(whole, inner):
            for i in range(rows):
                for j in range(LANES):
                    out[block, i, j] = out[block, i, j] + matrix[i, k] * batch[block, k, j]


@kernel(_SIGNATURE)
def _by_columns(matrix: Singles, batch: Singles, out: Singles) -> None:
    inner, rows = matrix.shape
    whole = inner // 8 * 8
    out[:] = 0
    for block in range(batch.shape[0]):
        for k in range(0, whole, 8):
            c0, c1, c2, c3 = batch[block, k], batch[block, k + 1], batch[block, k + 2], batch[block, k + 3]
            c4, c5, c6, c7 = batch[block, k + 4], batch[block, k + 5], batch[block, k + 6], batch[block, k + 7]
            for i in range(rows):
                m0, m1, m2, m3 = matrix[k, i], matrix[k + 1, i], matrix[k + 2, i], matrix[k + 3, i]
                m4, m5, m6, m7 = matrix[k + 4, i], matrix[k + 5, i], matrix[k + 6, i], matrix[k + 7, i]
                line = out[block, i]
                for j in range(LANES):
                    total = line[j] + m0 * c0[j]
                    total = total + m1 * c1[j]
                    total = total + m2 * c2[j]
                    total = total + m3 * c3[j]
                    total = total + m4 * c4[j]
                    total = total + m5 * c5[j]
                    total = total + m6 * c6[j]
                    total = total + m7 * c7[j]
                    line[j] = total
        for k in range(whole, inner):
            for i in range(rows):
                for j in range(LANES):
                    out[block, i, j] = out[block, i, j] + matrix[k, i] * batch[block, k, j]


def product(matrix: Singles, batch: Singles) -> Singles:
    """Return a matrix (rows, inner) times the columns of a batch (inner, columns): (rows, columns)."""
    return _through(_by_rows, matrix, batch, matrix.shape[0])


def transposed_product(matrix: Singles, batch: Singles) -> Singles:
    """Return the transpose of a matrix (inner, rows) times the columns of a batch, likewise."""
    return _through(_by_columns, matrix, batch, matrix.shape[1])


def _through(
    kernel: Callable[[Singles, Singles, Singles], None], matrix: Singles, batch: Singles, rows: int
) -> Singles:
    inner, columns = batch.shape
    blocks = -(-columns // LANES)
    padded = np.zeros((blocks, inner, LANES), np.float32)
    for block in range(blocks):
        part = batch[:, block * LANES : (block + 1) * LANES]
        padded[block, :, : part.shape[1]] = part
    out = np.empty((blocks, rows, LANES), np.float32)
    kernel(matrix, padded, out)
    return np.ascontiguousarray(out.transpose(1, 0, 2).reshape(rows, blocks * LANES)[:, :columns])
