from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.delivery.ranges import ByteRange, RangeNotSatisfiable, parse_range

WHOLE, UNSATISFIABLE = "the whole", "416"


def _parsed(field, length):
    try:
        found = parse_range(field, length)
    except RangeNotSatisfiable:
        return UNSATISFIABLE
    return WHOLE if found is None else range(found.first, found.end)


@pytest.mark.parametrize(
    ("field", "first", "end"),
    [
        # The examples of RFC 9110, section 14.1.2, of a representation of 10000 bytes.
        ("bytes=0-499", 0, 500),
        ("bytes=500-999", 500, 1000),
        ("bytes=-500", 9500, 10000),
        ("bytes=9500-", 9500, 10000),
        ("bytes=0-0", 0, 1),
        ("bytes=-1", 9999, 10000),
        ("bytes=9999-9999", 9999, 10000),
        ("bytes=0-", 0, 10000),
        ("bytes=0-9999", 0, 10000),
        ("bytes=0-10000", 0, 10000),
        ("bytes=9999-99999999999999999999999999", 9999, 10000),
        ("bytes=-10000", 0, 10000),
        ("bytes=-10001", 0, 10000),
        ("bytes=007-0010", 7, 11),
        ("BYTES=1-2", 1, 3),
        ("bYtEs=1-2", 1, 3),
    ],
)
def test_a_range_of_bytes_is_read(field, first, end):
    assert parse_range(field, 10000) == ByteRange(first, end)


@pytest.mark.parametrize(
    "field",
    [
        "", "bytes", "bytes=", "=0-1", "0-1", "bytes=-", "bytes=--1", "bytes=1", "bytes=a-b", "bytes=0-b",
        "bytes=0x0-0x9", "bytes=1.0-2", "bytes=+1-2", "bytes=1-+2", "bytes=-1-2", "bytes=1-2-3", "bytes=1 -2",
        "bytes=1- 2", "bytes=1_0-20", "bytes=1e1-20", "bytes=\u0661-\u0662", "bytes=\xb2-\xb3", "bytes=1-2;3",
        "bytes=1-2 3", "bytes:0-1", "bytes 0-1", "bytes==0-1", "bytes=bytes=0-1", "bytes=0-1\n", "bytes=*", "*",
    ],
)  # fmt: skip
def test_what_is_no_range_is_ignored(field):
    assert parse_range(field, 10000) is None


@pytest.mark.parametrize("field", ["items=0-1", "seconds=0-1", "byte=0-1", "bytess=0-1", "b ytes=0-1", "none=0-1"])
def test_a_unit_that_is_not_understood_is_ignored(field):
    assert parse_range(field, 10000) is None


@pytest.mark.parametrize("field", ["bytes=5-4", "bytes=20000-5", "bytes=20001-20000", "bytes=1-0"])
@pytest.mark.parametrize("length", [0, 3, 10000])
def test_a_range_that_ends_before_it_begins_is_no_range(field, length):
    assert parse_range(field, length) is None


def test_a_range_that_ends_before_it_begins_is_no_range_however_long_its_numbers():
    assert parse_range(f"bytes={10**30}-{10**25}", 10000) is None


@pytest.mark.parametrize("field", ["bytes=0-1,4-5", "bytes=0-1, 4-5", "bytes=0-0,-1", "bytes=0-,0-," + "0-," * 1000])
def test_several_ranges_are_answered_with_the_whole(field):
    assert parse_range(field, 10000) is None


@pytest.mark.parametrize(
    "field",
    ["bytes=10000-", "bytes=10000-10001", "bytes=10001-10002", "bytes=-0", "bytes=-000", "bytes=" + "9" * 5000 + "-"],
)
def test_a_range_that_has_no_byte_is_not_satisfiable(field):
    with pytest.raises(RangeNotSatisfiable) as caught:
        parse_range(field, 10000)

    assert caught.value.length == 10000


@pytest.mark.parametrize("field", ["bytes=0-", "bytes=0-0", "bytes=-0", "bytes=-5", "bytes=7-"])
def test_of_nothing_all_is_sent_whatever_is_asked_for(field):
    """Section 14.2 lets a server; section 14.4 has no Content-Range for it."""
    assert parse_range(field, 0) is None


def _number(digits):
    """Read digits as Python does, which refuses more than 4300 of them."""
    value = 0
    for start in range(0, len(digits), 1000):
        part = digits[start : start + 1000]
        value = value * 10 ** len(part) + int(part)
    return value


def _model(field, length):
    """RFC 9110, sections 14.1 and 14.2, with the whole for several ranges and of nothing."""
    if length == 0:
        return WHOLE
    match = re.fullmatch(r"(?i:bytes)=([0-9]*)-([0-9]*)", field)
    if match is None or match.groups() == ("", ""):
        return WHOLE
    first, last = (_number(digits) if digits else None for digits in match.groups())
    if first is None:
        asked = range(length)[-last:] if last else range(0)
        return asked or UNSATISFIABLE
    if last is not None and last < first:
        return WHOLE
    return range(length)[first : None if last is None else last + 1] or UNSATISFIABLE


def _simplified(field):
    """Without the white space and the empty elements that section 5.6.1.2 has a recipient pass over."""
    unit, _, ranges = field.partition("=")
    return f"{unit.strip()}=" + ",".join(part.strip() for part in ranges.split(",") if part.strip())


LENGTHS = st.one_of(st.integers(0, 12), st.sampled_from([100, 2**20, 2**31, 2**60]))
DIGITS = st.one_of(
    st.just(""),
    st.integers(0, 13).map(str),
    st.integers(0, 2**61).map(str),
    st.sampled_from([10**20 - 1, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**64]).map(str),
    st.integers(0, 13).map(lambda number: "0" * 5000 + str(number)),
    st.just("9" * 5000),
)
RANGES = st.tuples(DIGITS, DIGITS).map("-".join)
ODD = st.sampled_from(["", "-1", "+1", "1.0", " 1", "a", "\xb2", "--", "-1-2", "1-2-3", "0x1-2", "-5 "])
SETS = st.lists(RANGES | ODD, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([",", ", ", " ,", ",,", "\t,\t"]).map(lambda comma: comma.join(parts))
)
UNITS = st.sampled_from(["bytes=", "Bytes=", "BYTES=", "bytes =", " bytes=", "bytes= ", "items=", "bytes", "=", ""])


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=1000)
@given(RANGES, LENGTHS)
@example("99999999999999999999-100000000000000000000", 2**60)
@example("-100000000000000000000", 2**60)
def test_a_range_is_what_the_rfc_says_whatever_its_numbers(asked, length):
    assert _parsed(f"bytes={asked}", length) == _model(f"bytes={asked}", length)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=1000)
@given(
    st.tuples(UNITS, SETS).map("".join) | st.text("bytes=-,0123456789 \t", max_size=24) | st.text(max_size=24), LENGTHS
)
def test_any_field_is_read_as_the_rfc_says_or_ignored(field, length):
    strict, simplified = _model(field, length), _model(_simplified(field), length)
    if _simplified(field) == field:
        assert _parsed(field, length) == strict
    else:
        assert _parsed(field, length) in {strict, simplified}
