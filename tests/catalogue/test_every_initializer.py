"""What holds of every initializer of the catalogue, by its sample."""

from __future__ import annotations

import functools
import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from service.catalogue.catalogue import CATALOGUE
from service.tensors.dtypes import DTYPES, FRACTIONAL
from service.tensors.errors import InvalidParameter
from service.tensors.source import WholeSource
from tests.catalogue.samples import COMPLEX, DISTRIBUTIONS, NAMES, REQUIRED_TOGETHER, SAMPLES, refusal
from tests.initializers.making import initialize, make, ready, stretch, tensor
from tests.tensors.slices import index, slices


@functools.cache
def sample(name, dtype):
    """Return the whole of an entry's sample, as the dtype stores it."""
    shape, parameters = SAMPLES[name]
    return tensor(name, shape, dtype=dtype, **parameters).read().reshape(shape)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@settings(derandomize=True, max_examples=25, deadline=None)
@given(data=st.data(), dtype=st.sampled_from(["float32", "float64"]))
def test_any_stretch_equals_that_of_the_whole(name, dtype, data):
    shape, parameters = SAMPLES[name]
    whole = make(name, shape, dtype=dtype, **parameters).reshape(-1)
    start = data.draw(st.integers(0, whole.size))
    count = data.draw(st.integers(0, whole.size - start))

    part = stretch(ready(name, shape, dtype=dtype, **parameters), dtype, start, count)
    np.testing.assert_array_equal(part, whole[start : start + count])


REAL = [name for name in FRACTIONAL if not DTYPES[name].is_complex]
NAMES_AND_DTYPES = [
    *product(NAMES, ["float32"]),
    *(
        pytest.param(name, dtype, marks=pytest.mark.slow)
        for name, dtype in [*product(NAMES, REAL), *product(COMPLEX, ["complex64", "complex128"])]
        if dtype != "float32"
    ),
]


@pytest.mark.parametrize(("name", "dtype"), NAMES_AND_DTYPES)
@settings(derandomize=True, max_examples=15, deadline=None)
@given(data=st.data())
def test_any_part_equals_numpys_slice_of_the_whole(name, dtype, data):
    shape, parameters = SAMPLES[name]
    text = data.draw(slices(shape))
    part = tensor(name, shape, dtype=dtype, text=text, **parameters)
    expected = sample(name, dtype)[index(text)]

    assert (part.shape, part.read().tobytes()) == (np.shape(expected), expected.tobytes())


@pytest.mark.parametrize(("name", "dtype"), NAMES_AND_DTYPES)
def test_shards_put_together_are_the_tensor(name, dtype):
    shape, parameters = SAMPLES[name]
    whole = tensor(name, shape, dtype=dtype, **parameters).read()
    for axis, size in enumerate(shape):
        texts = [":," * axis + f"{begin}:{end}" for begin, end in pairwise([*range(0, size, 3), size])]
        shards = [tensor(name, shape, dtype=dtype, text=text, **parameters) for text in texts]

        assert np.concatenate([s.read().reshape(s.shape) for s in shards], axis).tobytes() == whole.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_whether_the_seed_matters(name):
    shape, parameters = SAMPLES[name]
    one, other = (make(name, shape, seed=seed, **parameters) for seed in (1, 2))

    assert np.array_equal(one, other) != CATALOGUE.get(name).random


@pytest.mark.parametrize("kind", list(CATALOGUE), ids=NAMES)
def test_an_entry_says_which_ranks_it_accepts(kind):
    fans = {"fan_in": 4, "fan_out": 4} if "fan_out" in kind.model_fields else {}
    fans |= {name: value for name, value in SAMPLES[kind.name][1].items() if kind.model_fields[name].is_required()}
    fans |= REQUIRED_TOGETHER.get(kind.name, {})
    lowest, highest = kind.ranks
    for rank in range(7):
        if lowest <= rank <= (rank if highest is None else highest):
            initialize(kind.name, (12,) * rank, **fans)
        else:
            with pytest.raises(InvalidParameter, match="rank") as caught:
                initialize(kind.name, (12,) * rank, **fans)
            assert caught.value.parameter == "shape"


@pytest.mark.parametrize("kind", list(CATALOGUE), ids=NAMES)
def test_the_largest_value_is_a_bound_on_the_values(kind):
    shape, parameters = SAMPLES[kind.name]

    assert np.abs(make(kind.name, shape, **parameters)).max() <= initialize(kind.name, shape, **parameters).largest


@pytest.mark.parametrize("name", NAMES)
def test_two_calls_agree(name):
    shape, parameters = SAMPLES[name]

    assert make(name, shape, **parameters).tobytes() == make(name, shape, **parameters).tobytes()


def enlarged(name, size=None):
    """Return the shape of an entry's sample, every axis as many times as long, with about `size` elements."""
    shape, parameters = SAMPLES[name]
    if size is None:
        size = 20_000 if isinstance(initialize(name, shape, **parameters).source, WholeSource) else 120_000
    times = max(1, int((size / math.prod(shape)) ** (1 / len(shape))))
    return tuple(times * axis for axis in shape)


def told(name):
    """Return what an enlarged sample tells of itself."""
    return initialize(name, enlarged(name), **SAMPLES[name][1]).facts


STATED = [kind.name for kind in CATALOGUE if kind.random and "std" in told(kind.name)]


@pytest.mark.parametrize("name", STATED)
def test_a_sample_has_the_moments_that_are_stated(name):
    """Those after a cut, where both are. Copies and structure leave a quarter of the elements independent, or more."""
    facts, values = told(name), make(name, enlarged(name), **SAMPLES[name][1]).astype(np.float64)
    std, noise = facts.get("std_after", facts["std"]), 2 / math.sqrt(values.size)

    assert values.std() == pytest.approx(std, rel=6 * noise)
    assert values.mean() == pytest.approx(facts.get("mean_after", facts.get("mean", 0.0)), abs=6 * noise * std)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_sample_is_drawn_from_the_distribution_of_its_paper(name):
    shape, parameters = SAMPLES[name]
    law, distribution = initialize(name, shape, **parameters).law, DISTRIBUTIONS[name]
    bound = max(map(abs, distribution.support()))

    assert law.mean == pytest.approx(distribution.mean(), rel=1e-9, abs=1e-12)
    assert law.std == pytest.approx(distribution.std(), rel=1e-9)
    assert law.bound == (pytest.approx(bound, rel=1e-12) if math.isfinite(bound) else None)
    assert stats.kstest(make(name, shape, dtype="float64", **parameters).reshape(-1), distribution.cdf).pvalue > 1e-3


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("name", [name for name in NAMES if "bound" in told(name)])
def test_no_element_is_beyond_the_bound_that_is_stated(name, dtype):
    values = tensor(name, enlarged(name), dtype=dtype, **SAMPLES[name][1]).read()

    assert np.abs(values.astype(np.float64)).max() <= told(name)["bound"]


@pytest.mark.parametrize("dtype", [name for name in REAL if name not in {"float32", "float64"}])
@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_dtype_is_the_float32_tensor_rounded(name, dtype):
    """But for what that carries over a bound, which is then a neighbour."""
    shape, parameters = SAMPLES[name]
    made = tensor(name, shape, dtype=dtype, **parameters).read()
    rounded = tensor(name, shape, **parameters).read().astype(DTYPES[dtype].storage)
    carried = made.view(f"u{made.itemsize}") != rounded.view(f"u{made.itemsize}")

    assert (np.nextafter(rounded[carried], made[carried]) == made[carried]).all()
    if initialize(name, shape, **parameters).law is None or initialize(name, shape, **parameters).law.bound is None:
        assert not carried.any()


@pytest.mark.parametrize("name", NAMES)
def test_float64_refines_float32(name):
    shape, parameters = SAMPLES[name]
    fine, coarse = (make(name, shape, dtype=dtype, **parameters) for dtype in ("float64", "float32"))

    np.testing.assert_allclose(fine, coarse, rtol=1e-5, atol=1e-6 * max(np.abs(fine).max(), 1e-30))


@pytest.mark.parametrize("name", NAMES)
def test_a_complex_tensor_is_made_or_refused_for_its_dtype(name):
    # The samples of these two have bounds that are not about 0.
    culprit = "low" if name in {"uniform", "truncated_normal"} else "dtype"
    assert refusal(name, SAMPLES[name][0], dtype="complex64") == (None if name in COMPLEX else culprit)


@pytest.mark.parametrize("name", [name for name in COMPLEX if name in STATED])
def test_a_complex_sample_has_half_of_the_stated_variance_in_each_part(name):
    values = make(name, enlarged(name), dtype="complex64", **SAMPLES[name][1])
    part = told(name)["std"] / math.sqrt(2)

    for of in (values.real, values.imag):
        assert of.std(dtype=np.float64) == pytest.approx(part, rel=12 / math.sqrt(values.size))


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_without_elements_is_empty_or_no_shape_of_it(name):
    shape, parameters = SAMPLES[name]
    for axis in range(len(shape)):
        empty = (*shape[:axis], 0, *shape[axis + 1 :])
        if refusal(name, empty) is None:
            assert make(name, empty, **parameters).shape == empty
        else:
            assert refusal(name, empty) == "shape"


@pytest.mark.parametrize("name", NAMES)
def test_an_enormous_tensor_can_be_looked_into(name):
    """Unless it must be made whole, for which there are limits, or the entry itself says that it is too large."""
    shape = enlarged(name, 2**50)
    if refusal(name, shape) is not None:
        assert refusal(name, shape) == "shape"
        return
    source = initialize(name, shape, **SAMPLES[name][1]).source
    if not isinstance(source, WholeSource):
        assert np.isfinite(stretch(source, "float32", math.prod(shape) // 2 + 12_345, 16)).all()
