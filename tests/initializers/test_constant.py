from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize(
    ("name", "parameters", "expected"), [("zeros", {}, 0), ("ones", {}, 1), ("constant", {"value": 0.5}, 0.5)]
)
def test_one_number_stands_everywhere(name, parameters, expected, dtype):
    made = make(name, (3, 4), dtype=dtype, **parameters)

    np.testing.assert_array_equal(made, np.full((3, 4), expected))


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_a_whole_number_stands_in_a_dtype_of_these(dtype):
    assert make("constant", (2, 3), dtype=dtype, value=1).tolist() == make("ones", (2, 3), dtype=dtype).tolist()
    assert not make("zeros", (2, 3), dtype=dtype).any()


@pytest.mark.parametrize(
    ("dtype", "value"),
    [("int64", 0.5), ("int64", 2.0**53 + 2), ("int32", 2**31), ("int32", -(2**31) - 1), ("uint8", -1), ("bool", 2)],
)
def test_what_a_dtype_of_whole_numbers_has_not_is_refused(dtype, value):
    with pytest.raises(InvalidParameter, match="whole number") as caught:
        initialize("constant", (2,), dtype=dtype, value=value)

    assert caught.value.parameter == "value"


@pytest.mark.parametrize(("dtype", "value"), [("int32", -(2**31)), ("int64", 2**53), ("uint8", 255)])
def test_the_last_numbers_of_a_dtype_of_whole_numbers_are_made(dtype, value):
    assert make("constant", (2,), dtype=dtype, value=value).tolist() == [value] * 2


def test_the_number_is_rounded_to_the_dtype():
    assert make("constant", (1,), value=0.1)[0] == np.float32(0.1)


def test_constant_is_zero_by_default():
    assert not make("constant", (5,)).any()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValidationError):
        initialize("constant", (1,), value=value)
