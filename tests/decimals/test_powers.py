from fractions import Fraction
from typing import Any

import pytest

from service.decimals import powers
from service.decimals.shortest import floor_log2_of_power, floor_log10_of_power

# As functions of Python: Numba keeps them.
LOG2: Any = floor_log2_of_power
LOG10: Any = floor_log10_of_power


def is_rounded_up(significand, exponent, bits):
    """Whether it is the least integer at or above 10**exponent, scaled by the power of two that leaves it `bits`."""
    exact = Fraction(10) ** exponent
    scale = next(s for s in range(-3000, 3000) if 2 ** (bits - 1) <= exact * Fraction(2) ** s < 2**bits)
    return 0 <= significand - exact * Fraction(2) ** scale < 1


@pytest.mark.parametrize("exponent", [powers.FIRST_32, -10, -1, 0, 1, 19, 20, 27, 28, powers.LAST_32])
def test_the_powers_for_binary32_are_rounded_up_to_64_bits(exponent):
    assert is_rounded_up(int(powers.POWERS_32[exponent - powers.FIRST_32]), exponent, 64)


@pytest.mark.parametrize("exponent", [powers.FIRST_64, -100, -1, 0, 1, 38, 39, 55, 56, powers.LAST_64])
def test_the_powers_for_binary64_are_rounded_up_to_128_bits(exponent):
    index = exponent - powers.FIRST_64
    significand = (int(powers.POWERS_64_HIGH[index]) << 64) + int(powers.POWERS_64_LOW[index])
    assert is_rounded_up(significand, exponent, 128)


def floor_log10(number):
    digits = len(str(number.numerator)) - len(str(number.denominator))
    return next(k for k in (digits, digits - 1) if Fraction(10) ** k <= number)


@pytest.mark.parametrize("is_irregular", [False, True])
def test_the_decimal_logarithms_of_all_exponents_are_exact(is_irregular):
    width = Fraction(3, 4) if is_irregular else Fraction(1)
    exponents = range(-1074, 972)
    found = [LOG10.py_func(q, is_irregular) for q in exponents]
    assert found == [floor_log10(width * Fraction(2) ** q) for q in exponents]


def test_the_binary_logarithms_of_all_powers_are_exact():
    exponents = range(powers.FIRST_64, powers.LAST_64 + 1)
    expected = [(10**e).bit_length() - 1 if e >= 0 else -((10**-e).bit_length()) for e in exponents]
    assert [LOG2.py_func(e) for e in exponents] == expected
