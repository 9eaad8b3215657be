"""default_rng, against NumPy itself."""

from __future__ import annotations

import numpy as np
import pytest

from service.streams.numpy.default_generator import GeneratorPosition
from service.streams.numpy.pcg64 import state_after, state_of
from service.streams.view import View

SEEDS = [0, 42, 2**32, 2**64 - 1]
DTYPES = [np.float32, np.float64]


def uniforms(position, count, dtype, start=0, view=None):
    out = np.empty(count, dtype)
    position.uniform(out, start, view)
    return out


@pytest.mark.parametrize("words", [0, 1, 624, 2**40 + 3, 2**63])
def test_jumps_are_those_of_numpys_generator(words):
    numpys = np.random.PCG64(7)
    begin = state_of(numpys)

    assert state_after(begin, words) == state_of(numpys.advance(words))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_uniforms_are_numpys_from_any_element_on(seed, dtype):
    expected = np.random.default_rng(seed).random(5000, dtype=dtype)

    for start, count in ((0, 5000), (1, 999), (2, 999), (4999, 1), (5000, 0)):
        assert np.array_equal(
            uniforms(GeneratorPosition(seed), count, dtype, start), expected[start : start + count]
        ), start


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("start", "count"), [(0, 3003), (7, 2000), (3002, 1)])
def test_the_elements_of_a_view_are_those_of_the_whole(dtype, start, count):
    expected = np.random.default_rng(5).random((273, 77), dtype=dtype)[:, 20:31].ravel()

    made = uniforms(GeneratorPosition(5), count, dtype, start, View(20, (273, 11), (77, 1)))

    assert np.array_equal(made, expected[start : start + count])


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8])
def test_a_half_that_is_kept_comes_first_and_outlives_whole_words(count):
    numpys = np.random.default_rng(42)
    numpys.random(count, dtype=np.float32)
    numpys.random(3)

    after = GeneratorPosition(42).after_singles(count).after_doubles(3)

    assert np.array_equal(uniforms(after, 9, np.float32), numpys.random(9, dtype=np.float32))
    assert np.array_equal(
        after.after_singles(9).normals(np.dtype(np.float32))(9), numpys.standard_normal(9, np.float32)
    )


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize("second", [0, 1, 2, 3])
def test_positions_add_up(first, second):
    at = GeneratorPosition(1).after_singles(first)

    assert at.after_singles(second) == GeneratorPosition(1).after_singles(first + second)


@pytest.mark.parametrize("dtype", DTYPES)
def test_normals_go_on_where_words_were_skipped(dtype):
    numpys = np.random.default_rng(42)
    numpys.random(7)

    made = GeneratorPosition(42, 7).normals(np.dtype(dtype))(999)

    assert made.dtype == dtype
    assert np.array_equal(made, numpys.standard_normal(999, dtype))
