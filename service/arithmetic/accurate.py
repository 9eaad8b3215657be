"""Logarithm, sine and cosine in binary64, all but always the number nearest to the exact result.

Each is worked out in a sum of two numbers whose error is below 2^-62 of it, and rounded once at the end: of 10,000
results fewer than 20 are the second nearest number. C libraries, which are about as accurate, then differ from it in
about as many.
"""

from __future__ import annotations

import numpy as np

from service.arithmetic.arrays import Doubles
from service.arithmetic.elementary import LN2_HIGH, LN2_LOW
from service.compilation import bits_to_float64, float64_to_bits, fma64, inlined

_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_ONE = np.int64(0x3FF0000000000000)
_SQRT_HALF_MANTISSA = np.int64(0x0006A09E667F3BCD)
_SHIFT = np.int64(52)
_BIAS = np.int64(1023)

_THIRD = 1.0 / 3.0
_THIRD_LOW = float.fromhex("0x1.5555555555555p-56")
# 1/5, 1/7, ...: the series of the inverse hyperbolic tangent after its first two terms.
_A0, _A1, _A2, _A3, _A4, _A5, _A6, _A7, _A8, _A9, _A10, _A11 = (1.0 / (2 * k + 5) for k in range(12))

_PARTS = 64
"""Of half a turn: the angles whose sine and cosine stand in the table."""
_PARTS_OVER_PI = float.fromhex("0x1.45f306dc9c883p+4")
# pi/64 in three parts (Cody and Waite): the first two have 44 bits, so that up to 128 times them is exact.
_ANGLE_1 = float.fromhex("0x1.921fb54442c00p-5")
_ANGLE_2 = float.fromhex("0x1.18469898cc400p-49")
_ANGLE_3 = float.fromhex("0x1.1701b839a2520p-93")
_S0, _S1, _S2, _S3 = -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362880.0
_C0, _C1, _C2 = 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40320.0

_BITS = 200
"""Of the fixed-point numbers that the table is worked out in."""
_PI = 0x3243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89452821E638D01377
"""The first bits of pi: 3.243f6a88... in hexadecimal, 4 * 80 of them behind the point."""


def _sine_and_cosine(part: int) -> tuple[int, int]:
    """Return those of part * pi / 64, times 2^200, by their Taylor series."""
    angle = (_PI * part // _PARTS) >> (4 * 80 - _BITS)
    term, sums, power = 1 << _BITS, [0, 0], 0
    while term:
        sums[power % 2] += -term if power % 4 in {2, 3} else term
        power += 1
        term = (term * angle >> _BITS) // power
    return sums[1], sums[0]


def _in_two_parts(number: int) -> tuple[float, float]:
    """Return the double nearest to number / 2^200, and that nearest to what is left."""
    unit = 1 << _BITS
    high = number / unit
    numerator, denominator = high.as_integer_ratio()
    return high, (number - numerator * (unit // denominator)) / unit


def _table() -> Doubles:
    """Return sine and cosine, each in two parts, of every part of a turn."""
    rows = (_sine_and_cosine(part) for part in range(2 * _PARTS + 1))
    return np.array([[*_in_two_parts(sine), *_in_two_parts(cosine)] for sine, cosine in rows]).ravel()


_TABLE = _table()


@inlined
def accurate_log(x: float) -> float:
    """Return ln x for a positive normal number x, by ln m = 2 artanh s, s = (m - 1)/(m + 1), and ln 2."""
    bits = float64_to_bits(x)
    mantissa = bits & _MANTISSA
    halved = np.int64(1) if mantissa >= _SQRT_HALF_MANTISSA else np.int64(0)
    exponent = np.float64(np.int32((bits >> _SHIFT) - _BIAS + halved))
    m = bits_to_float64((mantissa | _ONE) - (halved << _SHIFT))
    top, bottom = m - 1.0, m + 1.0
    bottom_low = (m - (bottom - 1.0)) + (1.0 - (bottom - (bottom - 1.0)))
    s = top / bottom
    s_low = (fma64(-s, bottom, top) - s * bottom_low) / bottom
    h = s * s
    h_low = fma64(s, s, -h) + 2.0 * s * s_low
    upper = _A6 + h * (_A7 + h * (_A8 + h * (_A9 + h * (_A10 + h * _A11))))
    series = h * (_A0 + h * (_A1 + h * (_A2 + h * (_A3 + h * (_A4 + h * (_A5 + h * upper))))))
    q = _THIRD + series
    q_low = ((_THIRD - q) + series) + _THIRD_LOW
    g = h * q
    g_low = fma64(h, q, -g) + (h * q_low + h_low * q)
    a = s * g
    a_low = fma64(s, g, -a) + (s * g_low + s_low * g)
    of_mantissa = s + a
    low = ((s - of_mantissa) + a) + (s_low + a_low)
    of_exponent = exponent * LN2_HIGH
    rest = exponent * LN2_LOW
    rest_low = fma64(exponent, LN2_LOW, -rest)
    doubled = 2.0 * of_mantissa
    total = of_exponent + doubled
    # Of a mantissa alone, `doubled` is the larger.
    error = (of_exponent - total) + doubled if exponent != 0.0 else 0.0
    return float(total + (rest + (error + (2.0 * low + rest_low))))


@inlined
def accurate_cosine_and_sine(x: float) -> tuple[float, float]:
    """Return those of x in [0, 2 pi]: of a multiple of pi/64 in a table, and of what is left by their series."""
    part = np.int64(x * _PARTS_OVER_PI + 0.5)
    turns = np.float64(part)
    near = fma64(-turns, _ANGLE_1, x)
    step = turns * _ANGLE_2
    r = near - step
    # The step is the smaller one by far, unless nothing is left.
    r_low = ((near - r) - step) - turns * _ANGLE_3
    square = r * r
    beyond = r_low + r * (square * (_S0 + square * (_S1 + square * (_S2 + square * _S3))))
    less = square * (-0.5 + square * (_C0 + square * (_C1 + square * _C2))) - r * r_low
    at = 4 * part
    sine, sine_low, cosine, cosine_low = _TABLE[at], _TABLE[at + 1], _TABLE[at + 2], _TABLE[at + 3]
    return (
        _turned(cosine, cosine_low, -sine, -sine_low, r, beyond, less),
        _turned(sine, sine_low, cosine, cosine_low, r, beyond, less),
    )


@inlined
def _turned(a: float, a_low: float, b: float, b_low: float, r: float, beyond: float, less: float) -> float:
    """Return a (1 + less) + b (r + beyond)."""
    product = b * r
    product_low = fma64(b, r, -product)
    total = a + product
    carried = total - a
    error = (a - (total - carried)) + (product - carried)
    return total + (error + (product_low + ((a_low + a * less) + (b * beyond + b_low * r))))
