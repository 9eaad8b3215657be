from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make

SIZE = 200_000


def _agrees(values, distribution):
    """Whether a sample could be of the distribution: 1 in 1000 of true ones would fail, these seeds do not."""
    return stats.kstest(values, distribution.cdf).pvalue > 1e-3


def _same_moments(values, distribution):
    """Within six standard errors."""
    deviation = distribution.std()
    fourth = distribution.stats(moments="k") + 3
    assert values.mean() == pytest.approx(distribution.mean(), abs=6 * deviation / math.sqrt(values.size))
    assert values.std() == pytest.approx(deviation, rel=6 * math.sqrt(max(fourth - 1, 0.1) / 4 / values.size))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("parameters", "low", "high"),
    [
        ({}, 0, 1),
        ({"low": -0.05, "high": 0.05}, -0.05, 0.05),
        ({"low": 5.0, "high": 7.0}, 5, 7),
        ({"fan_in": 16}, -0.25, 0.25),
    ],
)
def test_uniform_draws_from_its_interval(parameters, low, high, dtype):
    values = make("uniform", (SIZE,), dtype=dtype, **parameters).astype(float)

    assert low <= values.min()
    assert values.max() < high
    assert _agrees(values, stats.uniform(low, high - low))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_upper_end_of_uniform_is_never_reached(dtype):
    """The interval holds two float32 numbers, so that rounding would reach the end at once."""
    high = float(np.nextafter(np.nextafter(np.float32(1), np.float32(2)), np.float32(2)))

    assert make("uniform", (10_000,), dtype=dtype, low=1.0, high=high).max() < high


def test_uniform_tells_its_moments():
    assert initialize("uniform", (3,), low=-1.0, high=3.0).facts == pytest.approx(
        {"low": -1.0, "high": 3.0, "mean": 1.0, "std": 4 / math.sqrt(12)}
    )


def test_uniform_tells_a_finite_mean_of_large_ends():
    assert initialize("uniform", (3,), dtype="float64", low=1e308, high=1.7e308).facts["mean"] == pytest.approx(
        1.35e308
    )


@pytest.mark.parametrize(
    ("parameters", "culprit"),
    [
        ({"low": 1.0, "high": 1.0}, "high"),
        ({"low": 2.0, "high": 1.0}, "high"),
        ({"low": 1.0}, "high"),
        ({"high": 1.0}, "low"),
        ({"low": 0.0, "high": 1.0, "fan_in": 3}, "fan_in"),
        ({"high": 1.0, "fan_in": 3}, "fan_in"),
        ({"low": -1e39, "high": 0.0}, "dtype"),
        ({"low": 1.00000000001, "high": 1.00000000002}, "high"),
    ],
)
def test_an_interval_without_numbers_is_refused(parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("uniform", (3,), **parameters)

    assert caught.value.parameter == culprit


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (0.0, 0.02), (-3.0, 0.5)])
def test_normal_draws_from_its_distribution(mean, std, dtype):
    values = make("normal", (SIZE,), dtype=dtype, mean=mean, std=std).astype(float)

    assert _agrees(values, stats.norm(mean, std))
    _same_moments(values, stats.norm(mean, std))


def test_a_normal_without_deviation_is_its_mean():
    np.testing.assert_array_equal(make("normal", (4,), mean=0.5, std=0.0), np.full(4, 0.5))


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_a_complex_normal_has_its_variance_in_equal_and_independent_parts(dtype):
    values = make("normal", (SIZE,), dtype=dtype, mean=2.0, std=3.0).astype(complex)

    assert _agrees(values.real, stats.norm(2, 3 / math.sqrt(2)))
    assert _agrees(values.imag, stats.norm(0, 3 / math.sqrt(2)))
    assert abs(np.corrcoef(values.real, values.imag)[0, 1]) < 5 / math.sqrt(SIZE)


def test_the_parts_of_complex128_refine_those_of_complex64_as_float64_refines_float32():
    single, double = (make("normal", (4099,), dtype=dtype, std=3.0) for dtype in ("complex64", "complex128"))

    np.testing.assert_array_equal(double.real, make("normal", (4099,), dtype="float64", std=3.0 / math.sqrt(2)))
    np.testing.assert_allclose(single, double, rtol=1e-5, atol=1e-8)
    # Digits that float32 has not.
    assert np.count_nonzero(double.imag != double.imag.astype(np.float32)) > 4000


def _phases_and_moduli_are_independent(values):
    """A tenth of the moduli against a tenth of the phases, by chi square."""
    moduli, phases = (np.argsort(np.argsort(part)) for part in (np.abs(values), np.angle(values)))
    counts, _, _ = np.histogram2d(moduli, phases, bins=10)
    return stats.chi2_contingency(counts).pvalue > 1e-3


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_a_complex_uniform_fills_the_disk_of_its_upper_end(dtype):
    values = make("uniform", (SIZE,), dtype=dtype, low=-3.0, high=3.0).astype(complex)
    facts = initialize("uniform", (SIZE,), dtype=dtype, low=-3.0, high=3.0).facts

    # |w|² of a uniform disk is uniform.
    assert _agrees(np.abs(values) ** 2, stats.uniform(0, 9))
    assert _agrees(np.angle(values), stats.uniform(-np.pi, 2 * np.pi))
    assert _phases_and_moduli_are_independent(values)
    assert np.abs(values).max() < 3.0
    assert facts["std"] == pytest.approx(3 / math.sqrt(2))
    assert values.std() == pytest.approx(facts["std"], rel=0.01)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize(
    ("parameters", "radius", "std_before"),
    [
        ({}, 2.0, 1.0),
        ({"std": 0.5, "low": -3.0, "high": 3.0}, 1.5, 0.5),
        ({"std": 0.5, "low": -0.2, "high": 0.2, "bounds": "absolute"}, 0.2, 0.5),
        ({"std": 0.5, "low": -1e6, "high": 1e6}, 5e5, 0.5),
        ({"std": 2.0, "low": -0.01, "high": 0.01}, 0.02, 2.0),
    ],
)
def test_a_complex_truncated_normal_has_its_modulus_cut(parameters, radius, std_before, dtype):
    values = make("truncated_normal", (SIZE,), dtype=dtype, **parameters).astype(complex)
    facts = initialize("truncated_normal", (SIZE,), dtype=dtype, **parameters).facts
    # |w|² / std_before² of the complex normal is exponential.
    square = stats.truncexpon(b=(radius / std_before) ** 2, scale=std_before**2)

    assert _agrees(np.abs(values) ** 2, square)
    assert _agrees(np.angle(values), stats.uniform(-np.pi, 2 * np.pi))
    assert _phases_and_moduli_are_independent(values)
    assert np.abs(values).max() <= radius
    assert facts["std_before"] == std_before
    assert facts["std_after"] == pytest.approx(math.sqrt(square.mean()), rel=1e-6)
    assert facts["mean_after"] == 0.0


@pytest.mark.parametrize("bounds", ["sigma", "absolute"])
def test_a_complex_truncated_normal_has_the_std_that_is_asked_for_after_the_cut(bounds):
    parameters = {"std": 0.5, "std_is": "after", "bounds": bounds, "low": -1.0, "high": 1.0}
    values = make("truncated_normal", (SIZE,), dtype="complex128", **parameters)
    facts = initialize("truncated_normal", (SIZE,), dtype="complex128", **parameters).facts

    assert np.sqrt(np.mean(np.abs(values) ** 2)) == pytest.approx(0.5, rel=0.01)
    assert facts["std_after"] == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("uniform", {"low": -3.0, "high": 3.0}), ("truncated_normal", {}), ("truncated_normal", {"std": 1e-3})],
)
def test_bounded_complex128_refines_complex64(name, parameters):
    single, double = (make(name, (4099,), dtype=dtype, **parameters) for dtype in ("complex64", "complex128"))

    np.testing.assert_allclose(single, double, rtol=1e-6, atol=1e-5 * np.abs(double).max())


TRUNCATIONS = [
    ({}, (0, 1, -2, 2)),
    ({"std": 0.02}, (0, 0.02, -0.04, 0.04)),
    ({"mean": 3.0, "std": 2.0, "low": -1.0, "high": 0.5}, (3, 2, 1, 4)),
    ({"std": 0.02, "bounds": "absolute"}, (0, 0.02, -2, 2)),
    ({"mean": 1.0, "std": 2.0, "low": 0.0, "high": 2.0, "bounds": "absolute"}, (1, 2, 0, 2)),
    ({"low": 4.0, "high": 5.0}, (0, 1, 4, 5)),
    ({"low": -9.0, "high": -8.0}, (0, 1, -9, -8)),
    ({"mean": -10.0, "low": 0.0, "high": 50.0, "bounds": "absolute"}, (-10, 1, 0, 50)),
]


def _truncated(mean, std, low, high):
    return stats.truncnorm((low - mean) / std, (high - mean) / std, mean, std)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("parameters", "cut"), TRUNCATIONS)
def test_truncated_normal_draws_from_its_distribution(parameters, cut, dtype):
    values = make("truncated_normal", (SIZE,), dtype=dtype, **parameters).astype(float)

    assert cut[2] <= values.min()
    assert values.max() <= cut[3]
    assert _agrees(values, _truncated(*cut))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("std", [1e3, 1e12, 1e18])
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 3.0), (5.0, 6.0)])
def test_a_normal_that_is_flat_between_its_bounds_is_uniform_there(low, high, std, dtype):
    bounds = {"low": low, "high": high, "bounds": "absolute"}
    values = make("truncated_normal", (SIZE,), dtype=dtype, std=std, **bounds).astype(float)

    assert _agrees(values, stats.uniform(low, high - low))


@pytest.mark.parametrize(("parameters", "cut"), TRUNCATIONS)
def test_truncated_normal_tells_its_moments(parameters, cut):
    facts, expected = initialize("truncated_normal", (3,), **parameters).facts, _truncated(*cut)

    assert facts["std_before"] == cut[1]
    assert facts["mean_after"] == pytest.approx(expected.mean(), rel=1e-9, abs=1e-12)
    assert facts["std_after"] == pytest.approx(expected.std(), rel=1e-7)


@pytest.mark.parametrize(
    "parameters",
    [
        {"std": 0.02},
        {"std": 2.0, "low": -0.5, "high": 3.0},
        {"std": 0.5, "bounds": "absolute"},
        {"std": 1.1, "bounds": "absolute"},
        {"std": 0.25, "mean": -1.0, "low": 0.0, "high": 2.0, "bounds": "absolute"},
    ],
)
def test_std_after_is_that_of_the_values(parameters):
    facts = initialize("truncated_normal", (3,), std_is="after", **parameters).facts
    before = facts["std_before"]
    mean, low, high = parameters.get("mean", 0.0), parameters.get("low", -2.0), parameters.get("high", 2.0)
    if "bounds" not in parameters:
        low, high = mean + before * low, mean + before * high

    assert facts["std_after"] == pytest.approx(parameters["std"], rel=1e-12)
    assert _truncated(mean, before, low, high).std() == pytest.approx(parameters["std"], rel=1e-7)


def test_a_small_std_after_is_reached_beyond_the_mean():
    """Some sigma gives it, at which the nearer bound lies within some hundred sigmas."""
    facts = initialize("truncated_normal", (3,), low=1.0, high=2.0, std=1e-5, bounds="absolute", std_is="after").facts

    assert facts["std_after"] == pytest.approx(1e-5, rel=1e-6)


@pytest.mark.parametrize(
    ("parameters", "culprit"),
    [
        ({"low": 1.0, "high": 1.0}, "high"),
        ({"low": 1.0, "high": -1.0}, "high"),
        ({"low": 20_000.0, "high": 20_001.0}, "low"),
        ({"std": 1.2, "bounds": "absolute", "std_is": "after"}, "std"),
        ({"mean": 1e30}, "high"),
        ({"std": 1e39}, "dtype"),
        ({"low": -1e39, "std": 1e38, "bounds": "absolute"}, "dtype"),
    ],
)
def test_a_truncation_that_leaves_nothing_is_refused(parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("truncated_normal", (3,), **parameters)

    assert caught.value.parameter == culprit


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("normal", {"std": -1.0}),
        ("normal", {"std": math.nan}),
        ("normal", {"mean": math.inf}),
        ("uniform", {"low": math.nan, "high": 1.0}),
        ("uniform", {"fan_in": -1}),
        ("truncated_normal", {"std": 0.0}),
        ("truncated_normal", {"std": -1.0}),
        ("truncated_normal", {"bounds": "sigmas"}),
        ("normal", {"fan_in": 3}),
    ],
)
def test_a_parameter_out_of_its_range_is_refused(name, parameters):
    with pytest.raises(ValidationError):
        initialize(name, (3,), **parameters)


PLAIN = [
    ("uniform", {"low": -1.0, "high": 2.0}),
    ("normal", {"std": 0.02}),
    ("truncated_normal", {"bounds": "absolute"}),
]


@pytest.mark.parametrize(("name", "parameters"), PLAIN)
@pytest.mark.parametrize("padding_idx", [0, 3, -2])
def test_a_padding_row_is_zeros_and_the_others_are_as_without_it(name, parameters, padding_idx):
    """emb.weight[padding_idx].fill_(0) after the draw, as in torch.nn.Embedding."""
    values = make(name, (7, 4), padding_idx=padding_idx, **parameters)
    others = make(name, (7, 4), **parameters)
    others[padding_idx] = 0

    np.testing.assert_array_equal(values, others)


@pytest.mark.parametrize(("name", "parameters"), PLAIN)
def test_a_padding_row_is_told_from_the_start_and_the_moments_are_those_of_the_others(name, parameters):
    padded = initialize(name, (7, 4), padding_idx=-2, **parameters)

    assert padded.facts == {**initialize(name, (7, 4), **parameters).facts, "padding_idx": 5}
    assert padded.law is None


@pytest.mark.parametrize(("name", "parameters"), PLAIN)
@pytest.mark.parametrize(("shape", "padding_idx"), [((7, 4), 7), ((7, 4), -8), ((7,), 0), ((0, 4), 0)])
def test_a_padding_row_beyond_the_rows_is_refused(name, parameters, shape, padding_idx):
    with pytest.raises(InvalidParameter) as caught:
        initialize(name, shape, padding_idx=padding_idx, **parameters)

    assert caught.value.parameter == "padding_idx"


def test_a_fan_of_nothing_gives_zeros():
    """torch.nn.Linear: bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0."""
    bias = initialize("uniform", (4,), fan_in=0)

    np.testing.assert_array_equal(make("uniform", (4,), fan_in=0), np.zeros(4))
    assert bias.facts == {"fan_in": 0, "low": 0.0, "high": 0.0, "mean": 0.0, "std": 0.0}
