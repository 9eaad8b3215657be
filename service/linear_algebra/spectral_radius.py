"""The spectral radius of a matrix, the same bits on every machine.

By Gelfand's formula (I. M. Gelfand, "Normierte Ringe", 1941): the radius of A is the limit of |A^N|^(1/N), here for
N = 2^60, by squaring. What rounding does to a square counts half of what it did to the one before. The squares of
most matrices soon have few directions left: then those are all that is squared on.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.transforms import exp
from service.compilation import kernel
from service.linear_algebra.interruption import interruption
from service.linear_algebra.matrix_product import DoubleMatrix, multiply

SQUARINGS = 60
"""With them, even a norm that differs from the radius by a factor of e^16 is off by less than 2^-56 of itself."""

REDUCED_AFTER = range(10, SQUARINGS, 4)
"""The squarings after which a matrix is reduced, where it can be. Part of the stream, as are the next two."""

SMALLEST_REDUCED = 65
"""The order from which on it is tried."""

NEGLIGIBLE = 2.0**-43
"""What a column may keep, next to the longest, to count as a combination of others."""

_ZERO = 2.0**-1000
_LN2 = 0.6931471805599453


@kernel("void(float64[:, ::1], float64[::1])")
def _squared_lengths(columns: DoubleMatrix, out: NDArray[np.float64]) -> None:
    out[:] = 0
    for i in range(columns.shape[0]):
        for j in range(columns.shape[1]):
            out[j] = out[j] + columns[i, j] * columns[i, j]


@kernel("void(float64[:, ::1], int64, float64[::1])")
def _orthonormalise(basis: DoubleMatrix, count: int, vector: NDArray[np.float64]) -> None:
    """Make `vector` a unit vector, orthogonal to the first `count` rows of `basis`."""
    for p in range(count):
        total = 0.0
        for i in range(vector.size):
            total = total + basis[p, i] * vector[i]
        for i in range(vector.size):
            vector[i] = vector[i] - total * basis[p, i]
    square = 0.0
    for i in range(vector.size):
        square = square + vector[i] * vector[i]
    length = np.sqrt(square)
    for i in range(vector.size):
        vector[i] = vector[i] / length


@kernel("void(float64[:, ::1], float64[::1], float64[::1])")
def _remove(columns: DoubleMatrix, vector: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Take from each column its part along a unit vector; put the squared lengths of the rest into `out`."""
    along = np.zeros(columns.shape[1])
    for i in range(columns.shape[0]):
        for j in range(columns.shape[1]):
            along[j] = along[j] + vector[i] * columns[i, j]
    out[:] = 0
    for i in range(columns.shape[0]):
        for j in range(columns.shape[1]):
            rest = columns[i, j] - vector[i] * along[j]
            columns[i, j] = rest
            out[j] = out[j] + rest * rest


def _reduced(matrix: DoubleMatrix, threads: int) -> DoubleMatrix:
    """Return a matrix of at most half the order with the same eigenvalues but zeros; `matrix` where there is none.

    That is Q^T B Q with an orthonormal basis Q of the space of B's columns, by Gram and Schmidt's method, the
    longest remaining column first.
    """
    order = len(matrix)
    rest, lengths = matrix.copy(), np.empty(order)
    basis = np.empty((order // 2, order))
    _squared_lengths(rest, lengths)
    least = lengths.max() * (NEGLIGIBLE * NEGLIGIBLE)
    count = 0
    check = interruption()
    while True:
        check()
        longest = int(lengths.argmax())
        if lengths[longest] <= least:
            break
        if count == len(basis):
            return matrix
        basis[count] = rest[:, longest]
        _orthonormalise(basis, count, basis[count])
        _remove(rest, basis[count], lengths)
        count += 1
    found = basis[:count]
    return multiply(found, multiply(matrix, np.ascontiguousarray(found.T), threads), threads)


def spectral_radius(matrix: DoubleMatrix, threads: int) -> float:
    """Return the largest absolute value of the eigenvalues of a square matrix of finite numbers.

    To first order, the relative error is at most 2^-51 n k g: n the order, k the condition number of that eigenvalue, g
    the greatest of (|B| / radius(B))^2 over the squares B, in Frobenius' norm. In practice it is below 1e-13 for random
    matrices of order 1000, and about 1e-8, as LAPACK's is, where two eigenvalues coincide.
    The radius is 0 where no path of elements leads from an index back to itself.
    """
    square, exponent = matrix, 0
    for squarings in range(SQUARINGS + 1):
        if squarings:
            square, exponent = multiply(square, square, threads), 2 * exponent
        largest = float(np.abs(square).max(initial=0.0))
        if largest < _ZERO:
            return 0.0
        shift = math.frexp(largest)[1]
        square, exponent = square * 2.0**-shift, exponent + shift
        if squarings in REDUCED_AFTER and len(square) >= SMALLEST_REDUCED:
            square = _reduced(square, threads)
    whole = -(-exponent >> SQUARINGS)
    fraction = math.ldexp(float(exponent - (whole << SQUARINGS)), -SQUARINGS)
    return math.ldexp(float(exp(fraction * _LN2)), whole)
