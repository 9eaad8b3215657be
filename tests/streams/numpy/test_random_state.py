"""RandomState, against NumPy itself."""

from __future__ import annotations

import numpy as np
import pytest

from service.streams.numpy.random_state import LARGEST_SEED, RandomStatePosition
from service.streams.view import View

SEEDS = [0, 42, LARGEST_SEED]


def uniforms(position, count, start=0, view=None):
    out = np.empty(count)
    position.uniform(out, start, view)
    return out


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("skip", [0, 1, 3, 623, 624, 1249])
def test_uniforms_are_numpys_from_any_element_on(seed, skip):
    numpys = np.random.RandomState(seed)
    numpys.randint(0, 2**32, skip, np.uint32)
    expected = numpys.random_sample(5000)

    assert np.array_equal(uniforms(RandomStatePosition(seed, skip), 5000), expected)
    assert np.array_equal(uniforms(RandomStatePosition(seed, skip), 1234, 1111), expected[1111:2345])
    assert uniforms(RandomStatePosition(seed, skip), 1, 4999) == expected[-1:]


@pytest.mark.parametrize(("start", "count"), [(0, 3000), (7, 2000), (2999, 1), (0, 0)])
def test_the_elements_of_a_view_are_those_of_the_whole(start, count):
    expected = np.random.RandomState(5).random_sample((300, 77))[:, 20:30].ravel()

    made = uniforms(RandomStatePosition(5), count, start, View(20, (300, 10), (77, 1)))

    assert np.array_equal(made, expected[start : start + count])


def test_a_view_of_many_levels_is_that_of_the_whole():
    shape, part = (3, 4, 3, 4, 3, 4), np.s_[:, 1:3, 1:, :2, :2, 1:3]
    whole = np.arange(3 * 4 * 3 * 4 * 3 * 4).reshape(shape)
    sliced = whole[part]
    view = View(int(sliced.ravel()[0]), sliced.shape, tuple(stride // 8 for stride in sliced.strides))

    made = uniforms(RandomStatePosition(9), sliced.size, 0, view)

    assert np.array_equal(made, np.random.RandomState(9).random_sample(shape)[part].ravel())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [1, 2, 311, 1000])
def test_normals_go_on_where_words_were_skipped(seed, count):
    numpys = np.random.RandomState(seed)
    numpys.random_sample(count)

    made = RandomStatePosition(seed, 2 * count).normals(np.dtype(np.float64))(999)

    assert np.array_equal(made, numpys.standard_normal(999))


def test_a_normal_that_is_kept_comes_first():
    numpys = np.random.RandomState(42)
    first = numpys.standard_normal()
    assert first == 0.4967141530112327  # as RandomState(42).randn() is known to begin
    numpys.random_sample(5)

    # The first pair of seed 42 is not rejected: it takes four words.
    made = RandomStatePosition(42, 4 + 10, cached=0).normals(np.dtype(np.float64))(6)

    assert np.array_equal(made, numpys.standard_normal(6))
