from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy import stats

from service.arithmetic.rounding import representable
from service.arithmetic.truncation import truncate
from service.streams.philox.philox import fill_words
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import LARGEST_SEED, Cut
from tests.streams.distributions import DISTRIBUTIONS, DTYPES, INF, STANDARD_NORMAL, STREAM, UNIT, normal, uniform
from tests.streams.exact import MP, mass, upper_tail

REFINEMENT = 1
IMAGINARY = 2

each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def words(stream, count, start=0, purpose=0):
    """The words of elements start ... start + count for a purpose, by the specification's section 1."""
    c2, c3, k0, k1 = stream.identity
    first, skipped = divmod(start, 4)
    out = np.empty((skipped + count + 3) // 4 * 4, np.uint32)
    fill_words(out, first, (c2, c3 | purpose << 24, k0, k1))
    return out[skipped : skipped + count].astype(np.float64)


def single(x):
    return np.asarray(x, np.float32)


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 0x0123456789ABCDEF, LARGEST_SEED])
def test_the_seed_is_the_key_low_half_first(seed):
    k0, k1 = PhiloxStream(seed, "w").identity[2:]
    assert (k0, k1) == tuple(np.array([seed], "<u8").view("<u4").tolist())


@pytest.mark.parametrize("name", ["", "w", "encoder.0.weight", "λ→∞", "e\u0301", "\u00e9", "a" * 1000])
def test_the_name_is_hashed_into_the_counter(name):
    c2, c3 = PhiloxStream(7, name).identity[:2]
    digest = hashlib.sha256(name.encode("utf-8")).hexdigest()
    assert c2.to_bytes(4, "little").hex() + c3.to_bytes(4, "little").hex() == digest[:14] + "00"


def test_the_purpose_is_the_top_byte_of_the_counter():
    assert STREAM.imaginary().identity[1] - STREAM.identity[1] == IMAGINARY << 24


@pytest.mark.parametrize("start", [0, 1, 2, 3, 2**34 - 5, 2**40 + 2])
def test_an_element_is_made_of_its_own_word(start):
    u = (words(STREAM, 11, start) + 0.5) * 2.0**-32
    assert np.array_equal(UNIT.draw(11, start=start), single(u))


@pytest.mark.parametrize("start", [0, 1, 2, 3, 2**34 - 5, 2**40 + 2])
def test_a_binary64_element_is_its_word_refined_by_a_second_one(start):
    refinement = words(STREAM, 11, start, REFINEMENT) // 2**12
    u = (words(STREAM, 11, start) * 2**20 + refinement + 0.5) * 2.0**-52
    assert np.array_equal(UNIT.draw(11, np.float64, start), u)


def test_imaginary_parts_are_made_of_words_of_their_own():
    u = (words(STREAM, 8, purpose=IMAGINARY) + 0.5) * 2.0**-32
    assert np.array_equal(UNIT.draw(8, stream=STREAM.imaginary()), single(u))


def test_binary64_uniforms_lie_in_the_cells_of_their_words():
    assert np.array_equal(np.floor(UNIT.draw(10**5, np.float64) * 2.0**32), words(STREAM, 10**5))


def test_binary64_normals_refine_the_binary32_ones():
    coarse, fine = STANDARD_NORMAL.draw(10**6).astype(np.float64), STANDARD_NORMAL.draw(10**6, np.float64)
    cell = 2.0**-33 / stats.norm.pdf(np.maximum(np.abs(coarse), np.abs(fine)))
    assert (np.abs(fine - coarse) <= cell + 7 * np.spacing(single(np.abs(fine)))).all()


@pytest.mark.parametrize(("mean", "std"), [(0.0, 0.05), (-3.25, 1.0), (1e-3, 12345.678), (0.1, 1e-30)])
def test_a_binary32_normal_is_scaled_and_shifted_in_binary32(mean, std):
    z = STANDARD_NORMAL.draw(1000)
    assert np.array_equal(normal(mean, std).draw(1000), single(mean) + single(std) * z)


@pytest.mark.parametrize(("mean", "std"), [(0.0, 0.05), (-3.25, 1.0), (1e-3, 12345.678), (0.1, 1e-300)])
def test_a_binary64_normal_is_scaled_and_shifted_in_binary64(mean, std):
    z = STANDARD_NORMAL.draw(1000, np.float64)
    assert np.array_equal(normal(mean, std).draw(1000, np.float64), mean + std * z)


@pytest.mark.parametrize(("low", "high"), [(-0.3, 0.7), (1e-3, 1e30), (-0.07142857142857142, 0.07142857142857142)])
def test_a_binary32_uniform_is_rounded_once(low, high):
    u = (words(STREAM, 1000) + 0.5) * 2.0**-32
    assert np.array_equal(uniform(low, high).draw(1000), single(low + (high - low) * u))


def missed(oracle, value, u):
    """How far the distribution function of SciPy's `oracle`, taken with 80 digits, is from `u` at `value`."""
    if oracle.dist.name == "uniform":
        low, width = oracle.args
        return (MP.mpf(value) - low) / width - u
    if oracle.dist.name == "norm":
        mean, std = oracle.args
        return upper_tail((mean - MP.mpf(value)) / std) - u
    (low, high), mean, std = oracle.args, oracle.kwds["loc"], oracle.kwds["scale"]
    return mass(low, (MP.mpf(value) - mean) / std) / mass(low, high) - u


@each_dtype
@pytest.mark.parametrize("distribution", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
def test_every_value_is_the_quantile_of_its_uniform_number(distribution, dtype):
    values = distribution.draw(60, dtype).astype(np.float64)
    u = UNIT.draw(60, np.float64) if dtype is np.float64 else (words(STREAM, 60) + 0.5) * 2.0**-32
    probabilities = [float(missed(distribution.oracle, x, p)) for x, p in zip(values, u, strict=True)]
    error = np.abs(probabilities) / distribution.oracle.pdf(values)
    tolerance = 8 * np.finfo(dtype).eps * (np.abs(values) + distribution.std)
    cancelled = 8 * np.finfo(np.float64).eps * abs(distribution.oracle.kwds.get("loc", 0.0))
    assert (error <= tolerance + cancelled).all()


@pytest.mark.parametrize(
    ("low", "high", "open_above", "least", "greatest"),
    [
        (0.0, 1.0, False, 0.0, 1.0),
        (0.0, 1.0, True, 0.0, 1.0 - 2.0**-24),
        (0.1, 0.2, False, 0.1 + 1.490116e-09, 0.2 - 1.1920929e-08),
        (-0.2, -0.1, True, -0.2 + 1.1920929e-08, -0.1 - 1.490116e-09),
        (-1.0, 0.0, True, -1.0, -(2.0**-149)),
        (-INF, INF, False, -INF, INF),
        (1.0, 1.0, False, 1.0, 1.0),
    ],
)
def test_the_representable_ends_lie_within_the_bounds(low, high, open_above, least, greatest):
    ends = representable(low, high, np.dtype(np.float32), open_above)
    assert ends == (float(np.float32(least)), float(np.float32(greatest)))
    assert low <= ends[0] <= ends[1] <= high


@pytest.mark.parametrize(
    ("low", "high", "dtype", "open_above"),
    [
        (0.1, 0.1, np.float32, False),
        (1.0, 1.0, np.float32, True),
        (1.0, 1.0, np.float64, True),
        (1.00000001, 1.00000002, np.float32, False),
        (1.00000001, 1.0000001192, np.float32, True),
    ],
)
def test_bounds_without_a_number_between_are_refused(low, high, dtype, open_above):
    with pytest.raises(ValueError, match=r"no float\d\d number lies between"):
        representable(low, high, np.dtype(dtype), open_above)


@each_dtype
def test_a_uniform_reaches_its_lower_but_never_its_upper_end(dtype):
    step = float(np.finfo(dtype).eps)
    values = uniform(1.0, 1.0 + 3 * step).draw(10**4, dtype)
    assert set(values.tolist()) == {1.0, 1.0 + step, 1.0 + 2 * step}


@each_dtype
@pytest.mark.parametrize(
    ("low", "high"), [(-0.1, 0.2), (0.7, 0.7000002), (-0.7000002, -0.7), (0.1, 0.1000001), (0.5, INF), (-INF, -0.3)]
)
def test_truncated_values_never_leave_their_bounds(low, high, dtype):
    cut = Cut(truncate(low / 0.1, high / 0.1), low, high)
    out = np.empty(10**5, dtype)
    STREAM.normal(out, 0, 0.0, 0.1, cut)
    assert low <= float(out.min()) <= float(out.max()) <= high


@each_dtype
@pytest.mark.parametrize(("bounds", "inner"), [((-2.0, 2.0), (-0.1, 0.2)), ((31.0, 32.0), (31.01, 31.02))])
def test_values_that_rounding_carries_over_a_bound_are_put_on_it(bounds, inner, dtype):
    """Rounding seldom does: here the bounds of the clipping are drawn closer, to see it."""
    out = np.empty(10**4, dtype)
    STREAM.normal(out, 0, 0.0, 1.0, Cut(truncate(*bounds), *inner))
    assert (out.min(), out.max()) == representable(inner[0], inner[1], np.dtype(dtype))


@each_dtype
def test_a_truncation_between_two_neighbouring_numbers_is_refused(dtype):
    low = np.nextafter(np.float64(0.1), 1.0) if dtype is np.float32 else 0.1
    with pytest.raises(ValueError, match=r"no float\d\d number lies between"):
        STREAM.normal(np.empty(1, dtype), 0, 0.0, 1.0, Cut(truncate(-1.0, 1.0), low, np.nextafter(0.1, 0.0)))
