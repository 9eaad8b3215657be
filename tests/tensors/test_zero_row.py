"""A row of zeros in another source's tensor, against NumPy's indexing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.tensors.errors import InvalidParameter
from service.tensors.slicing import select
from service.tensors.source import ArraySource
from service.tensors.zero_row import row_of_padding, zero_row
from tests.tensors.slices import index, slices

SHAPE = (5, 3, 2)
ELEMENTS = np.arange(1, 31, dtype=np.float32)


def expected(row):
    whole = ELEMENTS.reshape(SHAPE).copy()
    whole[row] = 0
    return whole


@settings(derandomize=True, deadline=None)
@given(row=st.integers(0, 4), data=st.data())
def test_any_stretch_has_zeros_where_the_row_is(row, data):
    start = data.draw(st.integers(0, 30))
    out = np.full(data.draw(st.integers(0, 30 - start)), 99, np.float32)
    zero_row(ArraySource(ELEMENTS), row, SHAPE).fill(out, start)

    np.testing.assert_array_equal(out, expected(row).reshape(-1)[start : start + out.size])


@settings(derandomize=True, deadline=None)
@given(row=st.integers(0, 4), data=st.data())
def test_any_part_has_zeros_where_the_row_is(row, data):
    text = data.draw(slices(SHAPE))
    part = select(text, SHAPE)
    wanted = expected(row)[index(text)]
    source = zero_row(ArraySource(ELEMENTS), row, SHAPE)
    out = np.full(np.size(wanted), 99, np.float32)
    (source if part is None else source.part(part.view)).fill(out, 0)

    np.testing.assert_array_equal(out.reshape(np.shape(wanted)), wanted)


@pytest.mark.parametrize(("padding_idx", "row"), [(0, 0), (4, 4), (-1, 4), (-5, 0)])
def test_a_negative_index_counts_from_the_end(padding_idx, row):
    assert row_of_padding(padding_idx, SHAPE) == row


@pytest.mark.parametrize(
    ("padding_idx", "shape"), [(5, SHAPE), (-6, SHAPE), (2**53, SHAPE), (0, (0, 3)), (0, (5,)), (0, ())]
)
def test_a_row_that_the_shape_has_not_is_refused(padding_idx, shape):
    with pytest.raises(InvalidParameter) as caught:
        row_of_padding(padding_idx, shape)

    assert caught.value.parameter == "padding_idx"
