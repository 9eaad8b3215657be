from __future__ import annotations

import mpmath
import numpy as np
import pytest

from service.arithmetic import transforms

RANDOM = np.random.default_rng(20240602)


def exact(function, values):
    with mpmath.workdps(40):
        return np.array([float(function(mpmath.mpf(float(value)))) for value in values])


def test_the_logarithm_is_that_of_the_real_number():
    x = np.concatenate([RANDOM.uniform(0, 2, 500), 10.0 ** RANDOM.uniform(-300, 300, 500), [1.0, 2.0, 16.0]])
    np.testing.assert_allclose(transforms.log(x), exact(mpmath.log, x), rtol=1e-15, atol=1e-17)


def test_the_exponential_is_that_of_the_real_number():
    x = np.concatenate([RANDOM.uniform(-700, 700, 500), RANDOM.uniform(-1, 1, 500), [0.0]])
    np.testing.assert_allclose(transforms.exp(x), exact(mpmath.exp, x), rtol=1e-15)


TURNS = np.concatenate([RANDOM.uniform(-2, 2, 1000), np.arange(-40, 41) / 24, np.arange(512) / 512])


def test_the_cosine_of_turns_is_that_of_the_real_number():
    expected = exact(lambda x: mpmath.cospi(2 * x), TURNS)
    np.testing.assert_allclose(transforms.cosine_of_turns(TURNS), expected, rtol=0, atol=4.5e-16)


def test_the_sine_of_turns_is_that_of_the_real_number():
    expected = exact(lambda x: mpmath.sinpi(2 * x), TURNS)
    np.testing.assert_allclose(transforms.sine_of_turns(TURNS), expected, rtol=0, atol=4.5e-16)


def test_the_arctangent_is_that_of_the_real_number():
    x = np.concatenate([RANDOM.uniform(-2, 2, 500), 10.0 ** RANDOM.uniform(-300, 300, 500), [0.0, 1.0, -1.0]])
    np.testing.assert_allclose(transforms.arctangent(x), exact(mpmath.atan, x), rtol=4.5e-16)


def test_quarters_of_a_turn_are_exact():
    quarters = np.arange(-8, 9) / 4
    np.testing.assert_array_equal(transforms.cosine_of_turns(quarters), [1, 0, -1, 0] * 4 + [1])
    np.testing.assert_array_equal(transforms.sine_of_turns(quarters), [0, 1, 0, -1] * 4 + [0])


@pytest.mark.parametrize(("base", "exponent"), [(8.0, -0.25), (96.0, -0.25), (3.0, 0.5), (10.0, -1 / 6), (1.0, 7.0)])
def test_a_power_is_that_of_the_real_numbers(base, exponent):
    assert transforms.power(base, exponent) == pytest.approx(float(mpmath.power(base, exponent)), rel=1e-14)


def test_a_single_number_gives_a_single_number():
    assert transforms.log(1.0) == 0.0
    assert isinstance(transforms.exp(np.float64(0.5)), float)


def test_the_shape_is_kept():
    assert transforms.log(np.ones((2, 0, 3))).shape == (2, 0, 3)


@pytest.mark.parametrize("exponent", [0.3, 1.0, 1.6, 4.0])
def test_powers_of_numbers_from_nothing_on(exponent):
    x = np.concatenate([[0.0], RANDOM.uniform(0, 2, 500), [1.0]])
    np.testing.assert_allclose(transforms.powers(x, exponent), exact(lambda v: v**exponent, x), rtol=1e-14)
