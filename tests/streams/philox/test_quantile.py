from __future__ import annotations

import mpmath
import numba
import numpy as np
import pytest
from scipy.special import ndtri

from service.streams.philox import quantile

RANDOM = np.random.default_rng(20240602)

CELL = 2.0**-32
LARGEST_ERROR_32 = 7.0
"""In units in the last place of binary32."""

LARGEST_ERROR_64 = 1e-15


@numba.njit(error_model="numpy")
def quantile32(x):
    return quantile.quantile32(x)


@numba.njit(error_model="numpy")
def quantiles32(offsets):
    out = np.empty(offsets.size, np.float32)
    for i in range(offsets.size):
        out[i] = quantile.quantile32(offsets[i])
    return out


@numba.njit(error_model="numpy")
def central64(x):
    return quantile.central64(x)


@numba.njit(error_model="numpy")
def tail64(logarithm):
    return quantile.tail64(logarithm)


WORDS = {
    "random": RANDOM.integers(0, 2**32, 2**22, np.uint64),
    "lowest": np.arange(2**17, dtype=np.uint64),
    "highest": np.arange(2**32 - 2**17, 2**32, dtype=np.uint64),
    "middle": np.arange(2**31 - 2**17, 2**31 + 2**17, dtype=np.uint64),
}


@pytest.mark.slow
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_the_binary32_quantile_of_a_word_is_within_seven_units_in_the_last_place(words):
    u = (words.astype(np.float64) + 0.5) * CELL
    exact = ndtri(u)
    error = np.abs(quantiles32(u - 0.5) - exact) / np.spacing(np.abs(exact).astype(np.float32))
    assert error.max() <= LARGEST_ERROR_32


@pytest.mark.slow
def test_the_binary32_quantile_is_as_good_between_the_words():
    tails = 2.0 ** RANDOM.uniform(-34, -1, 2**20)
    error = np.abs(quantiles32(tails - 0.5) - ndtri(tails)) / np.spacing(np.abs(ndtri(tails)).astype(np.float32))
    # ndtri(tails) itself is good to its last place in binary64, except where it crosses zero.
    assert error[tails < 0.4999].max() <= LARGEST_ERROR_32


def test_the_binary32_quantile_is_odd():
    offsets = RANDOM.uniform(0.0, 0.5 - 2.0**-34, 2**16)
    assert np.array_equal(quantiles32(-offsets), -quantiles32(offsets))


def test_the_binary32_quantile_is_binary32():
    quantile32(0.25)
    assert quantile32.nopython_signatures[0].return_type == numba.float32


@pytest.mark.slow
def test_the_central_quantile_is_right_to_the_last_digits():
    offsets = np.concatenate([RANDOM.uniform(-0.425, 0.425, 1000), 2.0 ** RANDOM.uniform(-53, -2, 200), [0.425]])
    with mpmath.workdps(30):
        exact = [mpmath.sqrt(2) * mpmath.erfinv(2 * mpmath.mpf(x)) for x in offsets]
        errors = [abs(central64(x) / z - 1) for x, z in zip(offsets, exact, strict=True)]
    assert max(errors) <= LARGEST_ERROR_64


TAILS = {
    "near": np.concatenate([RANDOM.uniform(2.56, 25.0, 500), [2.5903, 25.0]]),
    "far": np.concatenate([RANDOM.uniform(25.0, 729.0, 500), [np.nextafter(25.0, 26.0), 729.0]]),
    "asymptotic": np.concatenate([729.0 * 10.0 ** RANDOM.uniform(0, 4.9, 500), [np.nextafter(729.0, 730.0), 5.1e7]]),
}


@pytest.mark.slow
@pytest.mark.parametrize("logarithms", TAILS.values(), ids=TAILS)
def test_the_tail_quantile_is_right_to_the_last_digits(logarithms):
    def relative_error(logarithm):
        z = mpmath.mpf(tail64(logarithm))
        tail = mpmath.erfc(z / mpmath.sqrt(2)) / 2
        hazard = mpmath.npdf(z) / tail
        return abs((-mpmath.log(tail) - logarithm) / hazard / z)

    with mpmath.workdps(30):
        assert max(map(relative_error, logarithms)) <= LARGEST_ERROR_64
