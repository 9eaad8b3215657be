"""Numbers as JSON (RFC 8259) has them.

Text is written at an address, and beyond its end, for digits are stored eight at a time: `ROOM` bytes have to follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from service.compilation import (
    by_type,
    float32_to_bits,
    float64_to_bits,
    inlined,
    leading_zeros,
    load_byte,
    load_word,
    store_byte,
    store_word,
)
from service.decimals.shortest import FRACTION_BITS_32, LEAST_EXPONENT_32, shortest32, shortest64

Address = np.uint64

LONGEST_32 = len("-0.00000123456789")
LONGEST_64 = len("-2.2250738585072014e-308")
LONGEST_INTEGER = len("-9223372036854775808")
LONGEST_NARROW = len("-1230000000000.0")
"""Bytes of the longest number; of those narrower than float32, two words."""

ROOM = 32

Plain = tuple[np.int64, np.int64]
_PLAIN_32 = (np.int64(-6), np.int64(13))
_PLAIN_64 = (np.int64(-5), np.int64(16))
"""How many digits may stand before the point in a number without an exponent; minus the zeros behind it."""

_ZERO, _ONE, _TWO, _EIGHT, _NINE, _TEN = (np.uint64(value) for value in (0, 1, 2, 8, 9, 10))
_POWERS = np.array([10**power for power in range(18)], np.uint64)
_TEN_TO_8 = np.uint64(10**8)

_MINUS, _PLUS, _POINT, _NOUGHT, _E = (np.uint64(ord(character)) for character in "-+.0e")
_NOUGHTS = np.uint64(0x3030303030303030)
_NULL = np.uint64(int.from_bytes(b"null", "little"))
_ZERO_TEXT = np.uint64(int.from_bytes(b"0.0", "little"))


@inlined
def _eight_digits(value: np.uint64) -> np.uint64:
    """Return the digits of `value` < 10**8 as the bytes 0 ... 9 of a little-endian word, the first digit first.

    Halves, quarters and eighths are divided side by side in one register: Paul Khuong, "How to print integers
    really fast" (2017), https://pvk.ca/Blog/2017/12/22/appnexus-common-framework-its-out-also-how-to-print-integers-faster/
    """
    high = value // np.uint64(10000)
    halves = high | ((value - high * np.uint64(10000)) << np.uint64(32))
    hundreds = ((halves * np.uint64(10486)) >> np.uint64(20)) & np.uint64(0x0000007F0000007F)
    quarters = hundreds | ((halves - hundreds * np.uint64(100)) << np.uint64(16))
    tens = ((quarters * np.uint64(103)) >> np.uint64(10)) & np.uint64(0x000F000F000F000F)
    return tens | ((quarters - tens * np.uint64(10)) << np.uint64(8))


@inlined
def _length(digits: np.uint64) -> np.int64:
    """Return how many decimal digits 0 < digits < 10**17 has."""
    bits = np.int64(64) - np.int64(leading_zeros(digits))
    # 1233 / 4096 is a little above log10(2).
    least = (bits * np.int64(1233)) >> np.int64(12)
    return least + np.int64(digits >= _POWERS[np.uint64(least)])


@inlined
def _write_digits(at: Address, first: np.uint64, middle: np.uint64, last: np.uint64) -> None:
    store_byte(at, first + _NOUGHT)
    store_word(at + _ONE, middle + _NOUGHTS)
    store_word(at + _NINE, last + _NOUGHTS)


@inlined
def _write_exponent(at: Address, exponent: np.int64) -> Address:
    store_byte(at, _E)
    store_byte(at + _ONE, _MINUS if exponent < 0 else _PLUS)
    at += _TWO
    left = np.uint64(abs(exponent))
    width = _length(left)
    for i in range(width):
        store_byte(at + np.uint64(width - 1 - i), left % _TEN + _NOUGHT)
        left //= _TEN
    return at + np.uint64(width)


@inlined
def _write_decimal(at: Address, digits: np.uint64, exponent: np.int64, plain: Plain, is_wide: bool) -> Address:
    """Write digits * 10**exponent, digits not zero and below 10**17 (10**9 unless `is_wide`); return where it ends."""
    length = _length(digits)
    point = length + exponent
    # One digit, eight, and eight more when it is wide, with zeros behind.
    if is_wide:
        aligned = digits * _POWERS[np.uint64(17 - length)]
        front = aligned // _TEN_TO_8
        last = _eight_digits(aligned - front * _TEN_TO_8)
    else:
        front = digits * _POWERS[np.uint64(9 - length)]
        last = _ZERO
    first = front // _TEN_TO_8
    middle = _eight_digits(front - first * _TEN_TO_8)
    count = _NINE - leading_zeros(middle) // _EIGHT
    if last != _ZERO:
        count = np.uint64(17) - leading_zeros(last) // _EIGHT
    if plain[0] < point <= 8:
        # Without a branch on whether the number is below one: which it is cannot be foretold.
        is_fraction = point <= 0
        store_word(at, _NOUGHTS)
        start = at + np.uint64(2 - point) if is_fraction else at
        _write_digits(start, first, middle, last)
        # What follows the point is written again, behind it; in a fraction where it stands already.
        moved = _ZERO if is_fraction else _EIGHT * np.uint64(point - 1)
        behind = start + _ONE if is_fraction else at + np.uint64(point + 1)
        store_word(behind, (middle >> moved | (last << (np.uint64(63) - moved)) << _ONE) + _NOUGHTS)
        if is_wide:
            store_word(behind + _EIGHT, (last >> moved) + _NOUGHTS)
        store_byte(at + _ONE if is_fraction else at + np.uint64(point), _POINT)
        end = start + count if is_fraction else at + max(count, np.uint64(point + 1)) + _ONE
    else:
        _write_digits(at + _ONE, first, middle, last)
        store_byte(at, first + _NOUGHT)
        is_plain = 0 < point <= plain[1]
        before = np.uint64(point) if is_plain else _ONE
        for i in range(_ONE, before):
            store_byte(at + i, load_byte(at + i + _ONE))
        store_byte(at + before, _POINT)
        end = at + max(count, before + _ONE) + _ONE
        if not is_plain:
            end = _write_exponent(at + (_ONE if count == _ONE else count + _ONE), point - np.int64(1))
    return end


@inlined
def _write_special(at: Address, sign: np.uint64, magnitude: np.uint64) -> Address:
    if magnitude == _ZERO:
        store_word(at, _ZERO_TEXT)
        end = at + np.uint64(3)
    else:
        store_word(at - sign, _NULL)
        end = at - sign + np.uint64(4)
    return end


@inlined
def write_single(at: Address, value: np.float32, fraction_bits: np.int64, least_exponent: np.int64) -> Address:
    """Write what identifies a number among those of a dtype, null if it is not finite; return where it ends.

    `fraction_bits` and `least_exponent` as `shortest32` takes them.
    """
    bits = np.uint64(np.uint32(float32_to_bits(value)))
    magnitude = bits & np.uint64(0x7FFFFFFF)
    store_byte(at, _MINUS)
    at += bits >> np.uint64(31)
    if np.uint64(0) < magnitude < np.uint64(0x7F800000):
        digits, exponent = shortest32(magnitude, fraction_bits, least_exponent)
        at = _write_decimal(at, digits, exponent, _PLAIN_32, False)
    else:
        at = _write_special(at, bits >> np.uint64(31), magnitude)
    return at


def _write32(at: Address, texts: Address, value: np.float32) -> Address:
    return write_single(at, value, FRACTION_BITS_32, LEAST_EXPONENT_32)


def _write64(at: Address, texts: Address, value: np.float64) -> Address:
    bits = np.uint64(float64_to_bits(value))
    magnitude = bits & np.uint64(0x7FFFFFFFFFFFFFFF)
    store_byte(at, _MINUS)
    at += bits >> np.uint64(63)
    if np.uint64(0) < magnitude < np.uint64(0x7FF0000000000000):
        digits, exponent = shortest64(magnitude)
        at = _write_decimal(at, digits, exponent, _PLAIN_64, True)
    else:
        at = _write_special(at, bits >> np.uint64(63), magnitude)
    return at


def _write_from_table(at: Address, texts: Address, code: np.uint16) -> Address:
    entry = texts + np.uint64(code) * np.uint64(LONGEST_NARROW)
    first, second = load_word(entry), load_word(entry + _EIGHT)
    store_word(at, first)
    store_word(at + _EIGHT, second)
    # A text ends before the first byte of zero.
    unused = leading_zeros(second) + (leading_zeros(first) if second == _ZERO else _ZERO)
    return at + np.uint64(LONGEST_NARROW) - unused // _EIGHT


def _write_integer(at: Address, texts: Address, value: np.int64) -> Address:
    store_byte(at, _MINUS)
    at += np.uint64(value < 0)
    # The least number is its own opposite, and right as one without a sign.
    left = np.uint64(-value if value < 0 else value)
    width, rest = _ONE, left // _TEN
    while rest != _ZERO:
        width += _ONE
        rest //= _TEN
    end = at + width
    for i in range(_ONE, width + _ONE):
        store_byte(end - i, left % _TEN + _NOUGHT)
        left //= _TEN
    return end


_WRITERS: Mapping[str, Callable[..., Address]] = {
    "float32": _write32,
    "float64": _write64,
    "int64": _write_integer,
}


@by_type
def write_number(kind: str) -> Callable[..., Address]:
    """Write a number, null if it is not finite; return where it ends.

    Of a dtype of 8 or 16 bits the number is given as its bits, and `texts` are the texts of all, each of
    `LONGEST_NARROW` bytes with zeros at its end.
    """
    return _WRITERS.get(kind, _write_from_table)
