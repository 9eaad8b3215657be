"""Haar-distributed orthogonal matrices, the same bits on every machine.

G. W. Stewart, "The efficient generation of random orthogonal matrices with an application to condition
estimators", SIAM J. Numer. Anal. 17 (1980), doi:10.1137/0717034: the product of Householder reflectors
of independent Gaussian vectors, with the signs that make R's diagonal positive (Mezzadri,
arXiv:math-ph/0609050). That is the Q of a Gaussian matrix's QR factorisation in distribution, for half
the work. Reflectors are applied in blocks, I - V T V^T (Schreiber and Van Loan, doi:10.1137/0910005).

Every sum is taken in one order, whatever the tiles and threads (see "Orthogonal" in stream 1's
`SPECIFICATION.md`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, kernels

FloatMatrix = NDArray[Any]
"""float32 or float64."""

Diagonal = NDArray[np.float64]

REFLECTORS = 64
"""How many reflectors make a block. Part of the stream: another number would round otherwise."""

_COLUMNS = 128
"""How many columns a thread takes at a time: 16 KiB of working rows. Any number gives the same bits."""


@kernels("void({0}[:, ::1], float64[::1])")
def _reflectors(gaussian: FloatMatrix, signs: Diagonal) -> None:
    """Turn column k of the tall `gaussian` into the vector of its reflector: 0 above row k, 1 in it.

    `signs` becomes the diagonal that makes the distribution Haar: -1 where the pivot is not negative.
    """
    rows, columns = gaussian.shape
    scale = np.zeros(columns)
    for i in range(rows):
        for k in range(min(i + 1, columns)):
            value = np.float64(gaussian[i, k])
            scale[k] += value * value
    for k in range(columns):
        pivot = np.float64(gaussian[k, k])
        norm = np.sqrt(scale[k])
        signs[k] = 1.0 if pivot < 0.0 else -1.0
        scale[k] = 1.0 / (pivot - signs[k] * norm)
    for i in range(rows):
        for k in range(min(i, columns)):
            gaussian[i, k] = np.float64(gaussian[i, k]) * scale[k]
        if i < columns:
            gaussian[i, i] = 1
            gaussian[i, i + 1 :] = 0


@kernels("void({0}[:, ::1], int64, {0}[:, ::1])")
def _triangle(vectors: FloatMatrix, first: int, triangle: FloatMatrix) -> None:
    """Write the upper triangular T of the block of reflectors that starts at column `first`."""
    count = min(REFLECTORS, vectors.shape[1] - first)
    products = np.zeros((count, count))
    for i in range(first, vectors.shape[0]):
        row = vectors[i, first : first + count]
        for k in range(count):
            factor = np.float64(row[k])
            for j in range(count):
                products[k, j] += factor * np.float64(row[j])
    exact = np.zeros((count, count))
    for k in range(count):
        tau = 2.0 / products[k, k]
        exact[k, k] = tau
        for r in range(k):
            total = 0.0
            for j in range(r, k):
                total += exact[r, j] * products[j, k]
            exact[r, k] = -tau * total
    for r in range(count):
        for k in range(count):
            triangle[r, k] = exact[r, k]


@called
def _project(vectors: FloatMatrix, first: int, count: int, part: FloatMatrix, projected: FloatMatrix) -> None:
    """Projected = V^T part, the rows taken in order."""
    width = part.shape[1]
    projected[:count] = 0
    rows = part.shape[0]
    whole = first + (rows - first) // 8 * 8
    for i in range(first, whole, 8):
        p0, p1, p2, p3 = part[i], part[i + 1], part[i + 2], part[i + 3]
        p4, p5, p6, p7 = part[i + 4], part[i + 5], part[i + 6], part[i + 7]
        for r in range(count):
            k = first + r
            v0, v1, v2, v3 = vectors[i, k], vectors[i + 1, k], vectors[i + 2, k], vectors[i + 3, k]
            v4, v5, v6, v7 = vectors[i + 4, k], vectors[i + 5, k], vectors[i + 6, k], vectors[i + 7, k]
            line = projected[r]
            for j in range(width):
                total = v0 * p0[j]
                total = total + v1 * p1[j]
                total = total + v2 * p2[j]
                total = total + v3 * p3[j]
                total = total + v4 * p4[j]
                total = total + v5 * p5[j]
                total = total + v6 * p6[j]
                total = total + v7 * p7[j]
                line[j] = line[j] + total
    for i in range(whole, rows):
        for r in range(count):
            v0 = vectors[i, first + r]
            for j in range(width):
                projected[r, j] = projected[r, j] + v0 * part[i, j]


@called
def _mix(triangle: FloatMatrix, count: int, projected: FloatMatrix, mixed: FloatMatrix) -> None:
    """Mixed = T projected."""
    width = projected.shape[1]
    mixed[:count] = 0
    for r in range(count):
        for q in range(r, count):
            factor = triangle[r, q]
            for j in range(width):
                mixed[r, j] = mixed[r, j] + factor * projected[q, j]


@called
def _subtract(vectors: FloatMatrix, first: int, count: int, part: FloatMatrix, mixed: FloatMatrix) -> None:
    """Part -= V mixed, the reflectors taken in order."""
    width = part.shape[1]
    whole = count // 16 * 16
    for i in range(first, part.shape[0]):
        for r in range(0, whole, 16):
            k = first + r
            v0, v1, v2, v3 = vectors[i, k + 0], vectors[i, k + 1], vectors[i, k + 2], vectors[i, k + 3]
            v4, v5, v6, v7 = vectors[i, k + 4], vectors[i, k + 5], vectors[i, k + 6], vectors[i, k + 7]
            v8, v9, v10, v11 = vectors[i, k + 8], vectors[i, k + 9], vectors[i, k + 10], vectors[i, k + 11]
            v12, v13, v14, v15 = vectors[i, k + 12], vectors[i, k + 13], vectors[i, k + 14], vectors[i, k + 15]
            for j in range(width):
                total = v0 * mixed[r, j]
                total = total + v1 * mixed[r + 1, j]
                total = total + v2 * mixed[r + 2, j]
                total = total + v3 * mixed[r + 3, j]
                total = total + v4 * mixed[r + 4, j]
                total = total + v5 * mixed[r + 5, j]
                total = total + v6 * mixed[r + 6, j]
                total = total + v7 * mixed[r + 7, j]
                total = total + v8 * mixed[r + 8, j]
                total = total + v9 * mixed[r + 9, j]
                total = total + v10 * mixed[r + 10, j]
                total = total + v11 * mixed[r + 11, j]
                total = total + v12 * mixed[r + 12, j]
                total = total + v13 * mixed[r + 13, j]
                total = total + v14 * mixed[r + 14, j]
                total = total + v15 * mixed[r + 15, j]
                part[i, j] = part[i, j] - total
        for r in range(whole, count):
            v0 = vectors[i, first + r]
            for j in range(width):
                part[i, j] = part[i, j] - v0 * mixed[r, j]


@kernels("void({0}[:, ::1], {0}[:, :, ::1], float64[::1], {0}, int64, {0}[:, :])")
def _columns(
    vectors: FloatMatrix, triangles: FloatMatrix, signs: Diagonal, gain: float, start: int, out: FloatMatrix
) -> None:
    """Write `gain` times columns `start` ... of the matrix to `out` (as many as it has)."""
    rows, columns = vectors.shape
    width = out.shape[1]
    part = np.zeros((rows, width), vectors.dtype)
    for j in range(width):
        part[start + j, j] = signs[start + j]
    projected = np.empty((REFLECTORS, width), vectors.dtype)
    mixed = np.empty((REFLECTORS, width), vectors.dtype)
    for block in range((start + width - 1) // REFLECTORS, -1, -1):
        first = block * REFLECTORS
        count = min(REFLECTORS, columns - first)
        _project(vectors, first, count, part, projected)
        _mix(triangles[block], count, projected, mixed)
        _subtract(vectors, first, count, part, mixed)
    for i in range(rows):
        for j in range(width):
            out[i, j] = gain * part[i, j]


@kernels("void({0}[:, :, ::1], {0}, {0}[:, :, :])")
def _matrices(gaussians: FloatMatrix, gain: float, out: FloatMatrix) -> None:
    """Make one matrix after the other."""
    columns = gaussians.shape[2]
    blocks = (columns + REFLECTORS - 1) // REFLECTORS
    signs = np.empty(columns)
    triangles = np.zeros((blocks, REFLECTORS, REFLECTORS), gaussians.dtype)
    for m in range(gaussians.shape[0]):
        gaussian = gaussians[m]
        _reflectors(gaussian, signs)
        for block in range(blocks):
            _triangle(gaussian, block * REFLECTORS, triangles[block])
        for start in range(0, columns, _COLUMNS):
            _columns(gaussian, triangles, signs, gain, start, out[m, :, start : start + _COLUMNS])


def orthogonalise(gaussians: FloatMatrix, gain: float, out: FloatMatrix, threads: int) -> None:
    """Write `gain` times Haar-distributed matrices with orthonormal columns to `out`.

    `gaussians`, of shape (matrices, rows, columns) with rows >= columns, holds independent standard
    normals in float32 or float64, C order, and is overwritten; `out` has its shape and dtype, in any order.
    """
    if gaussians.size == 0:
        return
    scale = gaussians.dtype.type(gain)
    with ThreadPoolExecutor(threads) as pool:
        if len(gaussians) >= threads:
            cuts = [len(gaussians) * i // threads for i in range(threads + 1)]
            parts = [slice(low, high) for low, high in pairwise(cuts)]
            list(pool.map(lambda part: _matrices(gaussians[part], scale, out[part]), parts))
        else:
            for gaussian, one in zip(gaussians, out, strict=True):
                _in_parallel(gaussian, scale, one, pool)


def _in_parallel(gaussian: FloatMatrix, gain: float, out: FloatMatrix, pool: ThreadPoolExecutor) -> None:
    """Make one matrix, its blocks of reflectors and then its tiles of columns in parallel."""
    columns = gaussian.shape[1]
    signs = np.empty(columns)
    _reflectors(gaussian, signs)
    triangles = np.zeros((-(-columns // REFLECTORS), REFLECTORS, REFLECTORS), gaussian.dtype)

    def triangle(block: int) -> None:
        _triangle(gaussian, block * REFLECTORS, triangles[block])

    def tile(start: int) -> None:
        _columns(gaussian, triangles, signs, gain, start, out[:, start : start + _COLUMNS])

    list(pool.map(triangle, range(len(triangles))))
    # The last columns pass through the most reflectors: long tasks first.
    list(pool.map(tile, reversed(range(0, columns, _COLUMNS))))
