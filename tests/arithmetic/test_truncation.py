from __future__ import annotations

import math

import pytest
from scipy import stats

from service.arithmetic.truncation import LARGEST_NEAR_BOUND, std_before, truncate
from tests.streams.exact import MP, mass, moments, upper_tail

INF = math.inf

BOUNDS = [
    (-2.0, 2.0),
    (-1.0, 3.0),
    (0.0, INF),
    (-INF, 0.5),
    (-50.0, 0.5),
    (-3.0, -2.9),
    (4.0, 5.0),
    (-INF, -6.0),
    (12.0, INF),
    (29.0, 31.0),
    (30.0, 30.5),
    (31.0, 32.0),
    (-46.0, -45.0),
    (-INF, -100.0),
    (1000.0, INF),
    (1000.0, 1000.001),
    (LARGEST_NEAR_BOUND, INF),
    (0.1, 0.2),
    (0.1, 0.1000001),
    (-1e-6, 2e-6),
    (0.0, 1e-12),
]
each_bounds = pytest.mark.parametrize(("low", "high"), BOUNDS)


def scale(cut):
    """What probabilities are multiplied by, lest they underflow."""
    return MP.exp(MP.mpf(cut.anchor) ** 2 / 2)


@each_bounds
def test_the_mass_is_that_of_the_normal(low, high):
    cut = truncate(low, high)
    assert cut.mass == pytest.approx(float(mass(low, high) * scale(cut)), rel=1e-14)


@each_bounds
def test_the_mean_is_that_of_the_truncated_normal(low, high):
    mean, std = map(float, moments(low, high))
    assert truncate(low, high).mean == pytest.approx(mean, rel=1e-15, abs=1e-13 * std)


@each_bounds
def test_the_std_is_that_of_the_truncated_normal(low, high):
    assert truncate(low, high).std == pytest.approx(float(moments(low, high)[1]), rel=1e-12)


@pytest.mark.parametrize(("low", "high"), [(-2.0, 2.0), (-1.0, 3.0), (0.0, INF), (-50.0, 0.5), (4.0, 5.0)])
def test_mean_and_std_are_those_of_scipy(low, high):
    oracle = stats.truncnorm(low, high)
    cut = truncate(low, high)
    assert (cut.mean, cut.std) == pytest.approx((oracle.mean(), oracle.std()), rel=1e-9, abs=1e-12)


@each_bounds
def test_the_probabilities_on_both_sides_are_those_of_the_normal(low, high):
    cut = truncate(low, high)
    below = 0.0 if cut.anchor > 0 else float(upper_tail(-low) * scale(cut))
    above = 0.0 if cut.anchor < 0 else float(upper_tail(high) * scale(cut))
    assert (cut.below, cut.above) == pytest.approx((below, above), rel=1e-14)


@each_bounds
def test_the_middle_is_that_of_the_probabilities_at_both_bounds(low, high):
    cut = truncate(low, high)
    halves = [0.5 - upper_tail(bound) for bound in (low, high)]
    middle, size = float(sum(halves) / 2), float(sum(map(abs, halves)))
    assert cut.middle == (0.0 if cut.anchor else pytest.approx(middle, abs=1e-15 * size))


def test_no_bounds_leave_the_whole_normal():
    whole = truncate()
    assert (whole.numbers, whole.mean, whole.std) == ((0.0, 1.0, 0.0, 0.0, 0.0, 0.0), 0.0, 1.0)


@pytest.mark.parametrize("bound", [1e3, 1e100, 1e154, 1e155, 1e300])
def test_a_bound_however_far_off_cuts_nothing(bound):
    cut = truncate(-bound, bound)
    assert (cut.mass, cut.below, cut.above) == pytest.approx((1.0, 0.0, 0.0), rel=1e-15)


@each_bounds
def test_the_mirrored_interval_has_the_mirrored_numbers(low, high):
    cut, mirrored = truncate(low, high), truncate(-high, -low)
    assert (mirrored.mass, mirrored.below, mirrored.above) == pytest.approx((cut.mass, cut.above, cut.below), rel=1e-15)
    assert mirrored.mean == pytest.approx(-cut.mean, rel=1e-15)


@pytest.mark.parametrize(
    ("low", "high", "anchor"),
    [(-2.0, 2.0, 0.0), (30.0, INF, 0.0), (30.5, INF, 30.5), (-40.0, -30.0, 0.0), (-40.0, -31.0, -31.0)],
)
def test_only_an_interval_beyond_thirty_sigmas_is_anchored_at_its_nearer_bound(low, high, anchor):
    assert truncate(low, high).anchor == anchor


@pytest.mark.parametrize(
    ("low", "high", "suits"),
    [
        (-2.0, 2.0, True),
        (-INF, INF, True),
        (0.0, INF, True),
        (5.0, 5.5, True),
        (7.0, 8.0, False),
        (-INF, -6.0, False),
        (31.0, 32.0, False),
        (0.0, 1e-20, True),
        (0.0, 1e-30, False),
    ],
)
def test_the_binary32_quantile_serves_as_far_out_as_its_words_reach(low, high, suits):
    assert truncate(low, high).suits_binary32 is suits


@pytest.mark.parametrize(
    ("low", "high"), [(2.0, -2.0), (1.0, 1.0), (INF, INF), (-INF, -INF), (math.nan, 1.0), (0.0, math.nan)]
)
def test_an_empty_interval_is_refused(low, high):
    with pytest.raises(ValueError, match="lower bound must be below the upper"):
        truncate(low, high)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1e-200), (-1e-300, 0.0)])
def test_an_interval_too_narrow_for_a_variance_is_refused(low, high):
    with pytest.raises(ValueError, match="too close together"):
        truncate(low, high)


@pytest.mark.parametrize(("low", "high"), [(1.0001e4, INF), (1e300, INF), (-INF, -1.0001e4), (-2e4, -1.5e4)])
def test_an_interval_too_far_out_is_refused(low, high):
    with pytest.raises(ValueError, match="within 10000 standard deviations"):
        truncate(low, high)


@pytest.mark.parametrize(
    ("low", "high", "mean", "std"),
    [
        (-2.0, 2.0, 0.0, 1.0),
        (-0.04, 0.04, 0.0, 0.02),
        (-1.0, 3.0, 0.5, 0.9),
        (-2.0, 2.0, 0.0, 0.02),
        (0.0, 1.0, -3.0, 0.2),
        (5.0, 6.0, 0.0, 0.1),
        (5.0, 6.0, 0.0, 1e-4),
    ],
)
def test_the_std_before_gives_the_std_after(low, high, mean, std):
    sigma = std_before(low, high, mean, std)
    assert sigma * float(moments((low - mean) / sigma, (high - mean) / sigma)[1]) == pytest.approx(std, rel=1e-12)


@pytest.mark.parametrize("std", [4.0 / math.sqrt(12.0), 1.2, INF, math.nan])
def test_a_std_that_no_truncation_reaches_is_refused(std):
    with pytest.raises(ValueError, match="that of the uniform distribution"):
        std_before(-2.0, 2.0, 0.0, std)


@pytest.mark.parametrize(("low", "high", "mean"), [(5.0, 6.0, 0.0), (0.0, 1.0, 3.0)])
def test_a_std_that_needs_bounds_too_many_sigmas_away_is_refused(low, high, mean):
    with pytest.raises(ValueError, match="too small for bounds so far from the mean"):
        std_before(low, high, mean, 1e-9)


def test_a_std_too_close_to_that_of_the_uniform_distribution_is_refused():
    low, high = 1.0, 1.0009765625
    with pytest.raises(ValueError, match="too close"):
        std_before(low, high, 0.0, math.nextafter((high - low) / math.sqrt(12.0), 0.0))


@pytest.mark.parametrize("bound", [1e-3, 0.5, 1.0, 2.0, 3.0, 7.3, 40.0, 1e6])
def test_the_mean_between_symmetric_bounds_is_zero(bound):
    assert truncate(-bound, bound).mean == 0.0
