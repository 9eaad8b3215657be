"""Bounds hold in every dtype: what rounding would put on an excluded one, or past one, is the nearest inside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from service.requests.faults import InvalidRequest
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from service.tensors.dtypes import DTYPES, FRACTIONAL
from tests.tensors.narrow import NARROW, finite_numbers, nearest_even

COUNT = 3000

each_narrow_dtype = pytest.mark.parametrize("dtype", NARROW)
each_real_dtype = pytest.mark.parametrize("dtype", [name for name in FRACTIONAL if not DTYPES[name].is_complex])


def request(initializer, **members):
    tensor, _ = parse_tensor(initializer, Members({"seed": "3", **members}, in_body=True), threads=1)
    return tensor


def read(initializer, shape=(COUNT,), **members):
    return request(initializer, shape=list(shape), **members).read()


def inside(dtype, low, high, open_above):
    """Every number of a narrow dtype within the bounds, ascending."""
    numbers, _ = finite_numbers(dtype)
    return numbers[(numbers >= low) & ((numbers < high) if open_above else (numbers <= high))]


def rounded_inside(singles, dtype, low, high, open_above):
    """The float32 tensor rounded, and what lies outside then replaced."""
    numbers = inside(dtype, low, high, open_above)
    return np.clip(nearest_even(singles, dtype), numbers[0], numbers[-1])


LOWS = st.one_of(st.floats(-50.0, 50.0), st.integers(-20, 20).map(float), st.floats(-1e-4, 1e-4))
WIDTHS = st.one_of(st.floats(1e-3, 40.0), st.sampled_from([2.0**-6, 0.25, 1.0, 2.0, 3.0]))


@each_narrow_dtype
@settings(derandomize=True, max_examples=40, deadline=None)
@given(low=LOWS, width=WIDTHS)
@example(low=0.0, width=1.0)
@example(low=0.0, width=4.0)
@example(low=-1.0, width=1.0)
def test_a_uniform_is_the_float32_one_rounded_with_what_leaves_the_interval_put_back(dtype, low, width):
    high = low + width
    assume(low < high)
    members = {"low": low, "high": high}
    if not inside(dtype, low, high, open_above=True).size:
        with pytest.raises(InvalidRequest):
            read("uniform", dtype=dtype, **members)
        return

    made = read("uniform", dtype=dtype, **members).astype(np.float64)
    np.testing.assert_array_equal(made, rounded_inside(read("uniform", **members), dtype, low, high, open_above=True))


@each_narrow_dtype
@settings(derandomize=True, max_examples=30, deadline=None)
@given(low=LOWS, width=WIDTHS, std=st.floats(0.05, 20.0))
@example(low=-0.04, width=0.08, std=0.02)
def test_a_truncated_normal_is_the_float32_one_rounded_with_what_leaves_the_bounds_put_back(dtype, low, width, std):
    high = low + width
    assume(low < high)
    members = {"low": low, "high": high, "std": std, "bounds": "absolute"}
    assume(min(abs(low), abs(high)) / std < 1000 and width / std > 1e-6)
    if not inside(dtype, low, high, open_above=False).size:
        with pytest.raises(InvalidRequest):
            read("truncated_normal", dtype=dtype, **members)
        return

    made = read("truncated_normal", dtype=dtype, **members).astype(np.float64)
    singles = read("truncated_normal", **members)
    np.testing.assert_array_equal(made, rounded_inside(singles, dtype, low, high, open_above=False))


@each_narrow_dtype
@settings(derandomize=True, max_examples=15, deadline=None)
@given(
    fan_in=st.integers(1, 5000),
    gain=st.floats(0.01, 30.0),
    distribution=st.sampled_from(["uniform", "truncated_normal"]),
)
def test_variance_scaling_keeps_the_bound_that_it_tells(dtype, fan_in, gain, distribution):
    scheme = {"scale": gain * gain, "distribution": distribution}
    tensor = request("variance_scaling", shape=[50, 50], dtype=dtype, fan_in=fan_in, **scheme)
    bound, values = tensor.parameters["bound"], tensor.read().astype(np.float64)

    assert -bound <= values.min()
    assert values.max() < bound or (distribution != "uniform" and values.max() == bound)


@each_real_dtype
@pytest.mark.parametrize("high", [1.0, 4.0, 0.1])
def test_of_a_million_uniforms_none_is_the_excluded_bound(dtype, high):
    values = read("uniform", (10**6,), dtype=dtype, low=0.0, high=high).astype(np.float64)

    assert np.count_nonzero(values >= high) == 0
    assert np.isfinite(np.log1p(-values / high)).all()


@each_real_dtype
def test_of_a_million_truncated_normals_none_passes_a_bound(dtype):
    values = read("truncated_normal", (10**6,), dtype=dtype, std=0.02).astype(np.float64)

    assert np.count_nonzero(np.abs(values) > 0.04) == 0


@each_narrow_dtype
def test_what_would_be_the_excluded_bound_is_the_number_before_it(dtype):
    made = read("uniform", (200_000,), dtype=dtype).astype(np.float64)
    carried = nearest_even(read("uniform", (200_000,)), dtype) == 1.0
    before = inside(dtype, 0.0, 1.0, open_above=True)[-1]

    assert carried.any()
    assert set(made[carried].tolist()) == {before}


@each_narrow_dtype
def test_of_an_interval_with_one_number_of_the_dtype_that_is_all_elements(dtype):
    assert set(read("uniform", dtype=dtype, low=1.0, high=1.0000002).astype(np.float64).tolist()) == {1.0}


@each_narrow_dtype
@pytest.mark.parametrize(
    ("initializer", "members"),
    [
        ("uniform", {"low": 1.0001, "high": 1.0002}),
        ("uniform", {"low": -1e-9, "high": -1e-10}),
        ("truncated_normal", {"low": 1.0001, "high": 1.0002, "bounds": "absolute"}),
    ],
)
def test_an_interval_without_a_number_of_the_dtype_is_refused_with_the_way_out(dtype, initializer, members):
    if inside(dtype, members["low"], members["high"], open_above=True).size:
        pytest.skip("this dtype has one")
    with pytest.raises(InvalidRequest) as caught:
        read(initializer, dtype=dtype, **members)

    (fault,) = caught.value.faults
    assert f"no {dtype} number lies between" in fault.detail
    assert "dtype=float64" in fault.detail


@each_narrow_dtype
@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal"])
def test_parts_have_the_bounds_of_the_whole(dtype, distribution):
    members = {"shape": [64, 50], "dtype": dtype, "distribution": distribution, "scale": 9}
    whole = request("variance_scaling", **members).read().reshape(64, 50)

    assert request("variance_scaling", **members, slice="3:50,7:").read().tobytes() == whole[3:50, 7:].tobytes()


@pytest.mark.parametrize("dtype", ["float32", *NARROW])
@pytest.mark.parametrize("gain", [0.1, 1.0, 1.7])
def test_orthogonal_blocks_keep_the_bound_that_they_tell(dtype, gain):
    values = read("orthogonal", (600, 2), groups=300, dtype=dtype, gain=gain).astype(np.float64)
    single = read("orthogonal", (50, 1), groups=50, dtype=dtype, gain=gain).astype(np.float64)

    assert max(np.abs(values).max(), np.abs(single).max()) <= gain


@each_real_dtype
def test_skew_generators_keep_the_bound_that_they_tell(dtype):
    values = read("skew", (4000, 4000), kind="henaff", dtype=dtype, slice="0:2000,0:2000").astype(np.float64)

    assert 0.9 * np.pi < np.abs(values).max() <= np.pi
