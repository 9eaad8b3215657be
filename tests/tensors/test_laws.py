"""Laws against SciPy's distributions, and against what their sources make."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from service.arithmetic.truncation import truncate
from service.streams.registry import DEFAULT_STREAM
from service.tensors.dtypes import DTYPES
from service.tensors.errors import InvalidParameter
from service.tensors.laws import Constant, ElementMoments, Normal, TruncatedNormal, Uniform, centred
from service.tensors.source import ComplexSource, ConstantSource, NormalSource

# Not next to 0, of which SciPy's moments overflow.
MEANS = st.integers(-8000, 8000).map(lambda eighths: eighths / 8)
SCALES = st.floats(1e-3, 1e3)
SIGMAS = st.floats(-4.0, 4.0)
DISTRIBUTIONS = ["uniform", "normal", "truncated_normal"]


def draws(law, dtype="float64", count=20_000, seed=1):
    """Return the first elements of a law's source."""
    out = np.empty(count, DTYPES[dtype].working)
    law.source(DEFAULT_STREAM.open(seed, ""), DTYPES[dtype]).fill(out, 0)
    return out


def largest(law, dtype="float64"):
    return law.largest(DEFAULT_STREAM.open(1, ""), DTYPES[dtype])


@st.composite
def laws_and_distributions(draw):
    """A law, and the distribution that SciPy has for it."""
    mean, scale = draw(MEANS), draw(SCALES)
    kind = draw(st.sampled_from(DISTRIBUTIONS))
    if kind == "uniform":
        return Uniform.between(mean, mean + scale), stats.uniform(mean, scale)
    if kind == "normal":
        return Normal(mean, scale), stats.norm(mean, scale)
    low = draw(SIGMAS)
    high = low + draw(st.floats(0.1, 6.0))
    law = TruncatedNormal.cut(Normal(mean, scale), truncate(low, high), mean + scale * low, mean + scale * high)
    return law, stats.truncnorm(low, high, mean, scale)


@pytest.mark.slow
@settings(derandomize=True, max_examples=200, deadline=None)
@given(laws_and_distributions())
def test_a_law_has_the_moments_and_the_bound_that_scipys_distribution_has(law_and_distribution):
    law, distribution = law_and_distribution
    scale = max(abs(distribution.mean()), distribution.std())
    low, high = distribution.support()
    bound = max(abs(low), abs(high))

    assert law.mean == pytest.approx(distribution.mean(), rel=1e-9, abs=1e-9 * scale)
    assert law.std == pytest.approx(distribution.std(), rel=1e-6)
    assert law.mean_square == pytest.approx(distribution.moment(2), rel=1e-6)
    assert law.constant is None
    assert law.bound == (pytest.approx(bound, rel=1e-12) if math.isfinite(bound) else None)


@pytest.mark.slow
@settings(derandomize=True, max_examples=25, deadline=None)
@given(laws_and_distributions(), st.integers(0, 2**32))
def test_a_source_draws_from_its_law(law_and_distribution, seed):
    law, distribution = law_and_distribution
    values = draws(law, seed=seed)

    assert stats.kstest(values, distribution.cdf).pvalue > 1e-6
    assert np.abs(values).max() <= largest(law)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.sampled_from(DISTRIBUTIONS), SCALES)
def test_a_centred_law_has_the_standard_deviation_that_is_asked_for(distribution, std):
    """To the bit, and that of its bounds or its sigma but for rounding."""
    law: Any = centred(distribution, std)

    assert (law.mean, law.std, law.distribution) == (0.0, std, distribution)
    assert law.facts["std"] == std
    assert law.mean_square == std * std
    if distribution == "uniform":
        assert Uniform.between(law.low, law.high).std == pytest.approx(std, rel=1e-15)
    if distribution == "truncated_normal":
        assert law.bound == 2.0 * law.std_before
        assert std == pytest.approx(stats.truncnorm(-2, 2).std() * law.std_before, rel=1e-9)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_law_without_spread_is_a_constant(distribution):
    law = centred(distribution, 0.0)

    assert law.constant == 0.0
    assert largest(law) == 0.0
    for dtype in ("float32", "complex64"):
        assert law.source(DEFAULT_STREAM.open(1, ""), DTYPES[dtype]) == ConstantSource(0.0)


@pytest.mark.parametrize("value", [0.0, -2.5, 1e300])
def test_a_constant(value):
    law = Constant.of(value)

    assert (law.mean, law.std, law.mean_square) == (value, 0.0, value * value)
    assert (law.constant, law.bound, largest(law)) == (value, abs(value), abs(value))
    assert law.source(DEFAULT_STREAM.open(1, ""), DTYPES["float64"]) == ConstantSource(value)


def test_a_symmetric_cut_is_at_so_many_sigmas():
    law = TruncatedNormal.symmetric(0.5, 3.0)

    assert (law.low, law.high, law.bound, law.mean) == (-1.5, 1.5, 1.5, 0.0)
    assert law.std == pytest.approx(0.5 * stats.truncnorm(-3, 3).std(), rel=1e-9)
    assert law.facts == {"std": law.std, "std_before": 0.5, "bound": 1.5}


def test_a_complex_normal_has_half_of_its_variance_in_each_part():
    law = Normal(3.0, 2.0)
    source = law.source(DEFAULT_STREAM.open(1, ""), DTYPES["complex64"])
    values = draws(law, "complex64")

    assert isinstance(source, ComplexSource)
    real, imaginary = source.real, source.imaginary
    assert isinstance(real, NormalSource)
    assert isinstance(imaginary, NormalSource)
    assert real.std == imaginary.std == 2.0 / math.sqrt(2.0)
    assert values.mean() == pytest.approx(3.0, abs=0.1)
    assert values.real.std() == pytest.approx(math.sqrt(2.0), rel=0.05)
    assert values.imag.std() == pytest.approx(math.sqrt(2.0), rel=0.05)


@pytest.mark.parametrize(
    ("law", "dtype", "parameter"),
    [
        (Uniform.between(0.0, 1.0), "complex64", "dtype"),
        (TruncatedNormal.symmetric(1.0, 2.0), "complex64", "dtype"),
        (Uniform.between(0.0, 1e5), "float16", "dtype"),
        (Uniform.between(-1.7e308, 1.7e308), "float64", "high"),
        # 1 itself would be a number of the interval.
        (Uniform.between(1.0 + 1e-12, 1.0 + 2e-12), "float32", "high"),
    ],
)
def test_a_dtype_that_has_no_numbers_for_a_law_is_refused(law, dtype, parameter):
    with pytest.raises(InvalidParameter) as caught:
        law.source(DEFAULT_STREAM.open(1, ""), DTYPES[dtype])

    assert caught.value.parameter == parameter


def test_moments_may_be_known_in_part():
    assert ElementMoments(0.0, None, 1.0).mean_square is None
    assert ElementMoments(3.0, 4.0).mean_square == 25.0
    assert ElementMoments(3.0, 0.0).constant is None
