"""Whether the draws are what they are called: their laws, their tails, and their independence.

Seeds are fixed, so nothing here is left to chance. SciPy and mpmath give every expectation. A p-value is refused
when it is so small, or so near 1, that one in ten thousand good streams would have it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from scipy import stats

from service.streams.philox.philox import fill_words
from service.streams.philox.stream import PhiloxStream
from tests.streams.distributions import DISTRIBUTIONS, DTYPES, STANDARD_NORMAL, UNIT

DRAWS = 2**20
"""Of each of the distributions, in each precision: thirty million in all."""

BINS = 1024
FAMILY = 64
LENGTH = 2**16

each_dtype = pytest.mark.parametrize("dtype", DTYPES)
each_distribution = pytest.mark.parametrize("distribution", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)


def is_plausible(p_value):
    return 1e-4 < p_value < 1.0 - 1e-4


def edges_near(numbers, dtype):
    """Bin edges halfway between two numbers of the dtype, so that rounding carries no draw over an edge."""
    below = numbers.astype(dtype)
    return 0.5 * (below.astype(np.float64) + np.nextafter(below, dtype(np.inf)).astype(np.float64))


@pytest.mark.slow
@each_dtype
@each_distribution
def test_draws_fall_into_bins_as_often_as_scipy_says(distribution, dtype):
    edges = edges_near(distribution.oracle.ppf(np.arange(1, BINS) / BINS), dtype)
    probabilities = np.diff([0.0, *distribution.oracle.cdf(edges), 1.0])
    draws = distribution.draw(DRAWS, dtype, stream=PhiloxStream(1, "bins"))
    observed = np.bincount(np.searchsorted(edges, draws.astype(np.float64)), minlength=BINS)
    assert is_plausible(stats.chisquare(observed, DRAWS * probabilities).pvalue)


@pytest.mark.slow
@each_distribution
def test_draws_follow_the_distribution_function_of_scipy(distribution):
    draws = distribution.draw(200_000, np.float64, stream=PhiloxStream(2, "distribution function"))
    assert is_plausible(stats.kstest(draws, distribution.oracle.cdf).pvalue)


@each_dtype
@each_distribution
def test_mean_and_variance_are_those_of_the_distribution(distribution, dtype):
    draws = distribution.draw(DRAWS, dtype, stream=PhiloxStream(3, "moments"))
    deviations = (draws.astype(np.float64) - distribution.mean) / distribution.std
    squares = deviations**2
    assert abs(deviations.mean()) <= 4 / np.sqrt(DRAWS)
    assert abs(squares.mean() - 1.0) <= 4 * squares.std() / np.sqrt(DRAWS)


@each_dtype
def test_normals_have_the_moments_of_the_normal(dtype):
    count = 2**22
    z = STANDARD_NORMAL.draw(count, dtype, stream=PhiloxStream(4, "moments")).astype(np.float64)
    product = np.ones(count)
    for power in range(1, 9):
        product *= z
        moment, square = stats.norm.moment(power), stats.norm.moment(2 * power)
        assert abs(product.mean() - moment) <= 4 * np.sqrt((square - moment**2) / count)


def tails(dtype, count, beyond):
    """The normals among `count` that lie further out than `beyond`."""
    stream = PhiloxStream(5, "tails")
    piece = np.empty(2**18, dtype)
    found = []
    for start in range(0, count, piece.size):
        stream.normal(piece, start, 0.0, 1.0)
        found.append(piece[np.abs(piece) > beyond])
    return np.concatenate(found).astype(np.float64)


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "count"), [(np.float32, 2**28), (np.float64, 2**25)])
def test_the_tails_of_the_normal_hold_what_they_should(dtype, count):
    """At 2**28 draws 154 lie beyond five sigmas and ten beyond five and a half; at 2**25 an eighth of that."""
    edges = np.array([3.5, 4.0, 4.25, 4.5, 4.75, 5.0, 5.25, 5.5, np.inf])
    expected = -count * np.diff(stats.norm.sf(edges))
    found = tails(dtype, count, edges[0])
    upper, lower = np.histogram(found, edges)[0], np.histogram(-found, edges)[0]
    chi_square = np.sum((upper - expected) ** 2 / expected) + np.sum((lower - expected) ** 2 / expected)
    assert is_plausible(stats.chi2.sf(chi_square, 2 * expected.size))
    beyond_five = int(upper[5:].sum() + lower[5:].sum())
    assert is_plausible(stats.poisson.sf(beyond_five - 1, 2 * count * stats.norm.sf(5.0)))


@pytest.mark.slow
def test_beyond_five_sigmas_the_normal_goes_on_as_a_normal():
    magnitudes = np.abs(tails(np.float32, 2**28, 5.0))
    assert stats.kstest(stats.norm.sf(magnitudes) / stats.norm.sf(5.0), "uniform").pvalue > 1e-3


def refinements():
    """Rows in pairs: where in (0, 1) a binary64 uniform lies, and where within the cell of its first word."""
    scaled = UNIT.draw(FAMILY // 2 * LENGTH, np.float64) * 2.0**32
    cells = np.floor(scaled)
    return np.stack([cells * 2.0**-32, scaled - cells]).reshape(2, -1, LENGTH).swapaxes(0, 1).reshape(FAMILY, LENGTH)


def _rows(streams):
    return np.array([UNIT.draw(LENGTH, np.float64, stream=s) for s in streams])


SIXTY_FOUR_STREAMS = {
    "neighbouring seeds": [PhiloxStream(seed, "w") for seed in range(FAMILY)],
    "seeds that differ in their high half": [PhiloxStream(seed << 32, "w") for seed in range(FAMILY)],
    "seeds that differ in one bit": [PhiloxStream(42 ^ 1 << bit, "w") for bit in range(FAMILY)],
    "numbered names": [PhiloxStream(0, f"encoder.{layer}.weight") for layer in range(FAMILY)],
    "names of growing length": [PhiloxStream(0, "w" * length) for length in range(FAMILY)],
    "parts of complex numbers": [
        part
        for layer in range(FAMILY // 2)
        for part in (PhiloxStream(0, f"{layer}"), PhiloxStream(0, f"{layer}").imaginary())
    ],
}
ROWS: dict[str, Callable] = {
    **{name: partial(_rows, streams) for name, streams in SIXTY_FOUR_STREAMS.items()},
    "neighbouring elements": lambda: UNIT.draw(FAMILY * LENGTH, np.float64).reshape(LENGTH, FAMILY).T,
    "stretches of one stream": lambda: UNIT.draw(FAMILY * LENGTH, np.float64).reshape(FAMILY, LENGTH),
    "stretches far apart": lambda: np.array([UNIT.draw(LENGTH, np.float64, k << 34) for k in range(FAMILY)]),
    "a value and its refinement": refinements,
}
each_rows = pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)


@each_rows
def test_rows_are_uncorrelated(rows):
    """Uniforms, that is: of those all other draws are monotone functions."""
    correlations = np.corrcoef(rows())[np.triu_indices(FAMILY, 1)] * np.sqrt(LENGTH)
    assert np.abs(correlations).max() <= 5.0
    assert is_plausible(stats.chi2.sf(np.sum(correlations**2), correlations.size))


@each_rows
def test_pairs_of_rows_fill_the_square_evenly(rows):
    cells = (rows() * 16).astype(np.int64)
    counts = np.array([np.bincount(16 * a + b, minlength=256) for a, b in cells.reshape(-1, 2, LENGTH)])
    chi_squares = np.sum((counts - LENGTH / 256) ** 2, axis=1) / (LENGTH / 256)
    assert is_plausible(stats.chi2.sf(chi_squares.sum(), 255 * len(counts)))
    assert stats.chi2.sf(chi_squares.max(), 255) > 1e-5


def words(seed, name="w", count=LENGTH):
    out = np.empty(count, np.uint32)
    fill_words(out, 0, PhiloxStream(seed, name).identity)
    return out


def flips(changed, original):
    """How often each of the 32 bits differs."""
    return np.array([np.count_nonzero((changed ^ original) >> bit & 1) for bit in range(32)])


def test_every_bit_of_a_word_is_set_half_of_the_time():
    counts = flips(words(7, count=2**22), np.uint32(0))
    assert np.abs(counts - 2**21).max() <= 4 * np.sqrt(2**20)


def test_one_bit_of_the_seed_changes_every_bit_half_of_the_time():
    original = words(42)
    counts = np.array([flips(words(42 ^ 1 << bit), original) for bit in range(64)])
    deviations = (counts - LENGTH / 2) / np.sqrt(LENGTH / 4)
    assert np.abs(deviations).max() <= 5.0
    assert is_plausible(stats.chi2.sf(np.sum(deviations**2), deviations.size))


def test_names_that_differ_in_one_letter_share_no_words():
    assert np.intersect1d(words(0, "encoder.0.weight"), words(0, "encoder.1.weight")).size <= 10
