from __future__ import annotations

import math

import pytest
from scipy import stats

from service.arithmetic.modulus import cut_modulus, std_before_cut
from tests.streams.exact import MP

RADII = [1e-14, 1e-6, 0.01, 0.1, 0.3, math.sqrt(0.1), 0.32, 1.0, 2.0, 3.0, 6.0, 30.0, 1e10]


def _exact(radius):
    """The mass and the variance of the complex normal of variance 1 within a radius."""
    x = MP.mpf(radius) ** 2
    return -MP.expm1(-x), 1 - x / MP.expm1(x) if x < 1e6 else MP.mpf(1)


@pytest.mark.parametrize("radius", RADII)
def test_the_mass_and_the_deviation_are_those_of_the_truncated_exponential(radius):
    cut = cut_modulus(radius)
    mass, variance = _exact(radius)

    assert cut.mass == pytest.approx(float(mass), rel=4e-15)
    assert cut.std == pytest.approx(float(MP.sqrt(variance)), rel=4e-15)


def test_an_infinite_radius_cuts_nothing():
    cut = cut_modulus(math.inf)

    assert (cut.mass, cut.std) == (1.0, 1.0)


@pytest.mark.parametrize("radius", [0.5, 1.0, 2.0, 5.0])
def test_scipy_knows_the_same_deviation(radius):
    assert cut_modulus(radius).std == pytest.approx(math.sqrt(stats.truncexpon(b=radius**2).mean()), rel=1e-9)


@pytest.mark.parametrize("radius", [0.0, 1e-16, math.nan])
def test_a_radius_that_is_too_small_is_refused(radius):
    with pytest.raises(ValueError, match="too close together"):
        cut_modulus(radius)


@pytest.mark.parametrize("std", [1e-3, 0.3, 0.6, 0.7, 0.7071])
def test_the_deviation_before_gives_the_one_after(std):
    before = std_before_cut(1.0, std)

    assert before * cut_modulus(1.0 / before).std == pytest.approx(std, rel=1e-14)


@pytest.mark.parametrize("std", [0.7071067811865476, 0.7071067811, 1.0])
def test_a_deviation_that_no_cut_leaves_is_refused(std):
    with pytest.raises(ValueError, match="that of the uniform disk"):
        std_before_cut(1.0, std)
