"""Tensors of many names end to end: each is that of its own stream."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.arithmetic.truncation import truncate
from service.streams.philox.stack import PhiloxStack
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import LARGEST_SEED, Cut, Disk
from service.streams.view import View

NAMES = ("", "w", "encoder.0.weight", "λ→∞", "a" * 1000)
SIZE = 21

MIDDLE, TAIL = Cut(truncate(-2.0, 2.0), -2.0, 2.0), Cut(truncate(8.0, 9.0), 8.0, 9.0)

LAWS = {
    "uniform": lambda stream, out, start: stream.uniform(out, start, -1.0, 1.0),
    "normal": lambda stream, out, start: stream.normal(out, start, 0.5, 3.0),
    "truncated normal": lambda stream, out, start: stream.normal(out, start, 0.0, 1.0, MIDDLE),
    "tail of a normal": lambda stream, out, start: stream.normal(out, start, 0.0, 1.0, TAIL),
}

VIEWS = {
    "whole": None,
    "rows": View(6, (2, 3), (3, 1)),
    "every other, turned": View(20, (7,), (-2,)),
    "of six axes": View(0, (2, 1, 2, 2, 2, 1), (10, 5, 5, 4, 2, 1)),
    "nothing": View(0, (0, 3), (3, 1)),
}


def _expected(law, dtype, seed, prepare, size):
    parts = []
    for name in NAMES:
        out = np.empty(size, dtype)
        LAWS[law](prepare(PhiloxStream(seed, name)), out, 0)
        parts.append(out)
    return np.concatenate(parts)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("law", LAWS)
def test_each_tensor_is_that_of_its_name(law, dtype, view):
    size = SIZE if view is None else view.size

    def prepare(stream):
        return stream if view is None else stream.part(view)

    out = np.empty(len(NAMES) * size, dtype)
    LAWS[law](prepare(PhiloxStack(LARGEST_SEED - 5, NAMES, SIZE)), out, 0)
    np.testing.assert_array_equal(out, _expected(law, dtype, LARGEST_SEED - 5, prepare, size))


@given(st.integers(0, len(NAMES) * SIZE), st.integers(0, len(NAMES) * SIZE), st.sampled_from(list(LAWS)))
def test_any_stretch_is_that_of_the_whole(start, end, law):
    start, end = sorted((start, end))
    whole = _expected(law, np.float32, 7, lambda stream: stream, SIZE)
    out = np.empty(end - start, np.float32)
    LAWS[law](PhiloxStack(7, NAMES, SIZE), out, start)
    np.testing.assert_array_equal(out, whole[start:end])


def test_imaginary_parts_are_those_of_each_name():
    out = np.empty(len(NAMES) * SIZE, np.float32)
    LAWS["normal"](PhiloxStack(7, NAMES, SIZE).imaginary(), out, 0)
    np.testing.assert_array_equal(out, _expected("normal", np.float32, 7, PhiloxStream.imaginary, SIZE))


def test_bounds_hold_after_rounding():
    half = np.dtype(np.float16)
    out = np.empty(len(NAMES) * SIZE, np.float32)
    PhiloxStack(7, NAMES, SIZE).rounded(half).uniform(out, 0, 1.0, math.nextafter(1.0, 2.0) + 2**-10)
    singles = [np.empty(SIZE, np.float32) for _ in NAMES]
    for name, single in zip(NAMES, singles, strict=True):
        PhiloxStream(7, name).rounded(half).uniform(single, 0, 1.0, math.nextafter(1.0, 2.0) + 2**-10)
    np.testing.assert_array_equal(out, np.concatenate(singles))


def test_complex_draws_are_those_of_each_name():
    disk = Disk(radius=1.0, scale=1.0, mass=0.0)
    out = np.empty(len(NAMES) * SIZE, np.complex64)
    PhiloxStack(7, NAMES, SIZE).disk(out, 0, disk)
    for index, name in enumerate(NAMES):
        single = np.empty(SIZE, np.complex64)
        PhiloxStream(7, name).disk(single, 0, disk)
        np.testing.assert_array_equal(out[index * SIZE : (index + 1) * SIZE], single)
