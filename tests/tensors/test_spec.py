from __future__ import annotations

import math
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.tensors.dtypes import FLOAT32
from service.tensors.spec import TensorSpec, encode_query


def _spec(**changes):
    members: dict[str, Any] = {
        "initializer": "normal", "shape": (2, 3), "dtype": FLOAT32, "seed": 42, "name": "", "stream": "1",
        "parameters": (),
    }  # fmt: skip
    return TensorSpec(**(members | changes))


@pytest.mark.parametrize(("shape", "size"), [((), 1), ((0, 5), 0), ((2, 3, 4), 24), ((2**48,) * 32, 2**1536)])
def test_the_size_is_the_product_of_the_axes(shape, size):
    assert _spec(shape=shape).size == size


def test_the_query_has_one_order():
    spec = _spec(name="a.b", parameters=(("std", 0.02),))

    assert encode_query(spec.query) == "shape=2,3&seed=42&name=a.b&dtype=float32&std=0.02&stream=1"


def test_the_query_leaves_out_a_seed_that_nothing_draws_from_and_an_empty_name():
    assert encode_query(_spec(shape=(), seed=None).query) == "shape=&dtype=float32&stream=1"


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@example("a&b=c#d?e+f g%20/:,;é\u0000\n☃")
def test_any_text_survives_the_query(text):
    query = encode_query((("name", text),))

    assert parse_qsl(query, keep_blank_values=True, separator="&") == [("name", text)]
    assert query.isascii()


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(-0.0)
@example(2.0**53)
@example(1e22)
@example(5e-324)
def test_a_number_survives_the_query_to_the_bit(value):
    ((_, text),) = parse_qsl(encode_query((("value", value),)))

    assert float(text) == value
    assert math.copysign(1, float(text)) == math.copysign(1, value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (0.1, "0.1"),
        (3, "3"),
        (True, "true"),
        (False, "false"),
        (1e300, "1e%2B300"),
        # Below 2**53 every whole number is written as one, but for the zero that has a sign.
        (0.0, "0"),
        (-0.0, "-0.0"),
        (-5.0, "-5"),
        (2.0**53 - 1, "9007199254740991"),
        (2.0**53, "9007199254740992.0"),
        (1.0 - 2.0**53, "-9007199254740991"),
        (-(2.0**53), "-9007199254740992.0"),
    ],
)
def test_a_number_stands_in_few_digits(value, text):
    assert encode_query((("value", value),)) == f"value={text}"
