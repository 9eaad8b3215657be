from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from tests.initializers.making import initialize, make


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize(
    ("name", "parameters", "expected"), [("zeros", {}, 0), ("ones", {}, 1), ("constant", {"value": 0.5}, 0.5)]
)
def test_one_number_stands_everywhere(name, parameters, expected, dtype):
    made = make(name, (3, 4), dtype=dtype, **parameters)

    np.testing.assert_array_equal(made, np.full((3, 4), expected))


def test_the_number_is_rounded_to_the_dtype():
    assert make("constant", (1,), value=0.1)[0] == np.float32(0.1)


def test_constant_is_zero_by_default():
    assert not make("constant", (5,)).any()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValidationError):
        initialize("constant", (1,), value=value)
