from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import integrate, special

from service.activations.gains import ActivationName, gain
from service.activations.names import NAMES
from service.tensors.errors import InvalidParameter
from tests.activations.oracle import GATED, MAXOUT_PIECES, SLOPED, activations, pieces

NAME = TypeAdapter(ActivationName)
ORACLE = activations(mpmath.fp)


def _density(z):
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _expectation(parts, function):
    """Return E[function(f, z)]; beyond 15 sigmas nothing is left, even of exp."""
    total = 0.0
    for low, high, f in parts:
        low, high = max(low, -15.0), min(high, 15.0)  # noqa: PLW2901
        edges = sorted({low, high, *(edge for edge in range(-15, 16) if low < edge < high)})
        for a, b in pairwise(edges):
            total += integrate.quad(
                lambda z, f=f: function(f, z) * _density(z), a, b, epsabs=1e-13, epsrel=1e-11, limit=200
            )[0]
    return total


@cache
def _moments(name):
    parts = ORACLE[name]
    mean = _expectation(parts, lambda f, z: np.real(f(z)))
    square = _expectation(parts, lambda f, z: np.real(f(z)) ** 2)
    slope = _expectation(parts, lambda f, z: (np.imag(f(z + 1e-30j)) / 1e-30) ** 2)
    return mean, square, slope


@pytest.mark.parametrize("name", ORACLE)
def test_forward_keeps_the_second_moment(name):
    assert gain(name) == pytest.approx(_moments(name)[1] ** -0.5, rel=1e-10)


@pytest.mark.parametrize("name", ORACLE)
def test_backward_keeps_the_second_moment_of_the_gradient(name):
    assert gain(name, rule="backward") == pytest.approx(_moments(name)[2] ** -0.5, rel=1e-10)


@pytest.mark.parametrize("name", ORACLE)
def test_centered_keeps_the_variance(name):
    mean, square, _ = _moments(name)

    assert gain(name, rule="centered") == pytest.approx((square - mean**2) ** -0.5, rel=1e-10)


@pytest.mark.parametrize("name", GATED)
def test_a_gated_unit_has_its_activations_forward_gain(name):
    """E[f(g)^2 v^2] = E[f(g)^2], and the mean is 0."""
    expected = _moments(GATED[name])[1] ** -0.5

    assert gain(name) == pytest.approx(expected, rel=1e-10)
    assert gain(name, rule="centered") == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", GATED)
def test_a_gated_unit_has_no_backward_gain(name):
    with pytest.raises(InvalidParameter, match="no backward gain") as caught:
        gain(name, rule="backward")

    assert caught.value.parameter == "gain_rule"


@pytest.mark.parametrize("k", MAXOUT_PIECES)
def test_maxout_takes_the_largest_of_k(k):
    def density(z):
        return k * special.ndtr(z) ** (k - 1) * _density(z)

    mean = integrate.quad(lambda z: z * density(z), -15, 15, epsabs=1e-14)[0]
    square = integrate.quad(lambda z: z * z * density(z), -15, 15, epsabs=1e-14)[0]

    assert gain(f"maxout_{k}") == pytest.approx(square**-0.5, rel=1e-10)
    assert gain(f"maxout_{k}", rule="backward") == 1
    assert gain(f"maxout_{k}", rule="centered") == pytest.approx((square - mean**2) ** -0.5, rel=1e-10)


def test_rrelu_averages_over_its_slope():
    """The slope is uniform on [1/8, 1/3]."""
    slope, square = 11 / 48, (1 / 3**3 - 1 / 8**3) / 3 / (1 / 3 - 1 / 8)
    moment, mean = (1 + square) / 2, (1 - slope) / math.sqrt(2 * math.pi)

    assert gain("rrelu") == pytest.approx(moment**-0.5, rel=1e-12)
    assert gain("rrelu", rule="backward") == pytest.approx(moment**-0.5, rel=1e-12)
    assert gain("rrelu", rule="centered") == pytest.approx((moment - mean**2) ** -0.5, rel=1e-12)


@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
@pytest.mark.parametrize("slope", [0.0, 0.01, 0.2, 1.0, -0.5, math.sqrt(5)])
def test_a_sloped_unit_takes_any_slope(name, slope):
    parts = pieces(lambda z: slope * z, 0, lambda z: z)
    square = _expectation(parts, lambda f, z: f(z) ** 2)
    mean = _expectation(parts, lambda f, z: f(z))

    assert gain(name, slope) == pytest.approx(square**-0.5, rel=1e-10)
    assert gain(name, slope, "backward") == pytest.approx(square**-0.5, rel=1e-10)
    assert gain(name, slope, "centered") == pytest.approx((square - mean**2) ** -0.5, rel=1e-10)


@pytest.mark.parametrize(("name", "slope"), SLOPED.items())
def test_a_sloped_unit_has_pytorchs_slope_by_default(name, slope):
    assert gain(name) == gain(name, slope)


@pytest.mark.parametrize(
    ("name", "slope", "expected"),
    [
        ("linear", None, 1.0),
        ("sigmoid", None, 1.0),
        ("tanh", None, 1.6666666666666667),
        ("relu", None, 1.4142135623730951),
        ("leaky_relu", None, 1.4141428569978354),
        ("leaky_relu", 0.2, 1.3867504905630728),
        ("leaky_relu", 2.23606797749979, 0.5773502691896257),
        ("selu", None, 0.75),
    ],
)
def test_the_pytorch_rule_is_calculate_gains_table(name, slope, expected):
    assert gain(name, slope, "pytorch") == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", ["gelu", "silu", "prelu", "swiglu"])
def test_the_pytorch_rule_knows_no_others(name):
    with pytest.raises(InvalidParameter, match="PyTorch has no gain") as caught:
        gain(name, rule="pytorch")

    assert caught.value.parameter == "gain_rule"


@pytest.mark.parametrize(
    ("alias", "name"),
    [("swish", "silu"), ("hardswish", "hard_swish"), ("hardsigmoid", "hard_sigmoid"), ("logsigmoid", "log_sigmoid")],
)
def test_an_activation_has_its_other_names(alias, name):
    assert NAME.validate_python(alias) == name


def test_every_activation_is_checked_here():
    assert {*NAMES} == {*ORACLE, *GATED, *SLOPED, "rrelu", "maxout"}


@pytest.mark.parametrize("name", ["", "rulu", "maxout_65", "\ud800"])
def test_an_unknown_activation_is_refused_with_those_that_are_known(name):
    with pytest.raises(ValidationError, match=r"leaky_relu|from 2 to 64"):
        NAME.validate_python(name)


def test_a_slope_for_an_activation_without_one_is_refused():
    with pytest.raises(InvalidParameter, match="no negative slope") as caught:
        gain("relu", 0.1)

    assert caught.value.parameter == "negative_slope"
