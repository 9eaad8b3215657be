from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from scipy.linalg import eigvals

from service.linear_algebra import spectral_radius as module
from service.linear_algebra.spectral_radius import spectral_radius

DISTRIBUTIONS = {
    "uniform": lambda generator, shape: generator.uniform(-1, 1, shape),
    "normal": lambda generator, shape: generator.standard_normal(shape),
    "bernoulli": lambda generator, shape: generator.choice([-1.0, 1.0], shape),
}


def sparse(order, density, seed, distribution="uniform"):
    generator = np.random.default_rng(seed)
    kept = generator.random((order, order)) < density
    return np.where(kept, DISTRIBUTIONS[distribution](generator, (order, order)), 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("distribution", ["uniform", "normal"])
@pytest.mark.parametrize("density", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("order", [1, 2, 3, 5, 10, 30, 64, 65, 100, 200])
def test_the_radius_is_that_of_lapacks_eigenvalues(order, density, distribution):
    for seed in range(5):
        matrix = sparse(order, density, seed, distribution)
        expected = np.abs(eigvals(matrix)).max()

        assert spectral_radius(matrix, threads=2) == pytest.approx(expected, rel=1e-11, abs=1e-30)


@pytest.mark.slow
@pytest.mark.parametrize(("order", "density"), [(500, 0.01), (1000, 0.1)])
def test_the_radius_of_a_large_matrix_is_that_of_lapacks_eigenvalues(order, density):
    matrix = sparse(order, density, seed=1)

    assert spectral_radius(matrix, threads=2) == pytest.approx(np.abs(eigvals(matrix)).max(), rel=1e-11)


@pytest.mark.slow
@pytest.mark.parametrize("order", [2, 3, 4, 5, 8])
def test_the_radius_of_small_integer_matrices_is_right_even_where_eigenvalues_coincide(order):
    """There no method that rounds has more than half the digits: of two 17, of three 12."""
    with mpmath.workdps(60):
        for seed in range(20):
            matrix = sparse(order, 0.7, seed, "bernoulli")
            exact = float(max(map(abs, mpmath.eig(mpmath.matrix(matrix.tolist()), left=False, right=False))))

            assert spectral_radius(matrix, threads=1) == pytest.approx(exact, rel=1e-4, abs=1e-15)


def rotation(turns):
    cosine, sine = math.cos(2 * math.pi * turns), math.sin(2 * math.pi * turns)
    return np.array([[cosine, -sine], [sine, cosine]])


@pytest.mark.parametrize(
    ("matrix", "radius"),
    [
        (np.array([[-0.75]]), 0.75),
        (np.diag([0.5, -3.0, 2.0]), 3.0),
        (0.3 * rotation(0.123), 0.3),
        (0.3 * np.kron(np.diag([1.0, 0.999]), rotation(0.25)), 0.3),
        (np.array([[0.0, 4.0], [9.0, 0.0]]), 6.0),
        (np.array([[0.5, 1.0, 0.0], [0.0, 0.5, 1.0], [0.0, 0.0, 0.5]]), 0.5),
        (np.roll(np.eye(100), 1, axis=0), 1.0),
        (np.array([[0.0, 1.0], [1e-300, 0.0]]), 1e-150),
        (np.array([[1e150, 1e150], [1e150, 1e150]]), 2e150),
        (np.array([[1e-280]]), 1e-280),
    ],
)
def test_the_radius_of_a_matrix_whose_eigenvalues_are_known(matrix, radius):
    assert spectral_radius(matrix, threads=1) == pytest.approx(radius, rel=1e-13)


def test_a_matrix_whose_eigenvalues_all_have_one_modulus_is_squared_to_the_end():
    orthogonal = np.linalg.qr(np.random.default_rng(1).standard_normal((90, 90)))[0]

    assert spectral_radius(0.7 * orthogonal, threads=2) == pytest.approx(0.7, rel=1e-13)


def test_a_power_of_two_times_the_matrix_has_that_times_the_radius():
    matrix = sparse(40, 0.3, seed=2)

    assert spectral_radius(2.0**-30 * matrix, threads=1) == 2.0**-30 * spectral_radius(matrix, threads=1)


@pytest.mark.parametrize("order", [1, 2, 7, 100])
def test_a_matrix_without_a_cycle_has_radius_0(order):
    places = np.random.default_rng(3).permutation(order)
    matrix = np.tril(sparse(order, 1.0, seed=4), -1)[np.ix_(places, places)]

    assert spectral_radius(matrix, threads=1) == 0.0


@pytest.mark.parametrize("order", [0, 1, 70])
def test_zeros_have_radius_0(order):
    assert spectral_radius(np.zeros((order, order)), threads=1) == 0.0


@pytest.mark.parametrize("density", [0.02, 0.1, 1.0])
def test_reducing_the_squares_changes_the_radius_by_rounding_only(density, monkeypatch):
    matrix = sparse(150, density, seed=5)
    reduced = spectral_radius(matrix, threads=2)
    monkeypatch.setattr(module, "SMALLEST_REDUCED", 1000)

    assert reduced == pytest.approx(spectral_radius(matrix, threads=2), rel=1e-13)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_any_number_of_threads_makes_the_same_bits(threads):
    matrix = sparse(200, 0.1, seed=6)

    assert spectral_radius(matrix, threads) == spectral_radius(matrix, threads=1)
