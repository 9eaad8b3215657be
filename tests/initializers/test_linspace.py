from __future__ import annotations

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


@pytest.mark.parametrize(("start", "end"), [(0.0, 1.0), (3.0, 6.0), (-1.0, -5.0), (0.1, 0.1)])
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_the_numbers_are_numpys(start, end, size):
    values = make("linspace", (3, size), dtype="float64", start=start, end=end)

    np.testing.assert_allclose(values, [np.linspace(start, end, size)] * 3, rtol=1e-14, atol=1e-15)


def test_both_ends_are_exact():
    values = make("linspace", (1000,), dtype="float64", start=0.1, end=1e300)

    assert (values[0], values[-1]) == (0.1, 1e300)


@pytest.mark.parametrize("name", ["linspace", "arange"])
def test_a_scalar_has_no_ends(name):
    with pytest.raises(InvalidParameter) as caught:
        initialize(name, ())

    assert caught.value.parameter == "shape"


@pytest.mark.parametrize(("start", "step"), [(0.0, 1.0), (-3.5, 0.1), (7.0, -2.0)])
def test_each_number_is_a_step_from_the_one_before(start, step):
    values = make("arange", (3, 100), dtype="float64", start=start, step=step)

    np.testing.assert_array_equal(values, [start + step * np.arange(100)] * 3)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_whole_numbers_are_exact(dtype):
    assert make("arange", (1, 200), dtype=dtype).tolist() == [list(range(200))]
    assert make("linspace", (200,), dtype=dtype, end=199).tolist() == list(range(200))


def test_whole_numbers_are_exact_where_doubles_end():
    assert make("arange", (3,), dtype="int64", start=2**53 - 2).tolist() == [2**53 - 2, 2**53 - 1, 2**53]


def test_two_truth_values_are_counted():
    assert make("arange", (2,), dtype="bool").tolist() == [False, True]


@pytest.mark.parametrize(
    ("name", "shape", "parameters", "parameter"),
    [
        ("arange", 3, {"step": 0.5}, "step"),
        ("arange", 3, {"start": 0.5}, "start"),
        ("arange", 257, {"dtype": "uint8"}, "step"),
        ("arange", 2, {"dtype": "uint8", "step": -1}, "step"),
        ("arange", 3, {"step": 1e300}, "step"),
        ("linspace", 3, {"end": 1}, "end"),
        ("linspace", 2, {"dtype": "uint8", "end": 256}, "end"),
        ("linspace", 2, {"start": 0.5}, "start"),
    ],
)
def test_numbers_that_are_not_whole_are_refused_in_a_dtype_of_whole_ones(name, shape, parameters, parameter):
    with pytest.raises(InvalidParameter, match="whole number") as caught:
        initialize(name, (shape,), **{"dtype": "int64", **parameters})

    assert caught.value.parameter == parameter
