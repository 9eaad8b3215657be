"""The texts of all numbers of the dtypes of 8 and 16 bits, against digits that Python's `decimal` tries one by one."""

from __future__ import annotations

import decimal
from decimal import Decimal

import ml_dtypes
import numpy as np
import pytest

from service.decimals import lists
from tests.decimals.test_text import digits, texts

DTYPES = {name: np.dtype(getattr(ml_dtypes, name, None) or name) for name in (
    "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2",
)}  # fmt: skip

NARROW = pytest.mark.parametrize("name", DTYPES)


def all_numbers(dtype):
    return np.arange(2 ** (8 * dtype.itemsize), dtype=f"u{dtype.itemsize}").view(dtype)


def finite_positive_numbers(dtype):
    values = all_numbers(dtype)
    real = values.astype(np.float32)
    return values[np.isfinite(real) & ~np.signbit(real) & (real != 0.0)]


def decimals_around(exact, count):
    """Return the decimals of `count` digits at or below, and at or above, a number."""
    return [
        decimal.Context(prec=count, rounding=rounding).create_decimal(exact)
        for rounding in (decimal.ROUND_FLOOR, decimal.ROUND_CEILING)
    ]


def shortest_decimals(values):
    """Return for each number the decimals that round to it and have the fewest digits, those nearest to it."""
    found: list[set[Decimal]] = [set() for _ in values]
    left = np.arange(values.size)
    for count in range(1, 8):
        if not left.size:
            break
        exact = [Decimal(float(values[i])) for i in left]
        candidates = [decimals_around(number, count) for number in exact]
        with np.errstate(over="ignore"):
            rounded = np.array(candidates, np.float64).astype(values.dtype)
        fits = rounded.view(f"u{values.itemsize}") == values[left].view(f"u{values.itemsize}")[:, None]
        for at, i in enumerate(left):
            fitting = [one for one, is_fit in zip(candidates[at], fits[at], strict=True) if is_fit]
            least = min((abs(one - exact[at]) for one in fitting), default=None)
            found[i] = {one for one in fitting if abs(one - exact[at]) == least}
        left = np.array([i for i in left if not found[i]], np.int64)
    return found


@pytest.mark.slow
@NARROW
def test_every_number_has_the_fewest_digits_that_identify_it_and_the_nearest_of_those(name):
    values = finite_positive_numbers(DTYPES[name])
    expected = shortest_decimals(values)
    assert all(expected)

    for text, wanted in zip(texts(values), expected, strict=True):
        assert digits(text) in {digits(str(one).lower()) for one in wanted}


def test_the_digits_of_float16_are_those_of_numpy():
    values = finite_positive_numbers(DTYPES["float16"])
    expected = [digits(np.format_float_scientific(value, unique=True, trim="-")) for value in values]
    assert [digits(text) for text in texts(values)] == expected


@NARROW
@pytest.mark.parametrize("reader", [np.float64, np.float32])
def test_every_number_is_read_back_by_way_of_a_wider_dtype(name, reader):
    values = all_numbers(DTYPES[name])
    values = values[np.isfinite(values.astype(np.float32))]
    read = np.array([reader(text) for text in texts(values)]).astype(values.dtype)
    assert read.tobytes() == values.tobytes()


@NARROW
def test_a_negative_number_has_a_minus_before_the_digits(name):
    values = finite_positive_numbers(DTYPES[name])
    assert texts(-values) == [f"-{text}" for text in texts(values)]


@NARROW
def test_zeros_keep_their_sign_and_what_is_no_number_is_null(name):
    values = all_numbers(DTYPES[name])
    real = values.astype(np.float32)
    written = dict(zip(real.view(np.uint32).tolist(), texts(values), strict=True))
    assert (written[0], written[0x80000000]) == ("0.0", "-0.0")
    assert set(texts(values[~np.isfinite(real)])) == {"null"}


GOLDEN = {
    "float16": {"-1.364": -1.3642578, "65500.0": 65504, "6e-8": 2.0**-24, "0.1": 0.1, "0.00006104": 2.0**-14},
    "bfloat16": {"3.14": 3.1406, "3.39e+38": 3.3895e38, "9e-41": 2.0**-133, "1000000000000.0": 1e12, "-1.234": -1.2344},
    "float8_e4m3fn": {"450.0": 448, "0.002": 2.0**-9, "-1.1": -1.125, "0.0": 0},
    "float8_e5m2": {"60000.0": 57344, "0.00002": 2.0**-16, "0.09": 0.1},
}  # fmt: skip
"""Pins the notation, which entity tags promise."""


@NARROW
def test_the_notation_stays_as_it_is(name):
    assert texts(np.array(list(GOLDEN[name].values())).astype(DTYPES[name])) == list(GOLDEN[name])


@NARROW
def test_nothing_is_written_beyond_the_room_that_is_asked_for(name):
    values = all_numbers(DTYPES[name])
    longest = values[[len(text) for text in texts(values)].index(max(map(len, texts(values))))]
    repeated = np.full(6, longest)
    spans = lists.spans(repeated.shape)
    room = lists.room(repeated.size, repeated.dtype, spans)
    memory = np.full(room + 64, 0xAA, np.uint8)
    lists.write(memory, repeated, 0, spans)
    assert (memory[room:] == 0xAA).all()
