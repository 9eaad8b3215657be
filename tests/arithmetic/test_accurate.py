"""Logarithm, sine and cosine, against numbers of 60 decimal digits."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest

from service.arithmetic.accurate import accurate_cosine_and_sine, accurate_log
from service.compilation import kernel

COUNT = 2000


@kernel("void(float64[::1], float64[::1])")
def _logarithms(x, out):
    for i in range(x.size):
        out[i] = accurate_log(x[i])


@kernel("void(float64[::1], float64[::1], float64[::1])")
def _cosines_and_sines(x, cosines, sines):
    for i in range(x.size):
        cosines[i], sines[i] = accurate_cosine_and_sine(x[i])


def _series(x, first):
    """Return sine (first = 1) or cosine (0) of a decimal by its Taylor series."""
    term, total, power = x if first else Decimal(1), Decimal(0), first
    while abs(term) > Decimal("1e-58"):
        total += term
        term *= -x * x / ((power + 1) * (power + 2))
        power += 2
    return total


@pytest.fixture
def digits():
    with localcontext() as context:
        context.prec = 75
        yield context


@pytest.mark.parametrize("largest", [1.0, 2.0**-20, 2.0**-50])
def test_logarithms_are_the_nearest_numbers(digits, largest):
    x = 1.0 - np.random.default_rng(1).random(COUNT) * largest
    x = x[x < 1.0]
    out = np.empty_like(x)
    _logarithms(x, out)

    assert sum(float(Decimal(float(value)).ln()) != made for value, made in zip(x, out, strict=True)) <= 1


def test_cosines_and_sines_are_the_nearest_numbers(digits):
    x = np.random.default_rng(2).random(COUNT) * 2.0 * math.pi
    x[:4] = math.pi, 0.5 * math.pi, 0.0, 1.5 * math.pi
    cosines, sines = np.empty(COUNT), np.empty(COUNT)
    _cosines_and_sines(x, cosines, sines)

    exact = [Decimal(float(value)) for value in x]
    assert sum(float(_series(value, 0)) != made for value, made in zip(exact, cosines, strict=True)) <= 2
    assert sum(float(_series(value, 1)) != made for value, made in zip(exact, sines, strict=True)) <= 2
