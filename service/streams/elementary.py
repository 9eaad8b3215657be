"""exp and ln in binary64 from IEEE 754 operations alone, for libm's differ from machine to machine.

Both are the Taylor series of the specification, in Horner's form; the error of exp is below 2 units in the
last place, that of log below 3.
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

_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_ONE = np.int64(0x3FF0000000000000)
_SQRT_HALF_MANTISSA = np.int64(0x0006A09E667F3BCD)
_SHIFT = np.int64(52)
_BIAS = np.int64(1023)
_SMALLEST_EXPONENT = -700.0


@inlined
def exp(x: float) -> float:
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
def log(x: float) -> float:
    """Return ln x for a positive normal number x."""
    bits = float64_to_bits(x)
    k = (bits >> _SHIFT) - _BIAS
    mantissa = bits & _MANTISSA
    if mantissa >= _SQRT_HALF_MANTISSA:
        k += np.int64(1)
        m = bits_to_float64(mantissa | (_ONE - (np.int64(1) << _SHIFT)))
    else:
        m = bits_to_float64(mantissa | _ONE)
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    total = LOG_SERIES[11]
    for i in range(10, -1, -1):
        total = total * square + LOG_SERIES[i]
    exponent = np.float64(k)
    return exponent * LN2_HIGH + (s * total + exponent * LN2_LOW)
