"""exp, ln and arctangent in binary64 from IEEE 754 operations alone, for libm's differ from machine to machine.

All are Taylor series in Horner's form, exp and ln those of the specification; the errors of exp and of the arctangent
are below 2 units in the last place, that of log below 3.
"""

from __future__ import annotations

import math

import numpy as np

from service.compilation import bits_to_float64, float64_to_bits, inlined

# ln 2 in two parts (Cody and Waite): the last 21 bits of the first are zero, so k * LN2_HIGH is exact.
LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_LOG2_E = float.fromhex("0x1.71547652b82fep+0")
EXP_SERIES = tuple(1.0 / math.factorial(k) for k in range(14))
LOG_SERIES = tuple(2.0 / (2 * k + 1) for k in range(12))
# Spelt out, for logarithms side by side: a loop over a tuple of constants is not vectorised.
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8, _L9, _L10, _L11 = LOG_SERIES

# From where the arctangent is turned back: the first is above tan(pi/8)/2, so that the difference is exact.
_FIRST_TURN = 0.21
_SECOND_TURN = 0.66
ARCTANGENT_SERIES = tuple((-1.0) ** k / (2 * k + 1) for k in range(13))
# tan(pi/8) and its arctangent, and pi/2, the latter two in two parts.
_TAN_EIGHTH_PI = float.fromhex("0x1.a827999fcef32p-2")
_EIGHTH_PI = float.fromhex("0x1.921fb54442d18p-2")
_EIGHTH_PI_LOW = float.fromhex("0x1.c398861b78b55p-59")
_HALF_PI = float.fromhex("0x1.921fb54442d18p+0")
_HALF_PI_LOW = float.fromhex("0x1.1a62633145c07p-54")

_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_ONE = np.int64(0x3FF0000000000000)
_SQRT_HALF_MANTISSA = np.int64(0x0006A09E667F3BCD)
_SHIFT = np.int64(52)
_BIAS = np.int64(1023)
_SMALLEST_EXPONENT = -700.0


@inlined
def exp64(x: float) -> float:
    """Return e**x for x <= 700; below -700 zero."""
    if x < _SMALLEST_EXPONENT:
        return 0.0
    k = np.floor(x * _LOG2_E + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    total = EXP_SERIES[13]
    for i in range(12, -1, -1):
        total = total * r + EXP_SERIES[i]
    return total * bits_to_float64((np.int64(k) + _BIAS) << _SHIFT)


@inlined
def log64(x: float) -> float:
    """Return ln x for a positive normal number x."""
    bits = float64_to_bits(x)
    mantissa = bits & _MANTISSA
    halved = np.int64(1) if mantissa >= _SQRT_HALF_MANTISSA else np.int64(0)
    # As 32 bits, which every processor converts side by side.
    exponent = np.float64(np.int32((bits >> _SHIFT) - _BIAS + halved))
    m = bits_to_float64((mantissa | _ONE) - (halved << _SHIFT))
    s = (m - 1.0) / (m + 1.0)
    h = s * s
    upper = _L5 + h * (_L6 + h * (_L7 + h * (_L8 + h * (_L9 + h * (_L10 + h * _L11)))))
    total = _L0 + h * (_L1 + h * (_L2 + h * (_L3 + h * (_L4 + h * upper))))
    return exponent * LN2_HIGH + (s * total + exponent * LN2_LOW)


@inlined
def arctangent64(x: float) -> float:
    """Return the arctangent of x, between -pi/2 and pi/2."""
    size = np.abs(x)
    is_steep = size > 1.0
    tangent = 1.0 / size if is_steep else size
    # Turned back by 0, pi/8 or pi/4, so that at most 0.21 is left.
    base, turned, turned_low = 0.0, 0.0, 0.0
    if tangent > _SECOND_TURN:
        base, turned, turned_low = 1.0, 0.5 * _HALF_PI, 0.5 * _HALF_PI_LOW
    elif tangent > _FIRST_TURN:
        base, turned, turned_low = _TAN_EIGHTH_PI, _EIGHTH_PI, _EIGHTH_PI_LOW
    r = (tangent - base) / (1.0 + tangent * base)
    square = r * r
    total = ARCTANGENT_SERIES[12]
    for i in range(11, -1, -1):
        total = total * square + ARCTANGENT_SERIES[i]
    angle = turned + (r * total + turned_low)
    angle = _HALF_PI - (angle - _HALF_PI_LOW) if is_steep else angle
    return -angle if x < 0.0 else angle
