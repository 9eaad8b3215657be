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

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, kernels
from service.linear_algebra.interruption import interruption, wait

FloatMatrix = NDArray[Any]
"""float32 or float64."""

Diagonal = NDArray[np.float64]

REFLECTORS = 64
"""How many reflectors make a block. Part of the stream: another number would round otherwise."""

COLUMNS = 128
"""How many columns a thread takes at a time, whole blocks: 16 KiB of working rows. Any number gives the same bits."""


@dataclass(frozen=True)
class _Panel:
    """Columns of a tall matrix: `count` of them from its column `first` on; in an array those from `at` on."""

    array: FloatMatrix
    """In C order, with all rows of the matrix."""
    at: int
    first: int
    count: int

    @property
    def columns(self) -> FloatMatrix:
        """The columns, to be read and written."""
        return self.array[:, self.at : self.at + self.count]

    def blocks(self) -> Iterable[_Panel]:
        """Return the blocks of reflectors in it, in order."""
        for done in range(0, self.count, REFLECTORS):
            count = min(REFLECTORS, self.count - done)
            yield _Panel(self.array, self.at + done, self.first + done, count)


@kernels("void({0}[:, ::1], int64, int64, int64, float64[::1])")
def _reflectors(array: FloatMatrix, at: int, first: int, count: int, signs: Diagonal) -> None:
    """Turn each column k of a panel of normals into the vector of its reflector: 0 above row k, 1 in it.

    `signs` becomes, there, the diagonal that makes the distribution Haar: -1 where the pivot is not negative.
    """
    rows = array.shape[0]
    scale = np.zeros(count)
    for i in range(first, rows):
        for k in range(min(i - first + 1, count)):
            value = np.float64(array[i, at + k])
            scale[k] += value * value
    for k in range(count):
        pivot = np.float64(array[first + k, at + k])
        norm = np.sqrt(scale[k])
        signs[first + k] = 1.0 if pivot < 0.0 else -1.0
        scale[k] = 1.0 / (pivot - signs[first + k] * norm)
    array[:first, at : at + count] = 0
    for i in range(first, rows):
        for k in range(min(i - first, count)):
            array[i, at + k] = np.float64(array[i, at + k]) * scale[k]
        if i - first < count:
            array[i, at + i - first] = 1
            array[i, at + i - first + 1 : at + count] = 0


@kernels("void({0}[:, ::1], int64, int64, int64, {0}[:, ::1])")
def _triangle(vectors: FloatMatrix, at: int, first: int, count: int, triangle: FloatMatrix) -> None:
    """Write the upper triangular T of the block of reflectors that starts at column `first`, which is `at` here."""
    products = np.zeros((count, count))
    for i in range(first, vectors.shape[0]):
        row = vectors[i, at : at + count]
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
def _project(vectors: FloatMatrix, at: int, first: int, part: FloatMatrix, projected: FloatMatrix) -> None:
    """Projected = V^T part, the rows taken in order."""
    count = len(projected)
    width = part.shape[1]
    projected[:] = 0
    rows = part.shape[0]
    whole = first + (rows - first) // 8 * 8
    for i in range(first, whole, 8):
        p0, p1, p2, p3 = part[i], part[i + 1], part[i + 2], part[i + 3]
        p4, p5, p6, p7 = part[i + 4], part[i + 5], part[i + 6], part[i + 7]
        for r in range(count):
            k = at + r
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
            v0 = vectors[i, at + r]
            for j in range(width):
                projected[r, j] = projected[r, j] + v0 * part[i, j]


@called
def _mix(triangle: FloatMatrix, projected: FloatMatrix, mixed: FloatMatrix) -> None:
    """Mixed = T projected."""
    count, width = projected.shape
    mixed[:] = 0
    for r in range(count):
        for q in range(r, count):
            factor = triangle[r, q]
            for j in range(width):
                mixed[r, j] = mixed[r, j] + factor * projected[q, j]


@called
def _subtract(vectors: FloatMatrix, at: int, first: int, part: FloatMatrix, mixed: FloatMatrix) -> None:
    """Part -= V mixed, the reflectors taken in order."""
    count, width = mixed.shape
    whole = count // 16 * 16
    for i in range(first, part.shape[0]):
        for r in range(0, whole, 16):
            k = at + r
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
            v0 = vectors[i, at + r]
            for j in range(width):
                part[i, j] = part[i, j] - v0 * mixed[r, j]


@kernels("void({0}[:, ::1], int64, int64, {0}[:, ::1], {0}[:, ::1], {0}[:, :, ::1])")
def _reflect(
    vectors: FloatMatrix, at: int, first: int, triangle: FloatMatrix, part: FloatMatrix, room: FloatMatrix
) -> None:
    """Apply a block of reflectors to `part`; `room` holds two arrays of as many rows as there are reflectors."""
    _project(vectors, at, first, part, room[0])
    _mix(triangle, room[0], room[1])
    _subtract(vectors, at, first, part, room[1])


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
    for block in range((start + width - 1) // REFLECTORS, -1, -1):
        first = block * REFLECTORS
        room = np.empty((2, min(REFLECTORS, columns - first), width), vectors.dtype)
        _reflect(vectors, first, first, triangles[block], part, room)
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
        _reflectors(gaussian, 0, 0, columns, signs)
        for block in range(blocks):
            first = block * REFLECTORS
            _triangle(gaussian, first, first, min(REFLECTORS, columns - first), triangles[block])
        for start in range(0, columns, COLUMNS):
            _columns(gaussian, triangles, signs, gain, start, out[m, :, start : start + COLUMNS])


_MULTIPLIED_AT_ONCE = 2**31
"""Multiplications in matrices, a quarter of a second's, that are begun without asking whether they are still wanted."""

MATRIX_OVERHEAD = 2**13
"""What a matrix takes however small it is, in multiplications: most of a microsecond."""

_FEW = 2**20
"""Multiplications that take less time than other threads take to begin."""


def orthogonalise(gaussians: FloatMatrix, gain: float, out: FloatMatrix, threads: int) -> None:
    """Write `gain` times Haar-distributed matrices with orthonormal columns to `out`.

    `gaussians`, of shape (matrices, rows, columns) with rows >= columns, holds independent standard
    normals in float32 or float64, C order, and is overwritten; `out` has its shape and dtype, in any order.
    Raises Interrupted.
    """
    if gaussians.size == 0:
        return
    scale = gaussians.dtype.type(gain)
    check = interruption()
    _, rows, columns = gaussians.shape
    work = rows * columns * columns + MATRIX_OVERHEAD
    if len(gaussians) * work < _FEW:
        _matrices(gaussians, scale, out)
        return
    at_once = max(1, _MULTIPLIED_AT_ONCE // work)

    def some(part: slice) -> None:
        for start in range(part.start, part.stop, at_once):
            check()
            few = slice(start, min(start + at_once, part.stop))
            _matrices(gaussians[few], scale, out[few])

    with ThreadPoolExecutor(threads) as pool:
        if len(gaussians) >= threads:
            cuts = [len(gaussians) * i // threads for i in range(threads + 1)]
            parts = [slice(low, high) for low, high in pairwise(cuts)]
            list(pool.map(some, parts))
        else:
            for gaussian, one in zip(gaussians, out, strict=True):
                _in_parallel([_Panel(gaussian, *place) for place in _places(gaussian.shape[1])], scale, one, pool)


Draw = Callable[[FloatMatrix, int], None]
"""Puts the standard normals start, start + 1, ... into an array in C order."""

_DRAWN_AT_ONCE = 2**18
"""Normals that wait to be stored."""


def matrix_workspace(rows: int, columns: int, threads: int) -> int:
    """Return how many bytes a matrix of rows >= columns takes, at most, beside its normals and its elements."""
    tiles = threads * (rows + 4 * REFLECTORS) * min(COLUMNS, columns)
    triangles = (columns + REFLECTORS) * REFLECTORS
    return 8 * (tiles + triangles + min(rows * columns, max(_DRAWN_AT_ONCE, columns)))


def orthogonalise_in_place(matrix: FloatMatrix, draw: Draw, gain: float, threads: int) -> None:
    """Write `gain` times a Haar-distributed matrix with orthonormal columns into `matrix`, with little room beside it.

    `matrix` is float32 or float64, of shape (rows, columns) with rows >= columns, in C order or in that of its
    transpose. Its normals are those that `draw` gives from 0 on, in C order. The bits are those of `orthogonalise`.
    Raises Interrupted.
    """
    rows, columns = matrix.shape
    if matrix.flags.c_contiguous:
        panels = [_Panel(matrix, *place) for place in _places(columns)]
    else:
        panels = [
            _Panel(matrix[:, first : first + count].T.reshape(rows, count, copy=False), 0, first, count)
            for _, first, count in _places(columns)
        ]
    at_once, check = max(1, _DRAWN_AT_ONCE // columns), interruption()
    for row in range(0, rows, at_once):
        check()
        normals = np.empty((min(at_once, rows - row), columns), matrix.dtype)
        draw(normals.reshape(-1), row * columns)
        for panel in panels:
            panel.columns[row : row + at_once] = normals[:, panel.first : panel.first + panel.count]
    with ThreadPoolExecutor(threads) as pool:
        _in_parallel(panels, matrix.dtype.type(gain), matrix, pool)


def _places(columns: int) -> list[tuple[int, int, int]]:
    return [(first, first, min(COLUMNS, columns - first)) for first in range(0, columns, COLUMNS)]


def _in_parallel(panels: list[_Panel], gain: float, out: FloatMatrix, pool: ThreadPoolExecutor) -> None:
    """Make one matrix from panels of normals, its blocks of reflectors and then its tiles of columns in parallel.

    `out` may be the memory of the panels, each where the tile of its columns lies.
    """
    rows, columns = out.shape
    signs = np.empty(columns)
    blocks = [block for panel in panels for block in panel.blocks()]
    triangles = np.zeros((len(blocks), REFLECTORS, REFLECTORS), out.dtype)
    is_written = [Event() for _ in panels]
    check = interruption()

    def reflectors(panel: _Panel) -> None:
        check()
        _reflectors(panel.array, panel.at, panel.first, panel.count, signs)
        for block in panel.blocks():
            _triangle(block.array, block.at, block.first, block.count, triangles[block.first // REFLECTORS])

    def tile(index: int) -> None:
        try:
            panel = panels[index]
            part = np.zeros((rows, panel.count), out.dtype)
            part[np.arange(panel.first, panel.first + panel.count), np.arange(panel.count)] = signs[
                panel.first : panel.first + panel.count
            ]
            last = (panel.first + panel.count - 1) // REFLECTORS
            for block in reversed(blocks[: last + 1]):
                check()
                room = np.empty((2, block.count, panel.count), out.dtype)
                _reflect(block.array, block.at, block.first, triangles[block.first // REFLECTORS], part, room)
            # The tiles after this one read the reflectors that lie where it goes.
            if index + 1 < len(panels):
                wait(is_written[index + 1], check)
            np.multiply(part, gain, out=out[:, panel.first : panel.first + panel.count])
        finally:
            is_written[index].set()

    list(pool.map(reflectors, panels))
    # The last columns pass through the most reflectors: long tasks first, and none waits for one that is not begun.
    list(pool.map(tile, reversed(range(len(panels)))))
