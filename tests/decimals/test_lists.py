import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.decimals import lists

SHAPES = [(), (1,), (7,), (2, 3), (3, 1), (1, 1, 1), (2, 3, 4), (5, 1, 2), (1,) * 32]


def written(values, shape, start):
    spans = lists.spans(shape)
    text = np.empty(lists.room(values.size, values.dtype, spans), np.uint8)
    return text[: lists.write(text, values, start, spans)].tobytes()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lists_nest_as_the_shape_says(shape, dtype):
    values = np.arange(np.prod(shape, dtype=int), dtype=dtype)
    assert json.loads(written(values, shape, 0)) == values.reshape(shape).tolist()


@given(st.lists(st.integers(1, 4), max_size=5), st.data())
def test_the_texts_of_neighbouring_stretches_are_the_text_of_the_whole(shape, data):
    values = np.arange(np.prod(shape, dtype=int)) / np.float32(8)
    cuts = sorted({0, values.size, *data.draw(st.lists(st.integers(0, values.size)))})
    parts = [written(values[a:b], shape, a) for a, b in itertools.pairwise(cuts)]
    assert b"".join(parts) == written(values, shape, 0)


ENDS = [0, 1, -1, 9, 10, -10, 99, 10**18, 2**63 - 1, -(2**63), -(10**17), 2**31]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.sampled_from(ENDS), min_size=1, max_size=50))
def test_whole_numbers_have_all_their_digits_and_no_point(numbers):
    values = np.array(numbers, np.int64)
    assert written(values, values.shape, 0) == json.dumps(numbers, separators=(",", ":")).encode()


@pytest.mark.parametrize("dtype", ["int32", "uint8"])
def test_narrow_whole_numbers_are_the_same(dtype):
    info = np.iinfo(dtype)
    values = np.array([info.min, 0, 1, 10, 99, info.max], dtype)
    assert written(values, values.shape, 0) == json.dumps(values.tolist(), separators=(",", ":")).encode()


def test_truth_values_are_those_of_json():
    assert written(np.array([True, False]), (2, 1), 0) == b"[[true],[false]]"
