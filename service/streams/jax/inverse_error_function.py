"""The inverse of the error function in binary32, as XLA compiles it for a processor with fused multiply-add.

The approximation is Giles's ("Approximating the erfinv function", GPU Computing Gems, 2011): with w = -ln(1 - x²), a
polynomial of degree 8 in w - 2.5 for w below 5, and one in √w - 3 beyond.
"""

from __future__ import annotations

import numpy as np

from service.compilation import bits_to_float32, float32_to_bits, fma32, inlined
from service.streams.jax.bits import single, singles

# The logarithm: Cephes's polynomial, in three parts.
_A0, _A1, _A2 = singles(0x3D9021BB, 0xBDEBD1B8, 0x3DEF251A)
_B0, _B1, _B2 = singles(0xBDFE5D4F, 0x3E11E9BF, 0xBE2AAE50)
_C0, _C1, _C2 = singles(0x3E4CCEAC, 0xBE7FFFFC, 0x3EAAAAAA)
_LN2_LOW, _LN2_HIGH = singles(0xB95E8083, 0x3F318000)
_SQRT_HALF = single(0x3F3504F3)
_SMALLEST_NORMAL = single(0x00800000)
_FRACTION = np.int32(-0x7F800001)
"""All bits but those of the exponent."""
_EXPONENT_OF_HALF = np.int32(0x3F000000)
_BIAS = np.int32(126)
_FRACTION_BITS = np.int32(23)

# ln(1 + t) near 0.
_N0, _N1, _N2, _N3, _N4, _N5, _N6 = singles(
    0x383DE04F, 0x3EFF40C5, 0x40D284FA, 0x41EF4B9C, 0x4273CC76, 0x426473AD, 0x41A05101
)
_D0, _D1, _D2, _D3, _D4, _D5 = singles(0x417101AD, 0x42A6185B, 0x435DC32D, 0x439A8CA3, 0x43586D8A, 0x42707982)
_NEAR_ZERO = single(0x3ED413CD)

# The inverse error function in the middle and in the tails.
_M0, _M1, _M2, _M3, _M4, _M5, _M6, _M7, _M8 = singles(
    0x32F16588, 0x34B84B36, 0xB66C7357, 0xB6935AC1, 0x396532DB, 0xBAA45408, 0xBB88E4EF, 0x3E7C8F63, 0x3FC02E2F
)
_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8 = singles(
    0xB951F09B, 0x38D3B56B, 0x3AB0DC72, 0xBB70BDE7, 0x3BBC127B, 0xBBF9C5D7, 0x3C1AA57E, 0x3F8036DB, 0x40354F7E
)

_ZERO, _HALF, _ONE, _THREE = np.float32(0), np.float32(0.5), np.float32(1), np.float32(3)
_MIDDLE, _TAIL = np.float32(-2.5), np.float32(-5)
_INFINITY = np.float32(np.inf)


@inlined
def logarithm(x: np.float32) -> np.float32:
    """Return ln x for x >= 0."""
    bits = float32_to_bits(max(x, _SMALLEST_NORMAL))
    exponent = np.float32(np.int32(np.int32(bits >> _FRACTION_BITS) - _BIAS))
    mantissa = bits_to_float32(np.int32(np.int32(bits & _FRACTION) | _EXPONENT_OF_HALF))
    is_low = mantissa < _SQRT_HALF
    f = (mantissa - _ONE) + (mantissa if is_low else _ZERO)
    exponent -= _ONE if is_low else _ZERO
    square = f * f
    cube = square * f
    a = fma32(fma32(f, _A0, _A1), f, _A2)
    b = fma32(fma32(f, _B0, _B1), f, _B2)
    c = fma32(fma32(f, _C0, _C1), f, _C2)
    polynomial = fma32(fma32(a, cube, b), cube, c)
    small = fma32(polynomial, cube, exponent * _LN2_LOW)
    return fma32(exponent, _LN2_HIGH, (f - square * _HALF) + small)


@inlined
def logarithm_of_one_plus(t: np.float32, logarithm_of_sum: np.float32) -> np.float32:
    """Return ln(1 + t) for -1 <= t <= 0, given `logarithm` of the rounded 1 + t."""
    denominator = fma32(fma32(t + _D0, t, _D1), t, _D2)
    denominator = fma32(fma32(fma32(denominator, t, _D3), t, _D4), t, _D5)
    numerator = fma32(fma32(fma32(_N0, t, _N1), t, _N2), t, _N3)
    numerator = fma32(fma32(fma32(numerator, t, _N4), t, _N5), t, _N6)
    square = t * t
    near_zero = t + ((t * square) * (numerator / denominator) - _HALF * square)
    return near_zero if abs(t) < _NEAR_ZERO else logarithm_of_sum


@inlined
def inverse_error_function(x: np.float32, logarithm_of_rest: np.float32) -> np.float32:
    """Return erf⁻¹(x) for -1 <= x <= 1, given ln(1 - x²)."""
    w = _MIDDLE - logarithm_of_rest
    middle = fma32(fma32(fma32(_M0, w, _M1), w, _M2), w, _M3)
    middle = fma32(fma32(fma32(middle, w, _M4), w, _M5), w, _M6)
    middle = fma32(fma32(middle, w, _M7), w, _M8)
    s = np.sqrt(-logarithm_of_rest) - _THREE
    tail = fma32(fma32(fma32(_T0, s, _T1), s, _T2), s, _T3)
    tail = fma32(fma32(fma32(tail, s, _T4), s, _T5), s, _T6)
    tail = fma32(fma32(tail, s, _T7), s, _T8)
    found = (middle if logarithm_of_rest > _TAIL else tail) * x
    return found if abs(x) < _ONE else x * _INFINITY
