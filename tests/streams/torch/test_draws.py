"""Any stretch of what is drawn is that of the whole, wherever the generator stands."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from service.streams.torch.draws import NormalDraws, UniformDraws, interval_of
from service.streams.view import View

SHAPE = (37, 5, 11)
COUNT = 37 * 5 * 11
DTYPES = ("float32", "float64", "float16")


def _draws(kind, dtype, first, count=COUNT):
    if kind == "uniform":
        return UniformDraws(42, first, count, np.dtype(dtype), None, interval_of(-0.1, 0.3, np.dtype(dtype)))
    return NormalDraws(42, first, count, np.dtype(dtype), None, 0.1, 0.02)


def _filled(draws, start, count):
    out = np.empty(count, np.float64 if draws.dtype == np.float64 else np.float32)
    draws.fill(out, start)
    return out


@pytest.fixture(params=[(kind, dtype, first) for kind in ("uniform", "normal") for dtype in DTYPES for first in (0, 5)])
def draws(request):
    return _draws(*request.param)


@pytest.fixture
def whole(draws):
    return _filled(draws, 0, COUNT)


@pytest.mark.parametrize("length", [1, 13, 16, 625])
def test_pieces_end_to_end_are_the_whole(draws, whole, length):
    pieces = [_filled(draws, start, min(length, COUNT - start)) for start in range(0, COUNT, length)]

    assert (np.concatenate(pieces) == whole).all()


@pytest.mark.parametrize("part", [np.s_[3:, 1:2, 4:9], np.s_[::1, 0:5, 10:], np.s_[36:, 4:, :], np.s_[:, 2:3, 0:1]])
def test_a_part_has_the_elements_of_the_whole(draws, whole, part):
    wanted = whole.reshape(SHAPE)[part]
    index = np.arange(COUNT).reshape(SHAPE)[part]
    drawn = draws.part(View(int(index.flat[0]), wanted.shape, (55, 11, 1)))

    assert (_filled(drawn, 0, wanted.size) == wanted.ravel()).all()
    half = wanted.size // 2
    assert (_filled(drawn, half, wanted.size - half) == wanted.ravel()[half:]).all()


def test_words_that_were_skipped_change_the_numbers_by_as_many():
    assert (
        _filled(_draws("uniform", "float32", 700), 0, 50) == _filled(_draws("uniform", "float32", 0), 700, 50)
    ).all()


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-0.1, 0.3), (1.0, 1.00390625), (-3e-5, 2e-5)])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_what_a_narrow_dtype_rounds_to_the_upper_end_is_the_lower_one(low, high, dtype):
    narrow = np.dtype(getattr(ml_dtypes, dtype, dtype))
    base, span, end, again = interval_of(low, high, narrow)
    single = np.float32
    for value in (np.nextafter(single(end), single(-1e9)), single(end)):
        rounded = narrow.type(value)
        assert (rounded == narrow.type(single(high))) == (value >= single(end))
    assert narrow.type(single(again)) == narrow.type(single(low))
    assert span == float(single(single(high) - single(low)))
    assert base == float(single(low))
