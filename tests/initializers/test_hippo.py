from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make

N = 8

RECORDED = json.loads((Path(__file__).parent / "recorded" / "hippo.json").read_text())


def hippo(measure, shape=(N, N)):
    return make("hippo", shape, dtype="float64", measure=measure)


def test_legs_of_order_three_is_the_papers():
    """A[n, k] = -sqrt((2n+1)(2k+1)), -(n+1), 0: HiPPO's theorem 2 with the sign of x' = A x + B u."""
    expected = [[-1, 0, 0], [-math.sqrt(3), -2, 0], [-math.sqrt(5), -math.sqrt(15), -3]]
    np.testing.assert_allclose(hippo("legs")[:3, :3], np.array(expected), rtol=1e-15)
    np.testing.assert_allclose(hippo("legs", (N,)), np.sqrt(2 * np.arange(N) + 1), rtol=1e-15)


def test_legs_has_the_eigenvalues_of_its_diagonal():
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(hippo("legs")).real), -np.arange(N, 0, -1), rtol=1e-9)


def test_legs_remembers_the_past_as_legendre_coefficients():
    """x(t) of x' = (A x + B u) / t are the coefficients of u on [0, t] in normalised Legendre polynomials."""
    a, b = hippo("legs"), hippo("legs", (N,))
    # u(t) = t: its coefficients are t times constants, so that x = c t solves c t = (A c t + B t): (I - A) c = B.
    c = np.linalg.solve(np.eye(N) - a, b)
    nodes, weights = special.roots_legendre(40)
    s = 0.5 * (nodes + 1)
    expected = [np.sum(0.5 * weights * s * math.sqrt(2 * n + 1) * special.eval_legendre(n, nodes)) for n in range(N)]
    np.testing.assert_allclose(c, expected, atol=1e-12)


def test_the_legendre_memory_unit_is_legt_in_other_units():
    """Both are the delay network; R = diag(sqrt(2n+1)) and signs change one into the other (HTTYH, appendix)."""
    signs = (-1.0) ** np.arange(N)
    scale = np.sqrt(2 * np.arange(N) + 1)
    similar = np.diag(signs / scale) @ hippo("lmu") @ np.diag(signs * scale)
    eigenvalues = np.sort_complex(np.linalg.eigvals(similar / 2))
    np.testing.assert_allclose(eigenvalues, np.sort_complex(np.linalg.eigvals(hippo("legt"))), rtol=1e-8)


def test_lmu_delays_its_input():
    """Read out at the end of its window, it approximates exp(-s) (Voelker, Kajic, Eliasmith 2019, equation 2)."""
    a, b = hippo("lmu"), hippo("lmu", (N,))
    frequencies = 1j * np.linspace(0, 2, 9)
    response = [np.linalg.solve(s * np.eye(N) - a, b).sum() for s in frequencies]
    np.testing.assert_allclose(response, np.exp(-frequencies), atol=1e-6)


def test_lagt_is_triangular_with_minus_one_half():
    expected = np.eye(N) / 2 - np.tril(np.ones((N, N)))
    np.testing.assert_array_equal(hippo("lagt"), expected)
    np.testing.assert_array_equal(hippo("lagt", (N,)), np.ones(N))


@pytest.mark.parametrize("measure", RECORDED["transition"])
@pytest.mark.parametrize("part", ["A", "B", "P"])
def test_the_matrices_are_those_of_the_s4_code(measure, part):
    """As its transition() and rank_correction() return them, the latter with a row more than most have, in float32."""
    recorded = RECORDED["transition"][measure][part]
    if recorded is None:
        return
    values = make("hippo", np.shape(recorded), dtype="float64", measure=measure, part=part)

    np.testing.assert_allclose(values, recorded, rtol=1e-6 if part == "P" else 1e-14, atol=1e-15)


@pytest.mark.parametrize("measure", [*RECORDED["transition"]])
def test_what_p_adds_makes_the_matrix_normal(measure):
    """A + Pᵀ P is skew-symmetric but for a multiple of the identity (arXiv:2111.00396, theorem 1)."""
    if measure == "lmu":
        with pytest.raises(InvalidParameter, match="no P"):
            initialize("hippo", (2, N), measure=measure, part="P")
        return
    p = make("hippo", (2, N), dtype="float64", measure=measure, part="P")
    normal = hippo(measure) + p.T @ p
    symmetric = 0.5 * (normal + normal.T)

    np.testing.assert_allclose(symmetric, symmetric[0, 0] * np.eye(N), atol=1e-13)


def test_the_tilt_is_a_parameter_of_glagt():
    """A's diagonal is -(1 + beta)/2, B is sqrt(beta): the S4 code's transition('glagt', beta=...) with alpha=0."""
    matrix = make("hippo", (3, 3), measure="glagt", beta=1.0)

    np.testing.assert_array_equal(matrix, -np.tril(np.ones((3, 3))))
    np.testing.assert_array_equal(make("hippo", (3,), measure="glagt", beta=4.0), 2.0)


@pytest.mark.parametrize(
    ("shape", "parameters", "culprit"),
    [
        ((4, 4), {"measure": "legs", "beta": 0.5}, "beta"),
        ((5, 5), {"measure": "fout"}, "shape"),
        ((5,), {"measure": "foud"}, "shape"),
        ((4, 6), {}, "shape"),
        ((4, 4), {"part": "B"}, "shape"),
        ((4,), {"part": "A"}, "shape"),
        ((4,), {"part": "P", "measure": "legt"}, "shape"),
        ((1, 4), {"part": "P", "measure": "legt"}, "shape"),
        ((2, 4), {"part": "P", "measure": "lmu"}, "part"),
    ],
)
def test_what_no_memory_has_is_refused(shape, parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("hippo", shape, **parameters)

    assert caught.value.parameter == culprit
