from __future__ import annotations

import numpy as np
import pytest

from service.formats.raw import Raw
from service.tensors.dtypes import DTYPES
from tests.formats.tensors import SHAPES, described, tensor, values_of


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_bytes_are_the_elements_little_endian_in_c_order(shape, dtype):
    expected = values_of(shape, dtype)

    assert Raw().body(tensor(shape, dtype)).render() == expected.tobytes(order="C")


def test_the_first_element_is_little_endian():
    assert Raw().body(tensor((1,), values=np.ones(1))).render() == b"\x00\x00\x80\x3f"


@pytest.mark.parametrize(("dtype", "size"), [("float8_e5m2", 1), ("bfloat16", 2), ("float32", 4), ("complex64", 8)])
def test_the_length_is_the_elements(dtype, size):
    assert Raw().body(described((2**40, 3), dtype)).length == 3 * 2**40 * size


def test_every_dtype_can_be_held():
    assert Raw().dtypes() == tuple(DTYPES)
