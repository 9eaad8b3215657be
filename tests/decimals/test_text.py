"""The text of single numbers, against NumPy's digits (Dragon4, of another origin) and orjson's notation."""

import re

import numpy as np
import orjson
import pytest

from service.decimals import lists

FLOATS = (np.float32, np.float64)


def texts(values):
    spans = lists.spans(values.shape)
    text = np.empty(lists.room(values.size, values.dtype, spans), np.uint8)
    written = text[: lists.write(text, values, 0, spans)].tobytes()
    assert written[:1] + written[-1:] == b"[]"
    return written[1:-1].decode().split(",")


def digits(text):
    """Return the significant digits and the exponent of the last of them."""
    mantissa, _, exponent = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    padded = (whole + fraction).lstrip("0")
    significant = padded.rstrip("0")
    return significant, int(exponent or 0) - len(fraction) + len(padded) - len(significant)


def random_numbers(float_type, count=20_000):
    """Numbers of all exponents, both signs, the subnormal ones as well."""
    bits = np.dtype(float_type).itemsize * 8
    values = np.random.default_rng(1).integers(0, 2**bits - 1, count, np.dtype(f"u{bits // 8}")).view(float_type)
    return values[np.isfinite(values)]


def remarkable_numbers(float_type):
    """Powers of two and of ten, their neighbours, integers, halves, and the ends of the range."""
    limits = np.finfo(float_type)
    powers = [float_type(2) ** k for k in range(limits.minexp - limits.nmant, limits.maxexp)]
    powers += [float_type(f"{mantissa}e{k}") for k in range(-46, 38) for mantissa in (1, 2, 5, 9.5)]
    around = [np.nextafter(p, float_type(end)) for p in powers for end in (0, np.inf)]
    plain = [*range(1, 1100), 0.5, 0.25, 0.1, 0.3, 12.5, 1234.5, 2**24 - 1, 2**24, 2**24 + 2]
    values = np.array([*powers, *around, *plain, limits.max, limits.tiny, limits.smallest_subnormal], float_type)
    values = values[np.isfinite(values) & (values != 0)]
    return np.concatenate([values, -values])


NUMBERS = pytest.mark.parametrize("numbers", [random_numbers, remarkable_numbers])


@NUMBERS
@pytest.mark.parametrize("float_type", FLOATS)
def test_the_digits_are_the_fewest_that_identify_a_number(numbers, float_type):
    values = numbers(float_type)
    expected = [digits(np.format_float_scientific(value, unique=True, trim="-")) for value in values]
    assert [digits(text) for text in texts(values)] == expected


@NUMBERS
@pytest.mark.parametrize("float_type", FLOATS)
def test_the_text_is_read_back_as_the_number(numbers, float_type):
    values = numbers(float_type)
    read = np.array([float_type(text) for text in texts(values)])
    assert read.tobytes() == values.tobytes()


@NUMBERS
@pytest.mark.parametrize("float_type", FLOATS)
def test_the_notation_is_that_of_orjson(numbers, float_type):
    values = numbers(float_type)
    expected = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    assert texts(values) == expected[1:-1].split(",")


@pytest.mark.parametrize("float_type", FLOATS)
def test_every_text_is_a_number_as_json_has_it(float_type):
    grammar = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")  # RFC 8259 section 6
    assert all(grammar.fullmatch(text) for text in texts(random_numbers(float_type)))


GOLDEN = {
    "0.1": 0.1, "1.0": 1, "-12.5": -12.5, "0.00001": 1e-5, "0.000001": 1e-6, "1e-7": 1e-7, "-1.5e-8": -1.5e-8,
    "16777216.0": 2**24, "1000000000000.0": 1e12, "1e+15": 1e15, "1.5e+30": 1.5e30,
}  # fmt: skip
"""Pins the notation, which entity tags promise."""


def test_the_notation_stays_as_it_is():
    assert texts(np.array(list(GOLDEN.values()), np.float32)) == list(GOLDEN)


@pytest.mark.parametrize("float_type", FLOATS)
def test_zeros_keep_their_sign_and_what_is_no_number_is_null(float_type):
    values = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, -np.nan], float_type)
    assert texts(values) == ["0.0", "-0.0", "null", "null", "null", "null"]


@pytest.mark.parametrize("float_type", FLOATS)
def test_nothing_is_written_beyond_the_room_that_is_asked_for(float_type):
    longest = np.array([-np.finfo(float_type).tiny] * 3 + [-1.2345678e-06] * 3, float_type)
    spans = lists.spans(longest.shape)
    room = lists.room(longest.size, longest.dtype, spans)
    memory = np.full(room + 64, 0xAA, np.uint8)
    lists.write(memory, longest, 0, spans)
    assert (memory[room:] == 0xAA).all()
