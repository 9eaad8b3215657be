from __future__ import annotations

import json
import math

import numpy as np
import orjson
import pytest

from service.formats.json import Json
from service.tensors.dtypes import DTYPES
from tests.formats.tensors import FACTS, SHAPES, tensor, values_of

REAL = [name for name in DTYPES if not name.startswith("complex")]


def _page(made, *, flat=False):
    return orjson.loads(Json().body(made, flat).render())


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("shape", SHAPES)
def test_data_is_the_nested_list_of_the_values(shape, dtype):
    assert _page(tensor(shape, dtype))["shape"] == list(shape)
    exact = DTYPES[dtype].storage if DTYPES[dtype].is_integer else float
    read = np.array(_page(tensor(shape, dtype))["data"], dtype=exact).astype(DTYPES[dtype].storage)

    if math.prod(shape) or 0 not in shape[:-1]:
        assert read.shape == (shape or (1,))
    np.testing.assert_array_equal(read.reshape(shape), values_of(shape, dtype))


@pytest.mark.parametrize(("shape", "data"), [((0,), []), ((0, 3), []), ((3, 0), [[], [], []]), ((2, 0, 4), [[], []])])
def test_zero_length_axes_nest_as_numpy_nests_them(shape, data):
    assert _page(tensor(shape))["data"] == data == np.zeros(shape).tolist()


@pytest.mark.parametrize("flat", [False, True])
def test_a_scalar_is_a_list_of_one(flat):
    """`data` is an array in the Open Inference Protocol (inference_rest.md, Tensor Data)."""
    page = _page(tensor((), values=np.array(0.5)), flat=flat)

    assert (page["shape"], page["data"]) == ([], [0.5])


@pytest.mark.parametrize("shape", SHAPES)
def test_flat_is_one_list_in_c_order(shape):
    data = _page(tensor(shape), flat=True)["data"]

    assert np.float32(data).tolist() == values_of(shape, "float32").reshape(-1).tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_number_stands_in_the_fewest_digits_that_identify_it(dtype):
    values = np.random.default_rng(3).normal(size=500).astype(dtype)
    text = Json().body(tensor((500,), dtype, values)).render()
    tokens = json.loads(text, parse_float=str)["data"]

    def digits(token):
        return token.lower().partition("e")[0].replace("-", "").replace(".", "").strip("0")

    expected = [np.format_float_scientific(value, unique=True) for value in values]
    assert [digits(token) for token in tokens] == [digits(token) for token in expected]
    assert [np.dtype(dtype).type(token) for token in tokens] == list(values)


@pytest.mark.parametrize(
    ("dtype", "digits"),
    [
        ("float16", b"[0.1,-1.364]"),
        ("bfloat16", b"[0.1,-1.37]"),
        ("float8_e4m3fn", b"[0.1,-1.4]"),
        ("float8_e5m2", b"[0.09,-1.2]"),
    ],
)
def test_a_narrow_number_stands_in_the_fewest_digits_that_identify_it_in_its_dtype(dtype, digits):
    values = np.array([0.1, -1.3642578]).astype(DTYPES[dtype].storage)

    assert digits in Json().body(tensor((2,), dtype, values)).render()


@pytest.mark.parametrize(
    ("dtype", "datatype"),
    [
        ("float32", "FP32"),
        ("float64", "FP64"),
        ("float16", "FP16"),
        ("bfloat16", "BF16"),
        ("float8_e4m3fn", "FP8_E4M3FN"),
        ("float8_e5m2", "FP8_E5M2"),
    ],
)
def test_datatypes_have_the_names_of_the_open_inference_protocol(dtype, datatype):
    assert _page(tensor((2,), dtype))["datatype"] == datatype


def test_the_members_are_those_of_the_open_inference_protocol():
    page = _page(tensor((2, 3), name="a.b"))

    assert list(page) == ["name", "shape", "datatype", "data", "parameters"]
    assert (page["name"], page["shape"]) == ("a.b", [2, 3])


def test_a_tensor_without_a_name_is_called_weight():
    assert _page(tensor((2,)))["name"] == "weight"


def test_parameters_are_the_facts_and_the_seed_is_a_string():
    page = _page(tensor((2,), seed=2**64 - 1))

    assert page["parameters"] == {"initializer": "held", "seed": "18446744073709551615", **FACTS, "stream": "1"}


def test_json_has_no_complex_numbers():
    assert Json().dtypes() == tuple(REAL)


def test_the_length_is_not_known_before():
    assert Json().body(tensor((2,))).length is None


def test_a_scalar_stands_in_the_fewest_digits_of_its_dtype():
    assert b'"data":[0.1],' in Json().body(tensor((), values=np.array(0.1))).render()
