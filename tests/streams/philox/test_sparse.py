from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from service.streams.philox.elements import Purpose
from service.streams.philox.sparse import TILE
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import Lines
from service.streams.view import View
from tests.streams.philox.test_stream import words

STREAM = PhiloxStream(1, "")
SMALLEST_P = 1e-4


def zeros(shape, axis, count, start=0, size=None, stream=STREAM):
    """Which elements of a tensor are zeros, `count` in each line along `axis`."""
    lines = Lines(math.prod(shape[axis + 1 :]), shape[axis], count)
    out = np.ones(math.prod(shape) if size is None else size, np.float32)
    stream.put_zeros(out, start, lines)
    return out.reshape(shape if size is None else size) == 0


@pytest.mark.parametrize("shape", [(10, 7), (1, 5), (5, 1), (600, 3), (3, 600), (9, 1300), (1300, 9), (4, 50, 60)])
@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.99, 1.0])
def test_every_line_has_as_many_zeros(shape, part):
    for axis, size in enumerate(shape):
        count = round(part * size)
        assert (zeros(shape, axis, count).sum(axis) == count).all()


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7, 10])
@pytest.mark.parametrize("axis", [0, 1])
def test_all_places_of_the_zeros_of_few_are_equally_likely(size, axis):
    lines = 1_000_000
    for count in range(1, size):
        found = zeros((size, lines), 0, count).T if axis == 0 else zeros((lines, size), 1, count)
        codes = found @ 2 ** np.arange(size)
        counts = np.unique(codes, return_counts=True)[1]

        assert counts.size == math.comb(size, count)
        assert stats.chisquare(counts).pvalue > SMALLEST_P


@pytest.mark.parametrize("size", [8, 33, 100, 257])
def test_two_places_are_zero_together_as_often_as_drawing_without_replacement_has_it(size):
    lines, count = 20_000, size // 2
    found = zeros((size, lines), 0, count).astype(np.float64)
    together = (found @ found.T)[np.triu_indices(size, 1)] / lines
    chance = count * (count - 1) / (size * (size - 1))
    distances = np.abs(together - chance) / math.sqrt(chance * (1 - chance) / lines)

    assert distances.max() < stats.norm.isf(1e-3 / distances.size)


def test_neighbouring_lines_have_independent_zeros():
    found = zeros((20_000, 100), 1, 50)
    shared = (found[1:] & found[:-1]).sum(1)
    law = stats.hypergeom(100, 50, 50)

    assert shared.mean() == pytest.approx(law.mean(), abs=5 * law.std() / math.sqrt(shared.size))
    assert shared.std() == pytest.approx(law.std(), rel=0.03)


def test_seeds_and_names_have_zeros_of_their_own():
    streams = (STREAM, PhiloxStream(2, ""), PhiloxStream(1, "a"))
    found = [zeros((50, 40), 0, 25, stream=stream) for stream in streams]

    assert all((a != b).any() for a, b in itertools.combinations(found, 2))


def _specified(place, size, left_word, right_word):
    """The specification's section 9 in Python's integers, for lines that are not long."""
    mask = 2**16 - 1

    def below(bound, z):
        z &= mask
        return ((z ^ z >> 8) * 0xCA6B & mask) * bound >> 16

    columns = math.isqrt(size - 1) + 1
    rows = -(-size // columns)
    while True:
        right, left = divmod(place, columns)
        for r in range(8):
            apart = r * 0x9E37
            left = (left + below(columns, (right + apart) * (left_word >> 16 | 1) + left_word)) % columns
            right = (right + below(rows, (left + apart) * (right_word >> 16 | 1) + right_word)) % rows
        place = right * columns + left
        if place < size:
            return place


def _places(shape, axis, indices):
    """Yield the place of each element and its line."""
    for index in indices:
        place = np.unravel_index(index, shape)
        line = int(np.ravel_multi_index(np.delete(place, axis), np.delete(shape, axis)))
        yield int(place[axis]), line


def _stretches(shape, length=40):
    total = math.prod(shape)
    return [range(start, min(start + length, total)) for start in (0, total // 2, max(total - length, 0))]


@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((7, 3), 0),
        ((3, 7), 1),
        ((1000, 700), 0),
        ((50, 1001), 1),
        ((2**20 + 7, 2**20), 0),
        ((2**30, 3), 0),
        ((3, 2**30), 1),
        ((5, 2**21, 30), 1),
    ],
)
def test_the_zeros_are_the_specified_ones(shape, axis):
    size = shape[axis]
    count = size // 3
    for stretch in _stretches(shape):
        found = zeros(shape, axis, count, stretch.start, len(stretch))
        expected = []
        for place, line in _places(shape, axis, stretch):
            keys = (int(words(STREAM, 1, 2 * line + side, Purpose.PERMUTATION)[0]) for side in (0, 1))
            expected.append(_specified(place, size, *keys) < count)
        assert found.tolist() == expected


@pytest.mark.parametrize(("shape", "axis"), [((2**13, 2**40 + 3), 1), ((2**34 + 5, 2**13), 0), ((2, 2**30 + 1), 1)])
def test_the_zeros_of_long_lines_are_those_of_permutations(shape, axis):
    size = shape[axis]
    for stretch in _stretches(shape):
        found = zeros(shape, axis, size // 3, stretch.start, len(stretch))
        for is_zero, (place, line) in zip(found, _places(shape, axis, stretch), strict=True):
            permuted = STREAM.permuted(np.array([line]), np.array([place]), size)[0]
            assert is_zero == (permuted < size // 3)


def test_a_view_has_the_zeros_of_long_lines():
    count, size = 30, 2**31
    whole = zeros((2**31, 7), 0, size // 2, 0, 7 * count).reshape(count, 7)
    out = np.ones(2 * count, np.float32)
    STREAM.part(View(3, (count, 2), (7, 1))).put_zeros(out, 0, Lines(7, size, size // 2))

    assert ((out == 0).reshape(count, 2) == whole[:, 3:5]).all()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(data=st.data())
def test_any_stretch_is_that_of_the_whole(data):
    shape = data.draw(st.sampled_from([(40, 50), (3, 1200), (1200, 3), (2, 30, 41), (1, 700), (700, 1)]))
    axis = data.draw(st.integers(0, len(shape) - 1))
    start = data.draw(st.integers(0, math.prod(shape)))
    size = data.draw(st.one_of(st.integers(0, 9), st.integers(0, 3 * TILE)))
    whole = zeros(shape, axis, shape[axis] // 2).reshape(-1)

    assert (
        zeros(shape, axis, shape[axis] // 2, start, size)[: whole.size - start] == whole[start : start + size]
    ).all()


def test_a_view_has_the_zeros_that_its_elements_have_in_the_whole():
    whole = zeros((40, 900), 0, 13)
    view = View(3 * 900 + 5, (20, 600), (900, 1))

    out = np.ones(12_000, np.float32)
    STREAM.part(view).put_zeros(out, 0, Lines(900, 40, 13))
    assert ((out == 0).reshape(20, 600) == whole[3:23, 5:605]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_other_elements_stay_as_they_are_and_zeros_are_positive(dtype):
    values = np.linspace(-1, 1, 2000, dtype=dtype)
    out = values.copy()
    STREAM.put_zeros(out, 0, Lines(1, 20, 10))
    is_zero = zeros((100, 20), 1, 10).reshape(-1)

    assert out.tobytes() == np.where(is_zero, dtype(0), values).tobytes()
