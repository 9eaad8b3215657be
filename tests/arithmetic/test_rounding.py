from __future__ import annotations

import functools
import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from service.arithmetic.rounding import clip, representable, rounding_to

NARROW = tuple(map(np.dtype, (np.float16, ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2)))
WIDE = tuple(map(np.dtype, (np.float32, np.float64)))
KERNELS = {dtype: rounding_to(dtype) for dtype in NARROW}

each_narrow_dtype = pytest.mark.parametrize("dtype", NARROW, ids=str)


def rounded(singles, dtype):
    out = np.empty(singles.size, f"u{dtype.itemsize}")
    KERNELS[dtype](singles, out)
    return out


def converted(singles, dtype):
    """The bits that ml_dtypes' and NumPy's own conversions make."""
    with np.errstate(over="ignore"):
        return singles.astype(dtype).view(f"u{dtype.itemsize}")


@functools.cache
def all_numbers(dtype):
    """Every finite number of a narrow dtype, ascending."""
    bits = np.arange(2 ** (8 * dtype.itemsize), dtype=f"u{dtype.itemsize}")
    with np.errstate(invalid="ignore"):  # some are not numbers
        values = bits.view(dtype).astype(np.float64)
    return np.unique(values[np.isfinite(values)])


@each_narrow_dtype
def test_numbers_of_any_size_have_the_bits_of_a_conversion(dtype):
    singles = np.random.default_rng(7).integers(0, 2**32, 2**21, np.uint32).view(np.float32)
    singles = singles[np.isfinite(singles)]

    np.testing.assert_array_equal(rounded(singles, dtype), converted(singles, dtype))


@each_narrow_dtype
def test_a_number_of_the_dtype_the_middle_to_the_next_and_their_neighbours_have_the_bits_of_a_conversion(dtype):
    numbers = all_numbers(dtype)
    middles = 0.5 * (numbers[1:] + numbers[:-1])
    singles = np.concatenate([numbers, middles]).astype(np.float32)
    singles = np.concatenate([singles, np.nextafter(singles, np.float32(1)), np.nextafter(singles, np.float32(-1))])
    singles = np.concatenate([singles, -singles])

    np.testing.assert_array_equal(rounded(singles, dtype), converted(singles, dtype))


@each_narrow_dtype
@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 63, 65])
def test_nothing_is_written_behind_the_last(dtype, count):
    out = np.full(count + 1, 99, f"u{dtype.itemsize}")
    KERNELS[dtype](np.ones(count, np.float32), out[:count])

    assert set(out[:count].tolist()) <= {int(np.ones((), dtype).view(out.dtype))}
    assert out[count] == 99


BOUNDS = st.one_of(
    st.floats(-1e3, 1e3),
    st.floats(-1e-3, 1e-3),
    st.sampled_from([0.0, -0.0, 1.0, 0.1, 2.0**-9, 2.0**-24, 2.0**-133, 448.0, math.inf, -math.inf]),
)


@pytest.mark.slow
@each_narrow_dtype
@settings(derandomize=True, max_examples=200, deadline=None)
@given(low=BOUNDS, high=BOUNDS, open_above=st.booleans())
@example(low=1.0, high=1.0000001, open_above=True)
@example(low=-1.0, high=0.0, open_above=True)
def test_the_ends_are_the_first_and_last_of_all_numbers_within(dtype, low, high, open_above):
    assume(low < high)
    numbers = np.concatenate([[-math.inf], all_numbers(dtype), [math.inf]])
    inside = numbers[(numbers >= low) & ((numbers < high) if open_above else (numbers <= high))]
    if not np.isfinite(inside).any():
        with pytest.raises(ValueError, match=f"no {dtype.name} number lies between"):
            representable(low, high, dtype, open_above)
        return

    assert representable(low, high, dtype, open_above) == (inside[0], inside[-1])


def test_what_lies_beyond_an_end_is_put_on_it_and_a_zero_keeps_its_sign():
    values = np.array([-3.0, -0.0, 0.0, 0.5, 3.0])
    clip(values, (-0.0, 1.0))

    assert [math.copysign(1, value) for value in values[:3]] == [-1, -1, 1]
    assert values.tolist() == [0, 0, 0, 0.5, 1]
