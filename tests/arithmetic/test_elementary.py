from __future__ import annotations

import math

import mpmath
import numba
import numpy as np
import pytest

from service.arithmetic import elementary

# In units in the last place. The logarithm's is largest just above 1, where three roundings meet.
LARGEST_ERROR_OF_EXP = 2.0
LARGEST_ERROR_OF_LOG = 3.0
LARGEST_ERROR_OF_ARCTANGENT = 2.0

RANDOM = np.random.default_rng(20240601)
SMALLEST_NORMAL = 2.0**-1022
LARGEST = np.finfo(np.float64).max
SQRT_HALF = math.sqrt(0.5)


@numba.njit(error_model="numpy")
def exp(x):
    return elementary.exp64(x)


@numba.njit(error_model="numpy")
def log(x):
    return elementary.log64(x)


@numba.njit(error_model="numpy")
def arctangent(x):
    return elementary.arctangent64(x)


def error(value, exact):
    """Return how far `value` is from the mpmath number `exact`, in units in the last place."""
    return abs(float((mpmath.mpf(value) - exact) / float(np.spacing(abs(float(exact))))))


def around(*numbers):
    """Each number between its neighbours."""
    return [float(np.nextafter(x, to)) for x in numbers for to in (-math.inf, x, math.inf)]


LOG_ARGUMENTS = {
    "near one": 1.0 + RANDOM.uniform(-0.3, 0.4, 2000),
    "very near one": 1.0 + RANDOM.choice([-1.0, 1.0], 500) * 2.0 ** RANDOM.uniform(-52, -2, 500),
    "of any size": 2.0 ** RANDOM.uniform(-1022, 1023, 2000),
    "where the exponent changes": np.array(around(SQRT_HALF, 2 * SQRT_HALF, 0.5, 2.0, 2.0**-33)),
    "at the ends": np.array([SMALLEST_NORMAL, LARGEST]),
}

EXP_ARGUMENTS = {
    "of any size": RANDOM.uniform(-700.0, 0.0, 3000),
    "small": -(2.0 ** RANDOM.uniform(-60, 0, 1000)),
    "where the power of two changes": np.array(around(*(-(k + 0.5) * math.log(2) for k in range(0, 1000, 50)))),
    "at the ends": np.array([0.0, -700.0]),
}


@pytest.mark.parametrize("arguments", LOG_ARGUMENTS.values(), ids=LOG_ARGUMENTS)
def test_log_is_within_three_units_in_the_last_place(arguments):
    with mpmath.workdps(40):
        assert max(error(log(x), mpmath.log(x)) for x in arguments) <= LARGEST_ERROR_OF_LOG


@pytest.mark.parametrize("arguments", EXP_ARGUMENTS.values(), ids=EXP_ARGUMENTS)
def test_exp_is_within_two_units_in_the_last_place(arguments):
    with mpmath.workdps(40):
        assert max(error(exp(x), mpmath.exp(x)) for x in arguments) <= LARGEST_ERROR_OF_EXP


def test_log_of_one_is_zero():
    assert log(1.0) == 0.0


def test_exp_of_zero_is_one():
    assert exp(0.0) == 1.0


@pytest.mark.parametrize("x", [np.nextafter(-700.0, -1000.0), -1e300, -math.inf])
def test_exp_is_zero_where_it_would_be_negligible(x):
    assert exp(x) == 0.0


ARCTANGENT_ARGUMENTS = {
    "below one": RANDOM.uniform(-1.0, 1.0, 3000),
    "of any size": RANDOM.choice([-1.0, 1.0], 2000) * 2.0 ** RANDOM.uniform(-1020, 1020, 2000),
    "near one": 1.0 + RANDOM.choice([-1.0, 1.0], 500) * 2.0 ** RANDOM.uniform(-52, -2, 500),
    "where the turn changes": np.array(around(*(math.tan(k * math.pi / 16) for k in range(1, 8)))),
    "at the ends": np.array([SMALLEST_NORMAL, LARGEST, -LARGEST]),
}


@pytest.mark.slow
@pytest.mark.parametrize("arguments", ARCTANGENT_ARGUMENTS.values(), ids=ARCTANGENT_ARGUMENTS)
def test_the_arctangent_is_within_two_units_in_the_last_place(arguments):
    with mpmath.workdps(340):
        assert max(error(arctangent(x), mpmath.atan(x)) for x in arguments) <= LARGEST_ERROR_OF_ARCTANGENT


def test_the_arctangent_of_zero_and_of_infinity():
    assert arctangent(0.0) == 0.0
    assert arctangent(math.inf) == math.pi / 2
    assert arctangent(-math.inf) == -math.pi / 2
