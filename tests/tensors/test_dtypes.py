from __future__ import annotations

import numpy as np
import pytest
import safetensors.numpy

from service.tensors.dtypes import DTYPES, FRACTIONAL

# Bytes, then the largest finite number: IEEE 754's, and those of the formats' own papers
# (bfloat16: 8 exponent and 7 fraction bits; OCP's OFP8: 448 and 57344).
PUBLISHED = {
    "float32": (4, (2 - 2**-23) * 2.0**127),
    "float64": (8, (2 - 2**-52) * 2.0**1023),
    "float16": (2, 65504.0),
    "bfloat16": (2, (2 - 2**-7) * 2.0**127),
    "float8_e4m3fn": (1, 448.0),
    "float8_e5m2": (1, 57344.0),
    "complex64": (8, (2 - 2**-23) * 2.0**127),
    "complex128": (16, (2 - 2**-52) * 2.0**1023),
    "int64": (8, 2**63 - 1),
    "int32": (4, 2**31 - 1),
    "uint8": (1, 255),
    "bool": (1, 1),
}


def test_the_dtypes_are_those_that_are_promised():
    assert set(DTYPES) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_sizes_and_ranges_are_the_published_ones(name):
    assert (DTYPES[name].itemsize, DTYPES[name].largest) == PUBLISHED[name]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_largest_number_is_finite_in_storage(name):
    dtype = DTYPES[name]

    assert np.array(dtype.largest).astype(dtype.storage).item() == dtype.largest


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != "complex128"])
def test_the_safetensors_library_knows_the_type_by_that_name(name):
    file = safetensors.numpy.save({"w": np.zeros(1, DTYPES[name].storage)})

    ((_, read),) = safetensors.deserialize(file)
    assert read["dtype"] == DTYPES[name].safetensors_name


def test_the_safetensors_library_has_no_complex128():
    with pytest.raises(Exception, match="complex128"):
        safetensors.numpy.save({"w": np.zeros(1, np.complex128)})

    assert DTYPES["complex128"].safetensors_name is None


@pytest.mark.parametrize("name", PUBLISHED)
def test_only_the_complex_dtypes_are_complex(name):
    assert DTYPES[name].is_complex == (name in {"complex64", "complex128"})


@pytest.mark.parametrize("name", PUBLISHED)
def test_numbers_are_whole_where_nothing_rounds_to_them(name):
    assert DTYPES[name].is_integer == (name in {"int64", "int32", "uint8", "bool"})
    assert (name in FRACTIONAL) != DTYPES[name].is_integer


@pytest.mark.parametrize(("name", "least"), [("int64", -(2**63)), ("int32", -(2**31)), ("uint8", 0), ("bool", 0)])
def test_integers_are_held_from_the_least_to_the_largest(name, least):
    dtype = DTYPES[name]

    assert [dtype.holds(number) for number in (least - 1, least, dtype.largest, dtype.largest + 1)] == [
        False, True, True, False
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "working"),
    [("float16", "float32"), ("bfloat16", "float32"), ("float8_e4m3fn", "float32"), ("float64", "float64")],
)
def test_narrow_types_are_made_in_float32(name, working):
    assert DTYPES[name].working == np.dtype(working)


@pytest.mark.parametrize(
    ("name", "part"), [("complex64", "float32"), ("complex128", "float64"), ("float16", "float32")]
)
def test_the_parts_of_a_complex_type_are_half_as_wide(name, part):
    assert DTYPES[name].part == np.dtype(part)
