from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import build, make

N = 8


def hippo(measure, shape=(N, N)):
    return make("hippo", shape, dtype="float64", measure=measure)


def test_legs_of_order_three_is_the_papers():
    """A[n, k] = -sqrt((2n+1)(2k+1)), -(n+1), 0: HiPPO's theorem 2 with the sign of x' = A x + B u."""
    expected = [[-1, 0, 0], [-math.sqrt(3), -2, 0], [-math.sqrt(5), -math.sqrt(15), -3]]
    np.testing.assert_allclose(hippo("legs")[:3, :3], expected, rtol=1e-15)
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


# S4D's paper, section 4: the first imaginary parts for a state of four.
S4D = {
    "lin": [0, math.pi, 2 * math.pi, 3 * math.pi],
    "inv": [4 / math.pi * (4 / (2 * n + 1) - 1) for n in range(4)],
    "inv2": [4 / math.pi * (4 / (n + 1) - 1) for n in range(4)],
    "quad": [(2 * n + 1) ** 2 / math.pi for n in range(4)],
}


@pytest.mark.parametrize("kind", S4D)
def test_s4d(kind):
    values = make("s4d", (3, 4), dtype="complex64", kind=kind)

    np.testing.assert_array_equal(values.real, -0.5)
    np.testing.assert_allclose(values.imag, [S4D[kind]] * 3, rtol=1e-6)


def test_real_s4d_counts():
    np.testing.assert_array_equal(make("s4d", (2, 4), kind="real"), [[-1, -2, -3, -4]] * 2)


@pytest.mark.parametrize(("dtype", "kind"), [("float32", "lin"), ("complex64", "real")])
def test_a_dtype_that_does_not_suit_is_refused(dtype, kind):
    with pytest.raises(InvalidParameter) as caught:
        build("s4d", (4,), dtype=dtype, kind=kind)

    assert caught.value.parameter == "dtype"


def test_time_steps_are_log_uniform():
    bias = make("dt_bias", (20_000,), dtype="float64")
    dt = np.logaddexp(0, bias)

    assert stats.kstest(np.log(dt), stats.uniform(math.log(0.001), math.log(100)).cdf).pvalue > 1e-4


def test_time_steps_below_the_floor_are_raised_to_it():
    dt = np.logaddexp(0, make("dt_bias", (1000,), dtype="float64", dt_min=1e-6, floor=1e-3))

    assert dt.min() == pytest.approx(1e-3, rel=1e-9)


def test_mambas_state_counts_in_every_channel():
    """mamba_simple.py: torch.log(repeat(torch.arange(1, d_state + 1), 'n -> d n'))."""
    np.testing.assert_allclose(make("mamba_a_log", (3, 16)), [np.log(np.arange(1, 17))] * 3, rtol=1e-7)


def test_mamba_2s_states_are_uniform():
    """mamba2.py: A = torch.empty(nheads).uniform_(1, 16); A_log = torch.log(A)."""
    values = np.exp(make("mamba2_a_log", (20_000,), dtype="float64"))

    assert stats.kstest(values, stats.uniform(1, 15).cdf).pvalue > 1e-4
