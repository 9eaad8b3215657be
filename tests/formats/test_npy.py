from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.formats.npy import Npy
from service.tensors.dtypes import DTYPES
from tests.formats.tensors import SHAPES, described, tensor, values_of

HELD = ["float32", "float64", "float16", "complex64", "complex128", "int64", "int32", "uint8", "bool"]


def _saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize("dtype", HELD)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_bytes_are_those_of_numpy_save(shape, dtype):
    assert Npy().body(tensor(shape, dtype)).render() == _saved(values_of(shape, dtype))


@pytest.mark.parametrize("dtype", HELD)
@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 12) | st.integers(0, 2**48), max_size=32).map(tuple))
@example((123456789,))
@example((123456789, 2))
@example((1, 123456789))
@example((2**48,) * 32)
def test_the_header_is_numpys_however_large_the_tensor(dtype, shape):
    file = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})

    assert Npy().header(described(shape, dtype)) == file.getvalue()


@pytest.mark.parametrize("shape", [(), (0, 3), (3, 5), (2**40,)])
def test_the_length_is_known_before_anything_is_made(shape):
    length = Npy().body(described(shape)).length

    assert length == len(Npy().header(described(shape))) + 4 * int(np.prod(shape, dtype=object))


def test_the_length_is_that_of_the_bytes():
    assert Npy().body(tensor((3, 5))).length == len(Npy().body(tensor((3, 5))).render())


def test_flat_changes_nothing():
    assert Npy().body(tensor((3, 5)), flat=True).render() == _saved(values_of((3, 5), "float32"))


def test_numpy_has_no_name_for_the_narrow_types():
    assert Npy().dtypes() == tuple(name for name in DTYPES if name in HELD)
