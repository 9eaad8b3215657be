"""Haar-distributed unitary matrices, the same bits on every machine.

As `haar`, over the complex numbers: the product of Householder reflectors of independent complex Gaussian vectors, with
the phases that make R's diagonal positive (Mezzadri, arXiv:math-ph/0609050, section 5). All arithmetic is binary64, on
real and imaginary parts apart, and every sum is taken in one order, whatever the tiles and threads (see "Unitary
matrices" in stream 1's `SPECIFICATION.md`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, kernel, kernels
from service.linear_algebra.interruption import interruption

Planes = NDArray[np.float64]
"""Real and imaginary parts, one after the other along the first axis."""

COLUMNS = 16
"""How many columns a thread takes at a time. Any number gives the same bits."""


@called
def _reflector(vector: Planes, k: int, phase: Planes) -> float:
    """Turn a column of normals, (2, rows), into the vector of its reflector, 1 in row k, and return 2 / (v* v).

    `phase` becomes the diagonal element that makes the distribution Haar. What stands above row k is not touched.
    """
    rows = vector.shape[1]
    total = 0.0
    for i in range(k, rows):
        total += vector[0, i] * vector[0, i] + vector[1, i] * vector[1, i]
    size = np.sqrt(vector[0, k] * vector[0, k] + vector[1, k] * vector[1, k])
    real, imaginary = vector[0, k] / size, vector[1, k] / size
    scale = 1.0 / (size + np.sqrt(total))
    phase[0], phase[1] = -real, -imaginary
    vector[0, k], vector[1, k] = 1.0, 0.0
    square = 1.0
    for i in range(k + 1, rows):
        a, b = vector[0, i], vector[1, i]
        vector[0, i] = (a * real + b * imaginary) * scale
        vector[1, i] = (b * real - a * imaginary) * scale
        square += vector[0, i] * vector[0, i] + vector[1, i] * vector[1, i]
    return 2.0 / square


@called
def _project(vector: Planes, k: int, part: Planes, projected: Planes) -> None:
    """Projected = v* part, the rows taken in order."""
    rows, width = part.shape[1], part.shape[2]
    projected[:] = 0.0
    whole = k + (rows - k) // 4 * 4
    real, imaginary = part[0], part[1]
    for i in range(k, whole, 4):
        a0, a1, a2, a3 = vector[0, i], vector[0, i + 1], vector[0, i + 2], vector[0, i + 3]
        b0, b1, b2, b3 = vector[1, i], vector[1, i + 1], vector[1, i + 2], vector[1, i + 3]
        for j in range(width):
            total = projected[0, j]
            total = total + (a0 * real[i, j] + b0 * imaginary[i, j])
            total = total + (a1 * real[i + 1, j] + b1 * imaginary[i + 1, j])
            total = total + (a2 * real[i + 2, j] + b2 * imaginary[i + 2, j])
            projected[0, j] = total + (a3 * real[i + 3, j] + b3 * imaginary[i + 3, j])
        for j in range(width):
            total = projected[1, j]
            total = total + (a0 * imaginary[i, j] - b0 * real[i, j])
            total = total + (a1 * imaginary[i + 1, j] - b1 * real[i + 1, j])
            total = total + (a2 * imaginary[i + 2, j] - b2 * real[i + 2, j])
            projected[1, j] = total + (a3 * imaginary[i + 3, j] - b3 * real[i + 3, j])
    for i in range(whole, rows):
        a0, b0 = vector[0, i], vector[1, i]
        for j in range(width):
            projected[0, j] = projected[0, j] + (a0 * real[i, j] + b0 * imaginary[i, j])
            projected[1, j] = projected[1, j] + (a0 * imaginary[i, j] - b0 * real[i, j])


@called
def _subtract(vector: Planes, k: int, part: Planes, mixed: Planes) -> None:
    """Part = part - v mixed."""
    rows, width = part.shape[1], part.shape[2]
    real, imaginary = part[0], part[1]
    for i in range(k, rows):
        a, b = vector[0, i], vector[1, i]
        for j in range(width):
            real[i, j] = real[i, j] - (a * mixed[0, j] - b * mixed[1, j])
            imaginary[i, j] = imaginary[i, j] - (a * mixed[1, j] + b * mixed[0, j])


@kernel("void(float64[:, :, ::1], float64[:, ::1], float64[::1])")
def _reflectors(vectors: Planes, phases: Planes, factors: NDArray[np.float64]) -> None:
    """Turn the columns of normals, (columns, 2, rows), into vectors of reflectors."""
    for k in range(len(vectors)):
        factors[k] = _reflector(vectors[k], k, phases[k])


@kernels("void(float64[:, :, ::1], float64[:, ::1], float64[::1], float64, int64, {0}[:, :], {0}[:, :])")
def _columns(
    vectors: Planes, phases: Planes, factors: NDArray[np.float64], gain: float, start: int, real: Any, imaginary: Any
) -> None:
    """Write `gain` times columns `start` ... of the matrix, as many as there are, to the arrays of their two parts."""
    rows, width = real.shape
    part = np.zeros((2, rows, width))
    for j in range(width):
        part[0, start + j, j], part[1, start + j, j] = phases[start + j, 0], phases[start + j, 1]
    projected = np.empty((2, width))
    for k in range(start + width - 1, -1, -1):
        _project(vectors[k], k, part, projected)
        projected *= factors[k]
        _subtract(vectors[k], k, part, projected)
    for i in range(rows):
        for j in range(width):
            real[i, j] = gain * part[0, i, j]
            imaginary[i, j] = gain * part[1, i, j]


@kernels("void(float64[:, :, :, ::1], float64, {0}[:, :, :], {0}[:, :, :])")
def _matrices(gaussians: Planes, gain: float, real: Any, imaginary: Any) -> None:
    """Make one matrix after the other."""
    columns = gaussians.shape[1]
    phases, factors = np.empty((columns, 2)), np.empty(columns)
    for m in range(len(gaussians)):
        vectors = gaussians[m]
        _reflectors(vectors, phases, factors)
        for start in range(0, columns, COLUMNS):
            end = min(start + COLUMNS, columns)
            _columns(vectors, phases, factors, gain, start, real[m, :, start:end], imaginary[m, :, start:end])


_STEPS_AT_ONCE = 2**28
"""Steps in matrices, a sixth of a second's, that are begun without asking whether they are still wanted."""

_MATRIX_OVERHEAD = 2**9
"""What a matrix takes however small it is, in steps."""

_FEW = 2**17
"""Steps that take less time than other threads take to begin."""


def unitarise(gaussians: Planes, gain: float, out: NDArray[Any], threads: int) -> None:
    """Write `gain` times Haar-distributed matrices with orthonormal columns to `out`.

    `gaussians`, of shape (matrices, columns, 2, rows) with rows >= columns, holds the real and the imaginary parts of
    each column's independent standard normals, C order, and is overwritten. `out` is complex64 or complex128, of
    shape (matrices, rows, columns), in any order. Raises Interrupted.
    """
    if gaussians.size == 0:
        return
    check = interruption()
    _, columns, _, rows = gaussians.shape
    steps = rows * columns * columns + _MATRIX_OVERHEAD
    if len(gaussians) * steps < _FEW:
        _matrices(gaussians, gain, out.real, out.imag)
        return
    at_once = _STEPS_AT_ONCE // steps

    def some(part: slice) -> None:
        for start in range(part.start, part.stop, at_once):
            check()
            few = slice(start, min(start + at_once, part.stop))
            _matrices(gaussians[few], gain, out[few].real, out[few].imag)

    with ThreadPoolExecutor(threads) as pool:
        if at_once and len(gaussians) >= threads:
            cuts = [len(gaussians) * i // threads for i in range(threads + 1)]
            parts = [slice(low, high) for low, high in pairwise(cuts)]
            list(pool.map(some, parts))
        else:
            for gaussian, one in zip(gaussians, out, strict=True):
                _in_parallel(gaussian, gain, one, pool)


def _in_parallel(vectors: Planes, gain: float, out: NDArray[Any], pool: ThreadPoolExecutor) -> None:
    """Make one matrix, its tiles of columns in parallel."""
    columns = len(vectors)
    phases, factors = np.empty((columns, 2)), np.empty(columns)
    check = interruption()
    check()
    _reflectors(vectors, phases, factors)

    def tile(start: int) -> None:
        check()
        part = out[:, start : start + COLUMNS]
        _columns(vectors, phases, factors, gain, start, part.real, part.imag)

    # The last columns pass through the most reflectors: long tasks first.
    list(pool.map(tile, reversed(range(0, columns, COLUMNS))))
