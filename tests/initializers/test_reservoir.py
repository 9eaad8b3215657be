from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import eigvals

from service.catalogue.catalogue import CATALOGUE
from service.tensors.dtypes import DTYPES, FRACTIONAL
from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make, ready, stretch, tensor

DISTRIBUTIONS = ("uniform", "normal", "bernoulli")

each_distribution = pytest.mark.parametrize("distribution", DISTRIBUTIONS)


def radius(matrix):
    return np.abs(eigvals(matrix.astype(float))).max() if matrix.size else 0.0


@each_distribution
@pytest.mark.parametrize(("order", "density"), [(1, 1.0), (5, 1.0), (10, 0.5), (64, 0.1), (100, 0.05), (100, 1.0)])
def test_a_reservoir_has_the_spectral_radius_that_is_asked_for(order, density, distribution):
    for seed in (1, 3):
        given = {"density": density, "distribution": distribution, "spectral_radius": 1.25, "seed": seed}

        assert radius(make("reservoir", (order, order), dtype="float64", **given)) == pytest.approx(1.25, rel=1e-11)
        assert radius(make("reservoir", (order, order), **given)) == pytest.approx(1.25, rel=1e-5)


@each_distribution
def test_the_circular_law_gives_about_the_spectral_radius(distribution):
    given = {"density": 0.2, "distribution": distribution, "scaling": "circular_law"}

    assert radius(make("reservoir", (300, 300), **given)) == pytest.approx(0.9, rel=0.1)


@each_distribution
@pytest.mark.parametrize("scaling", ["eigenvalue", "circular_law"])
def test_each_element_is_there_with_the_probability_that_is_the_density(scaling, distribution):
    values = make("reservoir", (500, 500), density=0.3, distribution=distribution, scaling=scaling)
    places = np.flatnonzero(values)

    assert places.size == pytest.approx(0.3 * 500**2, abs=5 * math.sqrt(0.21) * 500)
    # Of independent choices, the distance from one to the next is geometric.
    distances = np.bincount(np.diff(places))[1:11]
    expected = stats.geom.pmf(np.arange(1, 11), 0.3) * (places.size - 1)
    assert stats.chi2.sf(((distances - expected) ** 2 / expected).sum(), 10) > 1e-3


@pytest.mark.parametrize("scaling", ["eigenvalue", "circular_law"])
@pytest.mark.parametrize(
    ("distribution", "law"),
    [("uniform", stats.uniform(-math.sqrt(3), 2 * math.sqrt(3))), ("normal", stats.norm())],
)
def test_which_elements_are_there_says_nothing_of_their_values(distribution, law, scaling):
    values = make("reservoir", (300, 300), density=0.3, distribution=distribution, scaling=scaling, dtype="float64")
    kept = values[values != 0]

    assert stats.kstest(kept / math.sqrt(np.mean(kept**2)), law.cdf).pvalue > 1e-3


def test_bernoulli_has_either_sign_as_often():
    values = make("reservoir", (300, 300), density=0.3, distribution="bernoulli", dtype="float64")
    kept = values[values != 0]

    assert len(set(np.abs(kept))) == 1
    assert (kept > 0).sum() == pytest.approx(kept.size / 2, abs=5 * math.sqrt(kept.size) / 2)


def test_the_places_of_the_elements_do_not_depend_on_their_distribution_or_scale():
    places = [
        make("reservoir", (60, 60), distribution=distribution, scaling=scaling) != 0
        for distribution in DISTRIBUTIONS
        for scaling in ("eigenvalue", "circular_law")
    ]

    assert all((each == places[0]).all() for each in places)


@each_distribution
def test_the_two_scalings_differ_by_a_factor_only(distribution):
    one, other = (
        make("reservoir", (50, 50), distribution=distribution, scaling=scaling, dtype="float64")
        for scaling in ("eigenvalue", "circular_law")
    )
    there = one != 0

    np.testing.assert_allclose(one[there] / other[there], np.full(there.sum(), one[there][0] / other[there][0]))


@each_distribution
def test_the_std_told_is_that_of_the_values(distribution):
    given = {"density": 0.2, "distribution": distribution, "scaling": "circular_law"}
    facts, values = (
        initialize("reservoir", (600, 600), **given).facts,
        make("reservoir", (600, 600), **given).astype(float),
    )

    assert values.std() == pytest.approx(facts["std"], rel=0.02)
    assert values[values != 0].std() == pytest.approx(facts["std_of_others"], rel=0.02)


@each_distribution
def test_any_part_of_a_reservoir_scaled_by_the_circular_law_can_be_had(distribution):
    given = {"density": 0.4, "distribution": distribution, "scaling": "circular_law"}
    whole = make("reservoir", (9, 9), **given)

    assert stretch(ready("reservoir", (9, 9), **given), "float32", 20, 30).tolist() == whole.reshape(-1)[20:50].tolist()
    part = tensor("reservoir", (9, 9), text="2:7,3:8", **given).read()
    assert part.tolist() == whole[2:7, 3:8].reshape(-1).tolist()


@each_distribution
def test_a_reservoir_too_large_to_make_can_be_looked_into(distribution):
    source = initialize("reservoir", (10**6, 10**6), distribution=distribution, scaling="circular_law").source
    out = np.empty(1000, np.float32)
    source.fill(out, 123_456_789_012)

    assert 50 < np.count_nonzero(out) < 150


@pytest.mark.parametrize("seed", range(12))
def test_a_draw_whose_radius_is_0_stays_as_it_is_drawn(seed):
    made = make("reservoir", (2, 2), density=0.3, seed=seed, dtype="float64")
    drawn = np.where(made != 0, make("uniform", (2, 2), low=-1.0, high=1.0, seed=seed, dtype="float64"), 0.0)

    if radius(drawn) == 0:
        np.testing.assert_array_equal(made, drawn)
    else:
        assert radius(made) == pytest.approx(0.9, rel=1e-12)


@pytest.mark.parametrize("dtype", [name for name in FRACTIONAL if not DTYPES[name].is_complex])
def test_a_radius_of_almost_nothing_makes_no_infinity(dtype):
    """Of many of order 2, some are nearly nilpotent: a scale that makes up for it is too large for float8."""
    for seed in range(300):
        given = {"density": 0.5, "distribution": "normal", "spectral_radius": 5.0, "dtype": dtype, "seed": seed}
        assert np.isfinite(tensor("reservoir", (2, 2), **given).read().astype(float)).all(), seed


def test_an_element_beyond_the_dtype_is_its_largest_number():
    source = initialize("reservoir", (2, 2), density=1.0, dtype="float64").source
    narrow = replace(source, largest=0.25).materialize(np.dtype(np.float32))

    assert np.abs(narrow).max() == 0.25
    np.testing.assert_array_equal(narrow, np.clip(source.materialize(np.dtype(np.float32)), -0.25, 0.25))


def test_making_a_reservoir_takes_no_more_memory_than_it_says():
    source = initialize("reservoir", (300, 300)).source
    tracemalloc.start()
    whole = source.materialize(np.dtype(np.float32))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak <= 3 * whole.nbytes + source.workspace <= 3 * peak


@pytest.mark.parametrize("order", [1, 64, 65, 10**6])
def test_the_work_of_a_reservoir_counts_its_squares(order):
    assert initialize("reservoir", (order, order)).source.work >= 10 * order**3


@pytest.mark.parametrize("threads", [2, 3])
def test_any_number_of_threads_makes_the_same_reservoir(threads):
    source = initialize("reservoir", (200, 200)).source
    made = [each.materialize(np.dtype(np.float32)).tobytes() for each in (source, replace(source, threads=threads))]

    assert made[0] == made[1]


@pytest.mark.parametrize("scaling", ["eigenvalue", "circular_law"])
@pytest.mark.parametrize(
    ("order", "given"),
    [(0, {}), (5, {"spectral_radius": 0.0}), (99, {"spectral_radius": 5e-324}), (5, {"density": 1e-9})],
)
def test_nothing_makes_zeros(order, given, scaling):
    assert not make("reservoir", (order, order), scaling=scaling, **given).any()


@pytest.mark.parametrize(
    ("name", "shape", "given", "culprit"),
    [
        ("reservoir", (4, 5), {}, "shape"),
        ("reservoir", (4, 4), {"dtype": "complex64"}, "dtype"),
        ("reservoir", (4, 4), {"dtype": "complex64", "scaling": "circular_law"}, "dtype"),
        ("cycle_reservoir", (4, 5), {}, "shape"),
        ("cycle_reservoir", (4, 4), {"dtype": "complex64"}, "dtype"),
        ("cycle_reservoir", (4, 4), {"feedback": 0.1}, "feedback"),
        ("cycle_reservoir", (4, 4), {"kind": "delay_line", "jump": 2}, "jump"),
        ("cycle_reservoir", (4, 4), {"kind": "delay_line_feedback", "jump_weight": 0.1}, "jump_weight"),
        ("cycle_reservoir", (4, 4), {"kind": "cycle_jumps", "feedback": 0.1}, "feedback"),
        ("cycle_reservoir", (4, 4), {"kind": "cycle_jumps", "jump": 4}, "jump"),
        ("cycle_reservoir", (3, 3), {"kind": "cycle_jumps"}, "jump"),
        ("permutation", (4, 5), {}, "shape"),
        ("permutation", (4, 4), {"dtype": "complex64"}, "dtype"),
    ],
)
def test_what_makes_no_reservoir_is_refused(name, shape, given, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize(name, shape, **given)

    assert caught.value.parameter == culprit


@pytest.mark.parametrize("dtype", ["float16", "float8_e4m3fn"])
def test_a_radius_that_the_dtype_cannot_have_is_beyond_it(dtype):
    largest = DTYPES[dtype].largest

    assert initialize("reservoir", (4, 4), density=1.0, spectral_radius=10 * largest, dtype=dtype).largest > largest
    assert initialize("reservoir", (4, 4), density=1.0, spectral_radius=0.1 * largest, dtype=dtype).largest <= largest


# The matrices in the docstrings of ReservoirComputing.jl's src/inits/inits_reservoir.jl (commit 23ef1eb5).
IN_JULIA = [
    ({"kind": "delay_line"}, """
        0.0  0.0  0.0  0.0  0.0
        0.1  0.0  0.0  0.0  0.0
        0.0  0.1  0.0  0.0  0.0
        0.0  0.0  0.1  0.0  0.0
        0.0  0.0  0.0  0.1  0.0"""),
    ({"kind": "delay_line_feedback", "weight": 0.99, "feedback": -1.0}, """
        0.0   -1.0    0.0    0.0    0.0
        0.99   0.0   -1.0    0.0    0.0
        0.0    0.99   0.0   -1.0    0.0
        0.0    0.0    0.99   0.0   -1.0
        0.0    0.0    0.0    0.99   0.0"""),
    ({"kind": "cycle", "weight": 0.99}, """
        0.0   0.0   0.0   0.0   0.99
        0.99  0.0   0.0   0.0   0.0
        0.0   0.99  0.0   0.0   0.0
        0.0   0.0   0.99  0.0   0.0
        0.0   0.0   0.0   0.99  0.0"""),
    ({"kind": "cycle_jumps"}, """
        0.0  0.0  0.0  0.1  0.1
        0.1  0.0  0.0  0.0  0.0
        0.0  0.1  0.0  0.0  0.0
        0.1  0.0  0.1  0.0  0.0
        0.0  0.0  0.0  0.1  0.0"""),
    ({"kind": "cycle_jumps", "jump": 2}, """
        0.0  0.0  0.1  0.0  0.1
        0.1  0.0  0.0  0.0  0.0
        0.1  0.1  0.0  0.0  0.1
        0.0  0.0  0.1  0.0  0.0
        0.0  0.0  0.1  0.1  0.0"""),
    ({"kind": "cycle_jumps", "jump": 4}, """
        0.0  0.0  0.0  0.0  0.1
        0.1  0.0  0.0  0.0  0.0
        0.0  0.1  0.0  0.0  0.0
        0.0  0.0  0.1  0.0  0.0
        0.1  0.0  0.0  0.1  0.0"""),
]  # fmt: skip


@pytest.mark.parametrize(("given", "printed"), IN_JULIA)
def test_a_cycle_reservoir_is_that_of_reservoir_computing_jl(given, printed):
    expected = np.array([line.split() for line in printed.strip().splitlines()], float)

    np.testing.assert_array_equal(make("cycle_reservoir", (5, 5), dtype="float64", **given), expected)


def jumping(order, jump, weight, jump_weight):
    """Rodan and Tino (2012), section 3: from the first unit on, back to it if the jumps divide the cycle."""
    matrix = np.zeros((order, order))
    for unit in range(order):
        matrix[(unit + 1) % order, unit] = weight
    ends = [*range(0, order, jump), *([0] if order % jump == 0 else [])]
    for one, other in pairwise(ends):
        matrix[one, other] = matrix[other, one] = jump_weight
    return matrix


@pytest.mark.parametrize(
    ("order", "jump"), [(2, 1), (5, 1), (6, 1), (6, 2), (6, 3), (6, 5), (7, 2), (7, 6), (12, 4), (13, 4)]
)
def test_jumps_go_from_the_first_unit_around_the_cycle(order, jump):
    given = {"kind": "cycle_jumps", "jump": jump, "weight": 0.5, "jump_weight": -0.25}

    np.testing.assert_array_equal(make("cycle_reservoir", (order, order), **given), jumping(order, jump, 0.5, -0.25))


@pytest.mark.parametrize("order", [1, 2, 3, 8, 9])
@pytest.mark.parametrize(
    "given",
    [
        {"kind": "delay_line", "weight": 0.5},
        {"kind": "cycle", "weight": -0.8},
        {"kind": "delay_line_feedback", "weight": 0.5, "feedback": 0.25},
        {"kind": "delay_line_feedback", "weight": 0.5, "feedback": -0.75},
        {"kind": "delay_line_feedback", "weight": 0.5, "feedback": 0.0},
    ],
)
def test_the_spectral_radius_told_is_that_of_the_cycle_reservoir(order, given):
    facts = initialize("cycle_reservoir", (order, order), **given).facts
    matrix = make("cycle_reservoir", (order, order), dtype="float64", **given)

    assert facts["spectral_radius"] == pytest.approx(radius(matrix), abs=1e-12)


def test_the_spectral_radius_of_jumps_is_not_told():
    assert "spectral_radius" not in initialize("cycle_reservoir", (6, 6), kind="cycle_jumps").facts


@pytest.mark.parametrize("weight", [1.7e308, -1.7e308, 5e-324])
def test_a_cycle_reservoir_of_any_weights_tells_finite_numbers(weight):
    given = {"kind": "delay_line_feedback", "weight": weight, "feedback": 1.7e308}

    assert all(
        math.isfinite(v) for v in initialize("cycle_reservoir", (9, 9), **given).facts.values() if v != given["kind"]
    )


def test_the_defaults_of_a_kind_are_no_canonical_parameters():
    kind: Any = CATALOGUE.get("cycle_reservoir")
    initializer = kind(kind="cycle_jumps", jump=3, jump_weight=0.1)

    assert initializer.canonical == (("kind", "cycle_jumps"),)


@pytest.mark.parametrize("kind", ["delay_line", "cycle", "delay_line_feedback", "cycle_jumps"])
def test_a_cycle_reservoir_too_large_to_make_can_be_looked_into(kind):
    order, place = 3 * 10**6, 123_456
    part = tensor("cycle_reservoir", (order, order), kind=kind, text=f"{place + 1},{place - 5}:{place + 5}").read()

    assert part[5] == np.float32(0.1)
    assert part[7] == np.float32(0.1 if kind == "delay_line_feedback" else 0.0)
    last = tensor("cycle_reservoir", (order, order), kind=kind, text=f"0,{order - 3}:").read()
    expected = {"cycle": [0, 0, 0.1], "cycle_jumps": [0.1, 0, 0.1]}.get(kind, [0, 0, 0])
    assert last.tolist() == np.array(expected, np.float32).tolist()


@pytest.mark.parametrize("order", [0, 1, 2, 7, 50])
def test_a_permutation_has_one_weight_in_each_row_and_column(order):
    matrix = make("permutation", (order, order), weight=-0.5)

    assert ((matrix != 0).sum(axis=0) == 1).all()
    assert ((matrix != 0).sum(axis=1) == 1).all()
    assert set(matrix[matrix != 0]) <= {-0.5}


def test_every_permutation_of_three_is_as_likely():
    seen = [tuple(np.argmax(make("permutation", (3, 3), seed=seed), axis=1)) for seed in range(1200)]
    counts = [seen.count(each) for each in set(seen)]

    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > 1e-3


def test_the_spectral_radius_told_is_that_of_the_permutation():
    assert initialize("permutation", (9, 9), weight=-0.7).facts["spectral_radius"] == 0.7
    assert radius(make("permutation", (9, 9), weight=-0.7)) == pytest.approx(0.7, rel=1e-6)


def test_a_row_of_a_permutation_too_large_to_make_can_be_looked_into():
    order = 10**6
    row = tensor("permutation", (order, order), text="123456").read()
    (column,) = np.flatnonzero(row)
    part = tensor("permutation", (order, order), text=f"123450:123460,{column}:{column + 1}").read()

    assert part.tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
