from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("shape", [(10, 7), (1, 5), (33, 20)])
@pytest.mark.parametrize(("per", "axis"), [("column", 0), ("row", 1)])
def test_each_line_has_exactly_as_many_zeros(sparsity, shape, per, axis):
    values = make("sparse", shape, sparsity=sparsity, per=per)

    assert set((values == 0).sum(axis)) == {math.ceil(sparsity * shape[axis])}


def test_the_other_elements_are_those_of_the_normal_with_the_same_seed():
    values, normals = make("sparse", (50, 40), sparsity=0.3), make("normal", (50, 40), std=0.01)

    np.testing.assert_array_equal(values[values != 0], normals[values != 0])


def test_the_zeros_of_a_line_say_nothing_of_those_of_the_next():
    zeros = make("sparse", (200, 200), sparsity=0.5) == 0
    together = (zeros[:, 1:] & zeros[:, :-1]).sum()

    assert together == pytest.approx(200 * 199 / 4, abs=6 * math.sqrt(200 * 199 / 4))


def test_the_zeros_do_not_depend_on_the_values():
    values = make("sparse", (400, 300), sparsity=0.5, std=1.0)

    assert stats.kstest(values[values != 0], stats.norm.cdf).pvalue > 1e-4


@pytest.mark.parametrize("mean", [0.0, -2.0])
@pytest.mark.parametrize("std", [0.0, 0.5])
def test_the_mean_and_the_std_told_are_those_of_all_elements(mean, std):
    facts = initialize("sparse", (1000, 500), sparsity=0.9, mean=mean, std=std).facts
    values = make("sparse", (1000, 500), sparsity=0.9, mean=mean, std=std)

    assert values.mean() == pytest.approx(facts["mean"], abs=0.002)
    assert values.std() == pytest.approx(facts.get("std", 0.0), rel=0.02)


def test_a_matrix_too_large_to_make_can_be_looked_into():
    source = initialize("sparse", (10**6, 10**6), sparsity=0.9).source
    out = np.empty(1000, np.float32)
    source.fill(out, 123_456_789_012)

    assert 50 < np.count_nonzero(out) < 150


@pytest.mark.parametrize("shape", [(), (5,), (2, 3, 4)])
def test_what_is_no_matrix_is_refused(shape):
    with pytest.raises(InvalidParameter, match="rank 2"):
        initialize("sparse", shape, sparsity=0.5)


@pytest.mark.parametrize("percent", range(101))
def test_a_percentage_of_a_hundred_is_as_many_zeros(percent):
    """Also where the product in binary is past the whole number: 0.07 · 100 = 7.000000000000001."""
    facts = initialize("sparse", (100, 1), sparsity=percent / 100).facts

    assert facts["zeros_per_line"] == percent
