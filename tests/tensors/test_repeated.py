"""A tensor of repeated units has NumPy's `repeat` and `tile` of the source, in any part of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.streams.philox.stream import PhiloxStream
from service.tensors.repeated import Repeated
from service.tensors.slicing import select
from service.tensors.source import UniformSource
from tests.tensors.slices import index, slices

STREAM = PhiloxStream(seed=3, name="repeated")


def _small(shape):
    out = np.empty(math.prod(shape), np.float32)
    UniformSource(STREAM, 0.0, 1.0).fill(out, 0)
    return out.reshape(shape)


def _case(shape, axis, copies, is_tiled):
    """Return the expected tensor whose axis has copies of the units of `shape`, and its source."""
    small = _small(shape)
    inner, units = math.prod(shape[axis + 1 :]), shape[axis]
    source = Repeated(UniformSource(STREAM, 0.0, 1.0), units, inner, copies, is_tiled, units * copies)
    reps = [copies if at == axis else 1 for at in range(len(shape))]
    return np.tile(small, reps) if is_tiled else np.repeat(small, copies, axis), source


CASES = {
    "out first": ((5, 3, 2, 2), 0),
    "out last": ((2, 2, 3, 5), 3),
    "out between": ((3, 5, 4), 1),
    "one unit": ((4, 1, 3), 1),
    "long runs": ((3, 2, 300), 1),
    "axes of one": ((1, 4, 1, 1, 3, 1), 1),
}


@pytest.mark.parametrize("is_tiled", [False, True], ids=["neighbours", "tiles"])
@pytest.mark.parametrize("copies", [2, 9])
@pytest.mark.parametrize("case", CASES)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_stretch_of_any_slice_is_that_of_the_whole(case, copies, is_tiled, data):
    whole, source = _case(*CASES[case], copies, is_tiled)
    text = data.draw(slices(whole.shape))
    selection = select(text, whole.shape)
    expected = whole[index(text)].reshape(-1)
    part = source if selection is None else source.part(selection.view)
    start = data.draw(st.integers(0, expected.size))
    out = np.full(data.draw(st.integers(0, expected.size - start)), 99, np.float32)
    part.fill(out, start)

    np.testing.assert_array_equal(out, expected[start : start + out.size])


class _Counting(UniformSource):
    """A source that counts how often and for how many elements it is asked."""

    def fill(self, out, start):
        COUNTS.append(out.size)
        super().fill(out, start)


COUNTS: list[int] = []


@pytest.mark.parametrize(
    ("shape", "text"),
    [((65536, 2, 2), ":,0,0"), ((65536, 50, 3, 3), ":,7,1,1"), ((65536, 700), ":,3"), ((4096, 3, 4), "1:4095,1:3,::")],
)
@pytest.mark.parametrize("is_tiled", [False, True], ids=["neighbours", "tiles"])
def test_a_slice_asks_the_source_seldom_and_for_few_elements_more(shape, text, is_tiled):
    COUNTS.clear()
    units, inner = shape[0] // 4, math.prod(shape[1:])
    source = Repeated(_Counting(STREAM, 0.0, 1.0), units, inner, 4, is_tiled, shape[0])
    selection = select(text, shape)
    out = np.empty(math.prod(selection.shape), np.float32)
    source.part(selection.view).fill(out, 0)

    assert len(COUNTS) <= 2 + 20 * out.size / 2**14
    assert sum(COUNTS) <= 4 * out.size
