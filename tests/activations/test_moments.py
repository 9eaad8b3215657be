"""Moments against the formulas of the literature, and the lookup against the moments."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from service.activations import interpolation
from service.activations.closed_forms import maxout_moments, sine_moments, snake_moments
from service.activations.curves import Curves
from service.activations.moments import QuadratureMoments
from service.activations.names import NAMES, find_activation
from service.activations.pointwise import piecewise_linear, snake

QS = np.array([1e-6, 1e-3, 0.1, 1.0, 3.7, 25.0, 1e3, 1e6])


def gelu(q):
    """E f^2 and E f'^2 in closed form."""
    root = np.sqrt(1 + 2 * q)
    square = q / 4 + q / (2 * np.pi) * np.arcsin(q / (1 + q)) + q**2 / (np.pi * (1 + q) * root)
    slope = 0.25 + np.arcsin(q / (1 + q)) / (2 * np.pi) + q / (np.pi * (1 + q) * root) + q / (2 * np.pi * root**3)
    return square, slope


def elu(q):
    root = np.sqrt(q)
    tail, half = special.log_ndtr(-2 * root) + 2 * q, special.log_ndtr(-root) + q / 2
    square = q / 2 + np.exp(tail) - 2 * np.exp(half) + 0.5
    return square, 0.5 + np.exp(tail)


def erf(q):
    return 2 / np.pi * np.arcsin(2 * q / (1 + 2 * q)), 4 / np.pi / np.sqrt(1 + 4 * q)


CLOSED = {
    "gelu": gelu,
    "elu": elu,
    "erf": erf,
    "relu": lambda q: (q / 2, 0.5 + 0 * q),
    "linear": lambda q: (q, 1 + 0 * q),
    "abs": lambda q: (q, 1 + 0 * q),
    "square": lambda q: (3 * q**2, 4 * q),
    "squared_relu": lambda q: (1.5 * q**2, 2 * q),
}


@pytest.mark.parametrize("name", CLOSED)
def test_the_moments_are_those_of_the_closed_form(name):
    # The closed form of ELU cancels near zero.
    q = QS[1:] if name == "elu" else QS
    square, slope = CLOSED[name](q)
    found = QuadratureMoments(find_activation(name).function).at(q)

    np.testing.assert_allclose(found.second, square, rtol=1e-9)
    np.testing.assert_allclose(found.slope_second, slope, rtol=1e-9)


@pytest.mark.parametrize("omega", [1.0, 30.0])
def test_the_moments_of_a_sine(omega):
    found = sine_moments(omega).at(QS)
    decay = np.exp(-2 * omega**2 * QS)

    np.testing.assert_allclose(found.second, -np.expm1(-2 * omega**2 * QS) / 2, rtol=1e-12)
    np.testing.assert_allclose(found.slope_second, omega**2 * (1 + decay) / 2, rtol=1e-12)


@pytest.mark.parametrize("name", ["tanh", "silu", "mish", "hard_swish", "softsign", "relu6", "selu"])
@pytest.mark.parametrize("q", [0.01, 1.0, 40.0])
def test_the_moments_are_those_of_scipys_quadrature(name, q):
    activation = find_activation(name).function
    points = sorted(kink / math.sqrt(q) for kink in activation.kinks if abs(kink) / math.sqrt(q) < 12)

    def expected(function, power):
        def integrand(z):
            return function(np.array([math.sqrt(q) * z]))[0] ** power * stats.norm.pdf(z)

        return integrate.quad(integrand, -12, 12, points=[*points, 0.0], limit=400, epsabs=1e-13, epsrel=1e-11)[0]

    found = QuadratureMoments(activation).at(np.array([q]))
    assert found.second[0] == pytest.approx(expected(activation.function, 2), rel=1e-9)
    assert found.fourth[0] == pytest.approx(expected(activation.function, 4), rel=1e-9)
    assert found.slope_second[0] == pytest.approx(expected(activation.derivative, 2), rel=1e-9)
    assert found.mean[0] == pytest.approx(expected(activation.function, 1), rel=1e-9, abs=1e-12)
    assert found.mixed[0] == pytest.approx(expected(lambda x: activation.function(x) * activation.derivative(x), 2))


@pytest.mark.parametrize("name", ["sin", "cos", "snake", "exp", "relu", "square", "abs"])
def test_the_mixed_moment_in_closed_form_is_that_of_the_quadrature(name):
    """E[f^2 f'^2], on which the noise of signal and gradient together rests."""
    activation, q = find_activation(name), np.array([0.01, 0.3, 1.0, 2.0])

    np.testing.assert_allclose(
        activation.moments.at(q).mixed, QuadratureMoments(activation.function).at(q).mixed, rtol=1e-6
    )


def test_the_mixed_moment_of_a_product_is_that_of_its_draws():
    rng = np.random.default_rng(3)
    gate, value = rng.normal(size=(2, 400_000))
    f, slope = special.expit(gate), special.expit(gate) * special.expit(-gate)
    squares = (f * value) ** 2 * ((slope * value) ** 2 + f**2)

    assert find_activation("glu").moments.at(np.ones(1)).mixed[0] == pytest.approx(squares.mean(), rel=0.03)


def test_what_selu_was_made_for():
    """Mean 0 and second moment 1 are a fixed point (Klambauer et al.)."""
    found = QuadratureMoments(find_activation("selu").function).at(np.ones(1))

    assert found.mean[0] == pytest.approx(0, abs=1e-12)
    assert found.second[0] == pytest.approx(1, abs=1e-12)


def test_the_square_of_tanh_and_its_slope_make_one():
    found = QuadratureMoments(find_activation("tanh").function).at(np.ones(1))
    slope = integrate.quad(lambda z: stats.norm.pdf(z) / math.cosh(z) ** 2, -12, 12)[0]

    assert found.second[0] + slope == pytest.approx(1, abs=1e-12)


def test_the_slope_of_softplus_is_a_sigmoid():
    at_one = np.ones(1)
    softplus, sigmoid = (
        QuadratureMoments(find_activation(name).function).at(at_one) for name in ("softplus", "sigmoid")
    )

    assert softplus.slope_second[0] == pytest.approx(sigmoid.second[0], rel=1e-12)
    assert sigmoid.second[0] == pytest.approx(0.293379036, abs=5e-10)


# 1/E[max^2] of Tseran and Montúfar (arXiv:2301.06956), Table 1, for 2 to 5 pieces.
@pytest.mark.parametrize(("pieces", "c"), [(2, 1), (3, 0.78391), (4, 0.64461), (5, 0.55555)])
def test_maxout_has_the_constants_of_its_paper(pieces, c):
    assert 1 / maxout_moments(pieces).second == pytest.approx(c, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"hardshrink", "softshrink", "exp"}])
def test_the_lookup_is_within_a_millionth_of_the_moments(name):
    activation = find_activation(name)
    log_q = np.linspace(-6.03, 5.97, 57)
    found = np.empty((57, 3))
    for row, place in zip(found, log_q, strict=True):
        interpolation.look_up(activation.curves.table, place, row)
    exact = activation.moments.at(np.exp(log_q))
    np.testing.assert_allclose(np.exp(found[:, 0]), exact.second, rtol=2e-6)
    np.testing.assert_allclose(np.exp(found[:, 1]), exact.slope_second, rtol=2e-6)
    np.testing.assert_allclose(found[:, 2], exact.elasticity, atol=1e-4)


def test_the_elasticity_is_the_slope_of_the_logarithm():
    q = np.array([0.3, 0.3 * 1.0001])
    for name in ("tanh", "gelu", "hard_swish", "relu6"):
        found = QuadratureMoments(find_activation(name).function).at(q)
        slope = np.diff(np.log(found.second)) / np.diff(np.log(q))

        assert found.elasticity[0] == pytest.approx(slope[0], abs=1e-4)


def test_a_table_of_relu_has_the_moments_of_relu():
    curves = Curves(QuadratureMoments(piecewise_linear((-1.0, 0.0, 1.0), (0.0, 0.0, 1.0))))

    assert curves.at_one.second[0] == pytest.approx(0.5, rel=1e-12)
    assert curves.at_one.slope_second[0] == pytest.approx(0.5, rel=1e-12)


def test_a_long_table_is_as_good_as_its_samples():
    x = np.linspace(-8, 8, 512)
    curves = Curves(QuadratureMoments(piecewise_linear(tuple(x), tuple(np.tanh(x)))))
    z = np.linspace(-8, 8, 400_001)

    expected = integrate.trapezoid(np.interp(z, x, np.tanh(x)) ** 2 * stats.norm.pdf(z), z)
    assert curves.at_one.second[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("frequency", "q"), [(0.1, 0.01), (0.1, 30.0), (1.0, 0.5), (5.0, 0.01)])
def test_the_moments_of_snake(frequency, q):
    """As long as the oscillation is slow enough for quadrature."""
    activation = snake(frequency)
    found, by_quadrature = snake_moments(frequency).at(np.array([q])), QuadratureMoments(activation).at(np.array([q]))

    for moment in vars(found):
        np.testing.assert_allclose(getattr(found, moment), getattr(by_quadrature, moment), rtol=1e-9, err_msg=moment)
