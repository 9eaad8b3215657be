"""The quantile function of the standard normal distribution, Phi^-1, in binary32 and in binary64."""

from __future__ import annotations

import numpy as np

from service.arithmetic.elementary import log64
from service.compilation import bits_to_float32, float32_to_bits, inlined
from service.streams.philox import coefficients

# Polynomials are spelt out: a loop over a tuple of constants is not vectorised.
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7 = (np.float32(c) for c in coefficients.LOGARITHM_32)
_P0, _P1, _P2, _P3, _P4, _P5, _P6 = (np.float32(c) for c in coefficients.QUANTILE_32_NUMERATOR)
_Q0, _Q1, _Q2, _Q3, _Q4, _Q5 = (np.float32(c) for c in coefficients.QUANTILE_32_DENOMINATOR)
_LN2 = np.float32(0.6931471805599453)
_ONE = np.float32(1)
_TWO_THIRDS_BITS = np.int32(0x3F2AAAAB)
_MANTISSA_BITS = np.int32(23)

Coefficients = tuple[float, ...]

LARGEST_32 = 6.337957382202148
"""The largest binary32 normal: that of the words 0 and 2**32 - 1, whose tails are 2**-33."""

LARGEST_64 = 8.209536151601386
"""The largest binary64 normal, with a tail of 2**-53."""

CENTRAL_LIMIT = 0.425
_CENTRAL_SQUARE = 0.180625
_NEAR_TAIL_START = 1.6
FAR_TAIL_START = 5.0
_FAR_TAIL_END = 27.0
_LN_2_PI = 1.8378770664093453
_ASYMPTOTIC_STEPS = 8


@inlined
def offset_and_square(x: float) -> tuple[np.float32, np.float32]:
    """Return x and q = 1 - 4 x^2 in binary32."""
    return np.float32(x), np.float32(1.0 - 4.0 * x * x)


@inlined
def minus_log32(q: np.float32) -> np.float32:
    """Return w = -ln q."""
    bits = float32_to_bits(q)
    exponent = np.int32(np.int32(bits - _TWO_THIRDS_BITS) >> _MANTISSA_BITS)
    f = bits_to_float32(np.int32(bits - np.int32(exponent << _MANTISSA_BITS))) - _ONE
    logarithm = f * (_L0 + f * (_L1 + f * (_L2 + f * (_L3 + f * (_L4 + f * (_L5 + f * (_L6 + f * _L7)))))))
    return -(logarithm + np.float32(exponent) * _LN2)


@inlined
def quantile_ratio32(w: np.float32) -> np.float32:
    """Return Phi^-1(1/2 + x) / x as a rational function of w."""
    numerator = _P0 + w * (_P1 + w * (_P2 + w * (_P3 + w * (_P4 + w * (_P5 + w * _P6)))))
    denominator = _Q0 + w * (_Q1 + w * (_Q2 + w * (_Q3 + w * (_Q4 + w * _Q5))))
    return numerator / denominator


@inlined
def quantile32(x: float) -> np.float32:
    """Return Phi^-1(1/2 + x) in binary32 for a binary64 x, 2**-34 <= 1/2 - |x|, without a branch."""
    offset, square = offset_and_square(x)
    return offset * quantile_ratio32(minus_log32(square))


@inlined
def _rational(numerator: Coefficients, denominator: Coefficients, x: float) -> float:
    n0, n1, n2, n3, n4, n5, n6, n7 = numerator
    d0, d1, d2, d3, d4, d5, d6, d7 = denominator
    above = n0 + x * (n1 + x * (n2 + x * (n3 + x * (n4 + x * (n5 + x * (n6 + x * n7))))))
    below = d0 + x * (d1 + x * (d2 + x * (d3 + x * (d4 + x * (d5 + x * (d6 + x * d7))))))
    return above / below


@inlined
def central64(x: float) -> float:
    """Return Phi^-1(1/2 + x) for |x| <= 0.425; for others, what says nothing."""
    r = _CENTRAL_SQUARE - x * x
    return x * _rational(coefficients.CENTRAL_64_NUMERATOR, coefficients.CENTRAL_64_DENOMINATOR, r)


@inlined
def near_tail64(s: float) -> float:
    """Return z with ln Q(z) = -s^2, where Q is the upper tail, for 1.6 <= s <= `FAR_TAIL_START`."""
    return _rational(coefficients.NEAR_TAIL_64_NUMERATOR, coefficients.NEAR_TAIL_64_DENOMINATOR, s - _NEAR_TAIL_START)


@inlined
def tail64(logarithm: float) -> float:
    """Return z with ln Q(z) = -`logarithm`, where Q is the upper tail and `logarithm` >= 2.56."""
    s = np.sqrt(logarithm)
    if s <= FAR_TAIL_START:
        return near_tail64(s)
    if s <= _FAR_TAIL_END:
        return _rational(coefficients.FAR_TAIL_64_NUMERATOR, coefficients.FAR_TAIL_64_DENOMINATOR, s - FAR_TAIL_START)
    # Q(z) = phi(z)/z (1 - 1/z^2 + 3/z^4 - 15/z^6 + ...), Abramowitz and Stegun 26.2.12, solved for
    # t = z^2 by iteration: each step gains three digits, for t > 1400.
    y = 2.0 * logarithm - _LN_2_PI
    t = y
    for _ in range(_ASYMPTOTIC_STEPS):
        inverse = 1.0 / t
        series = 1.0 - inverse * (1.0 - inverse * (3.0 - inverse * (15.0 - inverse * (105.0 - inverse * 945.0))))
        t = y - log64(t) + 2.0 * log64(series)
    return np.sqrt(t)
