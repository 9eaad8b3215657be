from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.requests.decimal_pattern import at_most


@pytest.mark.parametrize("limit", [0, 1, 7, 9, 10, 11, 42, 99, 100, 101, 109, 190, 255])
def test_small_limits_are_held_exactly(limit):
    pattern = re.compile(at_most(limit))

    assert [n for n in range(2000) if pattern.fullmatch(str(n))] == list(range(limit + 1))


@pytest.mark.slow
@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.integers(0, 2**70), st.integers(0, 2**70))
@example(2**64 - 1, 2**64)
@example(2**64 - 1, 2**64 - 1)
@example(2**64 - 1, 99999999999999999999)
def test_a_number_fits_when_it_is_no_larger(limit, number):
    assert bool(re.fullmatch(at_most(limit), str(number))) == (number <= limit)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1e3", " 1", "1 ", "0x1", "١", "1\n"])
def test_nothing_but_digits_fits(text):
    assert re.fullmatch(at_most(255), text) is None


def test_zeros_may_stand_before_a_number():
    assert re.fullmatch(at_most(255), "0007")
