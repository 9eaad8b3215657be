from __future__ import annotations

import itertools
from threading import Event

import numpy as np
import pytest
from scipy import stats

from service.linear_algebra import haar
from service.linear_algebra.interruption import Interrupted, interruptible

DTYPES = (np.float32, np.float64)
TOLERANCES = {np.float32: 1e-5, np.float64: 1e-12}
SHAPES = [(1, 1), (2, 2), (5, 3), (64, 64), (65, 65), (300, 1), (333, 77), (200, 128), (1000, 64), (257, 256)]

each_dtype = pytest.mark.parametrize("dtype", DTYPES)
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def gaussian(shape, dtype, seed=1):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def orthogonal(normals, gain=1.0, threads=2):
    """One matrix, or as many as `normals` has along a third axis, which is the first."""
    gaussians = normals.copy().reshape(-1, *normals.shape[-2:])
    out = np.full_like(gaussians, np.nan)
    haar.orthogonalise(gaussians, gain, out, threads)
    return out.reshape(normals.shape)


def error_of_orthogonality(q):
    """The spectral norm of QᵀQ - I."""
    exact = q.astype(np.float64)
    return np.linalg.norm(exact.T @ exact - np.eye(q.shape[1]), 2)


def stewart(normals):
    """Stewart's product of reflectors of Gaussian vectors, one at a time, in binary64."""
    exact = normals.astype(np.float64)
    rows, columns = exact.shape
    q = np.eye(rows, columns)
    for k in reversed(range(columns)):
        vector = np.zeros(rows)
        vector[k:] = exact[k:, k]
        sign = -1.0 if vector[k] >= 0 else 1.0
        q[k, k] = sign
        vector[k] -= sign * np.linalg.norm(vector)
        q -= np.outer(vector, 2.0 / (vector @ vector) * (vector @ q))
    return q


@each_dtype
@each_shape
def test_the_columns_are_orthonormal(shape, dtype):
    assert error_of_orthogonality(orthogonal(gaussian(shape, dtype))) <= TOLERANCES[dtype]


@pytest.mark.slow
@each_dtype
@pytest.mark.parametrize("shape", [(1024, 1024), (4096, 512)], ids=str)
def test_the_columns_of_a_large_matrix_are_orthonormal(shape, dtype):
    assert error_of_orthogonality(orthogonal(gaussian(shape, dtype))) <= TOLERANCES[dtype]


@each_dtype
@each_shape
def test_the_matrix_is_that_of_stewarts_method(shape, dtype):
    normals = gaussian(shape, dtype, seed=2)
    assert np.abs(orthogonal(normals) - stewart(normals)).max() <= TOLERANCES[dtype]


@each_dtype
def test_the_gain_multiplies_the_matrix(dtype):
    normals = gaussian((130, 70), dtype)
    assert np.array_equal(orthogonal(normals, gain=1.4142135), dtype(1.4142135) * orthogonal(normals))


def test_binary32_and_binary64_make_the_same_matrix_but_for_rounding():
    normals = gaussian((300, 200), np.float32)
    assert np.abs(orthogonal(normals) - orthogonal(normals.astype(np.float64))).max() <= 1e-5


@each_dtype
@pytest.mark.parametrize("threads", [2, 3, 8])
def test_any_number_of_threads_makes_the_same_bits(threads, dtype):
    normals = gaussian((500, 400), dtype)
    assert orthogonal(normals, threads=threads).tobytes() == orthogonal(normals, threads=1).tobytes()


@each_dtype
@pytest.mark.parametrize("width", [64, 192, 1024])
def test_tiles_of_any_width_make_the_same_bits(width, dtype, monkeypatch):
    normals = gaussian((250, 201), dtype)
    expected = orthogonal(normals)
    monkeypatch.setattr(haar, "COLUMNS", width)
    assert orthogonal(normals, threads=3).tobytes() == expected.tobytes()


@each_dtype
@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("shape", [(1, 1), (70, 64), (500, 400), (333, 333)], ids=str)
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_matrix_that_is_made_in_place_has_the_same_bits(order, shape, threads, dtype, monkeypatch):
    normals = gaussian(shape, dtype)
    matrix = np.full(shape, np.nan, dtype, order=order)

    def draw(out, start):
        out[:] = normals.reshape(-1)[start : start + out.size]

    monkeypatch.setattr(haar, "_DRAWN_AT_ONCE", 5000)
    haar.orthogonalise_in_place(matrix, draw, 1.1, threads)
    assert matrix.tobytes() == orthogonal(normals, gain=1.1).tobytes()


@pytest.mark.parametrize("shape", [(500, 400), (50, 100, 80)], ids=["one", "many"])
def test_matrices_that_nobody_waits_for_any_more_are_given_up(shape):
    unwanted = Event()
    unwanted.set()
    with interruptible(unwanted), pytest.raises(Interrupted):
        orthogonal(gaussian(shape, np.float32))
    orthogonal(gaussian(shape, np.float32))


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_matrix_that_is_made_in_place_can_be_given_up_at_any_time(after, monkeypatch):
    unwanted, normals, done = Event(), gaussian((500, 400), np.float32), itertools.count()
    reflect = haar._reflect

    def reflect_and_leave(*arguments):
        reflect(*arguments)
        if next(done) == after:
            unwanted.set()

    monkeypatch.setattr(haar, "_reflect", reflect_and_leave)
    with interruptible(unwanted), pytest.raises(Interrupted):
        haar.orthogonalise_in_place(np.empty_like(normals), lambda out, start: out.fill(1.0), 1.0, 2)

    assert next(done) <= after + 3


def test_matrices_that_are_begun_a_few_at_a_time_have_the_same_bits(monkeypatch):
    normals = gaussian((7, 40, 30), np.float32)
    expected = orthogonal(normals)
    monkeypatch.setattr(haar, "_MULTIPLIED_AT_ONCE", 2 * 40 * 30 * 30)
    assert orthogonal(normals).tobytes() == expected.tobytes()


def test_a_failure_in_one_tile_does_not_leave_the_others_waiting(monkeypatch):
    monkeypatch.setattr(haar, "_reflect", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        orthogonal(gaussian((500, 400), np.float32), threads=3)


@each_dtype
@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_a_matrix_among_others_has_the_bits_that_it_has_alone(threads, dtype):
    normals = gaussian((5, 90, 70), dtype)
    alone = np.array([orthogonal(each) for each in normals])
    assert orthogonal(normals, threads=threads).tobytes() == alone.tobytes()


@each_dtype
@pytest.mark.parametrize("threads", [1, 2])
def test_an_output_in_any_order_gets_the_same_bits(threads, dtype):
    normals = gaussian((1, 150, 140), dtype)
    transposed = np.empty((140, 1, 150), dtype).transpose(1, 2, 0)
    haar.orthogonalise(normals.copy(), 1.0, transposed, threads)
    assert np.array_equal(transposed, orthogonal(normals))


@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 3, 0), (2, 0, 0)], ids=str)
def test_matrices_without_elements_are_no_error(shape):
    haar.orthogonalise(np.empty(shape, np.float32), 1.0, np.empty(shape, np.float32), threads=2)


def running_sum(terms):
    """The sum of `terms` from zero, each addition rounded on its own, in the terms' dtype."""
    total = np.zeros_like(terms[0])
    for term in terms:
        total = total + term
    return total


def specified(normals, gain):
    """The matrix to the bit, by section 8 of the specification, with no tiles and no regard to speed."""
    dtype, columns = normals.dtype.type, normals.shape[1]
    exact = normals.astype(np.float64)
    v, c = np.zeros(normals.shape, dtype), np.zeros(normals.shape, dtype)
    for k in range(columns):
        norm = np.sqrt(running_sum(exact[k:, k] * exact[k:, k]))
        c[k, k] = d = 1.0 if exact[k, k] < 0 else -1.0
        v[k:, k] = exact[k:, k] * (1.0 / (exact[k, k] - d * norm))
        v[k, k] = 1
    for first in reversed(range(0, columns, 64)):
        block = v[first:, first : first + 64]
        below = c[first:]
        w = project(block, below)
        t = triangle(block.astype(np.float64)).astype(dtype)
        x = np.array([running_sum([t[q, j] * w[j] for j in range(q, len(w))]) for q in range(len(w))])
        subtract(block, x, below)
    return dtype(gain) * c


def triangle(block):
    width = block.shape[1]
    p = running_sum([np.outer(row, row) for row in block])
    t = np.zeros((width, width))
    for k in range(width):
        t[k, k] = 2.0 / p[k, k]
        for q in range(k):
            t[q, k] = -t[k, k] * running_sum([t[q, j] * p[j, k] for j in range(q, k)])
    return t


def grouped(terms, size):
    """The sum of each whole group of `size` terms, formed from its first on, then the terms left over one by one."""
    whole = len(terms) // size * size
    return [sum(terms[i + 1 : i + size], start=terms[i]) for i in range(0, whole, size)] + terms[whole:]


def project(block, below):
    return running_sum(grouped([np.outer(v, c) for v, c in zip(block, below, strict=True)], 8))


def subtract(block, x, below):
    for group in grouped([np.outer(v, x[r]) for r, v in enumerate(block.T)], 16):
        below -= group


@each_dtype
@pytest.mark.parametrize("shape", [(3, 2), (70, 70), (149, 141)], ids=str)
def test_the_bits_are_those_of_the_specification(shape, dtype):
    normals = gaussian(shape, dtype, seed=3)
    assert orthogonal(normals, gain=1.1).tobytes() == specified(normals, 1.1).tobytes()


def many(count, rows, columns, dtype=np.float64):
    return orthogonal(gaussian((count, rows, columns), dtype, seed=4))


@pytest.fixture(scope="module")
def square_matrices():
    return {n: many(20_000, n, n) for n in (3, 4, 5)}


@pytest.mark.parametrize("n", [3, 4, 5])
def test_every_entry_has_the_law_of_a_coordinate_of_a_point_on_the_sphere(square_matrices, n):
    law = stats.beta(0.5, (n - 1) / 2)
    entries = square_matrices[n].reshape(-1, n * n).T
    assert min(stats.kstest(entry**2, law.cdf).pvalue for entry in entries) > 1e-4


@pytest.mark.parametrize("n", [3, 4, 5])
def test_every_entry_has_either_sign_as_often(square_matrices, n):
    matrices = square_matrices[n]
    positive = (matrices > 0).sum(axis=0)
    assert np.abs(positive - len(matrices) / 2).max() <= 4 * np.sqrt(len(matrices) / 4)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_the_trace_has_mean_0_and_variance_1(square_matrices, n):
    traces = np.trace(square_matrices[n], axis1=1, axis2=2)
    squares = traces**2
    assert abs(traces.mean()) <= 4 * traces.std() / np.sqrt(traces.size)
    assert abs(squares.mean() - 1) <= 4 * squares.std() / np.sqrt(traces.size)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_the_trace_of_the_square_has_mean_1(square_matrices, n):
    """E tr Q^2 = 1 on O(n) (Diaconis and Shahshahani, 1994), which a product with wrong signs misses."""
    traces = np.einsum("kij,kji->k", square_matrices[n], square_matrices[n])
    assert abs(traces.mean() - 1) <= 4 * traces.std() / np.sqrt(traces.size)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_either_determinant_is_as_frequent(square_matrices, n):
    positive = (np.linalg.det(square_matrices[n]) > 0).sum()
    assert stats.binomtest(int(positive), len(square_matrices[n])).pvalue > 1e-3


def test_a_rotated_matrix_has_the_same_law(square_matrices):
    rotation = np.linalg.qr(np.random.default_rng(5).standard_normal((4, 4)))[0]
    for rotated in (rotation @ square_matrices[4], square_matrices[4] @ rotation):
        for i, j in itertools.product(range(4), repeat=2):
            assert stats.ks_2samp(rotated[:, i, j], square_matrices[4][:, i, j]).pvalue > 1e-3


def test_tall_matrices_have_columns_spread_over_the_sphere():
    law = stats.beta(0.5, 2.5)
    entries = many(20_000, 6, 2, np.float32).reshape(-1, 12).T
    assert min(stats.kstest(entry**2, law.cdf).pvalue for entry in entries) > 1e-4
