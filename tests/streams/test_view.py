"""A view's elements are those that NumPy's basic slicing gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.streams.place import stretches
from service.streams.view import View
from tests.streams.distributions import DISTRIBUTIONS, DTYPES, STREAM


def view_of(array):
    """Return the view that NumPy made of an array that counts its elements."""
    base = array if array.base is None else array.base
    strides = tuple(stride // array.itemsize for stride in array.strides)
    return View((array.ctypes.data - base.ctypes.data) // array.itemsize, array.shape, strides)


@st.composite
def parts(draw, max_rank=7):
    """A shape, and a slice of each axis that takes something."""
    shape = tuple(draw(st.lists(st.integers(1, 5), max_size=max_rank)))
    bounds = [sorted((draw(st.integers(0, n)), draw(st.integers(0, n)))) for n in shape]
    return shape, tuple(slice(a, max(b, a + 1) if a < n else n) for (a, b), n in zip(bounds, shape, strict=True))


@given(parts(), st.data())
def test_the_indices_of_a_stretch_are_numpys(part, data):
    shape, slices = part
    expected = np.arange(math.prod(shape)).reshape(shape)[(*slices, ...)]
    start = data.draw(st.integers(0, expected.size))
    count = data.draw(st.integers(0, expected.size - start))

    found = view_of(expected).indices(start, count)
    assert found.tolist() == expected.reshape(-1)[start : start + count].tolist()


@pytest.mark.parametrize(
    ("shape", "slices", "levels"),
    [
        ((4, 6), (slice(None), slice(None)), ((24, 1),)),
        ((4, 6), (slice(1, 3), slice(None)), ((12, 1),)),
        ((4, 6), (slice(None), slice(1, 3)), ((4, 6), (2, 1))),
        ((4, 6), (slice(2, 3), slice(1, 3)), ((2, 1),)),
        ((4, 6), (slice(None), slice(0, 1)), ((4, 6), (1, 1))),
        ((8, 5, 3, 3), (slice(None), slice(None), slice(1, 2), slice(1, 2)), ((40, 9), (1, 1))),
        ((), (), ((1, 1),)),
    ],
)
def test_axes_that_follow_on_each_other_are_one_level(shape, slices, levels):
    assert view_of(np.empty(shape)[(*slices, ...)]).levels == levels


@given(parts(), st.data())
def test_stretches_cover_what_was_asked_for_once(part, data):
    shape, slices = part
    view = view_of(np.empty(shape)[(*slices, ...)])
    start = data.draw(st.integers(0, view.size))
    count = data.draw(st.integers(0, view.size - start))

    edges = [(s.begin, s.end) for s in stretches(view, start, count)]
    assert [end for _, end in edges[:-1]] == [begin for begin, _ in edges[1:]]
    assert not count or (edges[0][0], edges[-1][1]) == (0, count)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("distribution", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
@pytest.mark.parametrize(
    ("shape", "slices"),
    [
        ((40, 700), np.s_[:, 100:613]),
        ((40, 700), np.s_[3:17, :]),
        ((700, 40), np.s_[:, 7:8]),
        ((30, 7, 3, 3), np.s_[4:29, 1:6, 1:2, 0:2]),
        ((3, 4, 5, 3, 4, 5), np.s_[0:2, 1:3, 0:4, 1:3, 0:3, 2:4]),
    ],
)
def test_any_stretch_of_a_part_has_the_bits_of_the_whole(distribution, dtype, shape, slices):
    whole = np.empty(math.prod(shape), dtype)
    distribution.write(STREAM, whole, 0)
    expected = whole.reshape(shape)[(*slices, ...)]
    flat = expected.reshape(-1)
    part = STREAM.part(view_of(expected))

    for start, end in ((0, flat.size), (1, flat.size // 2), (flat.size // 3, flat.size - 2)):
        out = np.empty(end - start, dtype)
        distribution.write(part, out, start)
        assert out.tobytes() == flat[start:end].tobytes()
