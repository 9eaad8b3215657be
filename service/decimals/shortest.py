"""The shortest decimal that identifies a binary floating-point number; the closest to it of those.

Raffaello Giulietti, "The Schubfach way to render doubles" (2020),
https://drive.google.com/file/d/1IEeATSVnEE6TkrHlCYNY2GjaraBjOT4f. A finite number v = c 2**q is the one that is
nearest to every decimal of an interval around it, which reaches half way to its neighbours. With
k = floor(log10(2**q)) the interval is longer than 10**k, and at most one multiple of 10**(k + 1) lies in it, or else
one or two of 10**k; they are found in the interval scaled by 4 * 10**-k, of which the integer part and whether
anything follows it are enough ("rounded to odd"). One product with a rounded power of ten gives both.
"""

from __future__ import annotations

import numpy as np

from service.compilation import inlined, multiply_high
from service.decimals.powers import FIRST_32, FIRST_64, POWERS_32, POWERS_64_HIGH, POWERS_64_LOW

Decimal = tuple[np.uint64, np.int64]
"""Digits and the power of ten by which they are multiplied; the digits may end in zeros."""

_ZERO, _ONE, _TWO, _FOUR, _TEN, _FORTY = (np.uint64(value) for value in (0, 1, 2, 4, 10, 40))
_HALF = np.uint64(32)
_LOW_HALF = np.uint64(2**32 - 1)

FRACTION_BITS_32 = np.int64(23)
LEAST_EXPONENT_32 = np.int64(-149)
_FRACTION_32 = np.uint64(2**23 - 1)

_FRACTION_BITS_64 = np.int64(52)
_LEAST_EXPONENT_64 = np.int64(-1074)
_FRACTION_64 = np.uint64(2**52 - 1)


@inlined
def floor_log10_of_power(q: np.int64, is_irregular: bool) -> np.int64:
    """Return floor(log10(2**q)), or floor(log10(3/4 2**q)) where the interval is that much shorter; |q| <= 1100."""
    return (q * np.int64(1262611) - (np.int64(524031) if is_irregular else np.int64(0))) >> np.int64(22)


@inlined
def floor_log2_of_power(exponent: np.int64) -> np.int64:
    """Return floor(log2(10**exponent)), |exponent| <= 400."""
    return (exponent * np.int64(1741647)) >> np.int64(19)


@inlined
def _scaled32(power: np.uint64, value: np.uint64) -> np.uint64:
    """Return power * value / 2**64 rounded to odd, value < 2**32."""
    product = (power >> _HALF) * value + (((power & _LOW_HALF) * value) >> _HALF)
    return (product >> _HALF) | np.uint64((product & _LOW_HALF) > _ONE)


@inlined
def _scaled64(high: np.uint64, low: np.uint64, value: np.uint64) -> np.uint64:
    """Return (high * 2**64 + low) * value / 2**128 rounded to odd."""
    carried = multiply_high(low, value)
    product = high * value
    middle = product + carried
    return (multiply_high(high, value) + np.uint64(middle < product)) | np.uint64(middle > _ONE)


@inlined
def _chosen(lower: np.uint64, value: np.uint64, upper: np.uint64, k: np.int64) -> Decimal:
    """Return the decimal, given the interval and the number in it, scaled by 4 * 10**-k and rounded to odd."""
    fine = value // _FOUR
    coarse = fine // _TEN
    coarse_below = lower <= _FORTY * coarse
    coarse_above = _FORTY * coarse + _FORTY <= upper
    fine_below = lower <= _FOUR * fine
    fine_above = _FOUR * fine + _FOUR <= upper
    middle = _FOUR * fine + _TWO
    rounds_up = value > middle or (value == middle and (fine & _ONE) == _ONE)
    if fine_below != fine_above:
        rounds_up = fine_above
    digits, exponent = fine + np.uint64(rounds_up), k
    if fine >= _TEN and coarse_below != coarse_above:
        digits, exponent = coarse + np.uint64(coarse_above), k + np.int64(1)
    return digits, exponent


@inlined
def shortest32(bits: np.uint64, fraction_bits: np.int64, least_exponent: np.int64) -> Decimal:
    """Return the decimal of the binary32 number with these bits (its sign aside), which is finite and not zero.

    It identifies the number among those of a dtype with so many bits of fraction and 2**least_exponent as its least.
    """
    fraction = bits & _FRACTION_32
    biased = np.int64((bits >> np.uint64(FRACTION_BITS_32)) & np.uint64(0xFF))
    whole = fraction | (np.uint64(biased != 0) << np.uint64(FRACTION_BITS_32))
    finest = LEAST_EXPONENT_32 + max(biased, np.int64(1)) - np.int64(1)
    q = max(finest + FRACTION_BITS_32 - fraction_bits, least_exponent)
    c = whole >> np.uint64(q - finest)
    is_irregular = bool(c == _ONE << np.uint64(fraction_bits) and q > least_exponent)
    if -fraction_bits <= q <= 0 and (c & ((_ONE << np.uint64(-q)) - _ONE)) == _ZERO:
        return c >> np.uint64(-q), np.int64(0)
    odd = c & _ONE
    k = floor_log10_of_power(q, is_irregular)
    shift = np.uint64(q + floor_log2_of_power(-k) + np.int64(1))
    power = POWERS_32[-k - FIRST_32]
    lower = _scaled32(power, (_FOUR * c - _TWO + np.uint64(is_irregular)) << shift) + odd
    upper = _scaled32(power, (_FOUR * c + _TWO) << shift) - odd
    return _chosen(lower, _scaled32(power, (_FOUR * c) << shift), upper, k)


@inlined
def shortest64(bits: np.uint64) -> Decimal:
    """Return the decimal of the binary64 number with these bits (its sign aside), which is finite and not zero."""
    fraction = bits & _FRACTION_64
    biased = np.int64((bits >> np.uint64(_FRACTION_BITS_64)) & np.uint64(0x7FF))
    is_irregular = bool(fraction == _ZERO and biased > 1)
    q = _LEAST_EXPONENT_64 + max(biased, np.int64(1)) - np.int64(1)
    c = fraction | (np.uint64(biased != 0) << np.uint64(_FRACTION_BITS_64))
    if -_FRACTION_BITS_64 <= q <= 0 and (c & ((_ONE << np.uint64(-q)) - _ONE)) == _ZERO:
        return c >> np.uint64(-q), np.int64(0)
    odd = c & _ONE
    k = floor_log10_of_power(q, is_irregular)
    shift = np.uint64(q + floor_log2_of_power(-k) + np.int64(1))
    high, low = POWERS_64_HIGH[-k - FIRST_64], POWERS_64_LOW[-k - FIRST_64]
    lower = _scaled64(high, low, (_FOUR * c - _TWO + np.uint64(is_irregular)) << shift) + odd
    upper = _scaled64(high, low, (_FOUR * c + _TWO) << shift) - odd
    return _chosen(lower, _scaled64(high, low, (_FOUR * c) << shift), upper, k)
