from __future__ import annotations

import math

import pytest

from service.tensors.errors import InvalidParameter
from service.tensors.layout import MATRICES, WEIGHTS, axes
from tests.oracles import LAYOUTS, stored_shape

KERNELS = [(), (5,), (3, 4), (2, 3, 4)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_sizes_are_those_of_the_layout(kernel, layout):
    weight = axes(stored_shape(7, 6, kernel, layout), layout)

    assert (weight.stack, weight.out, weight.in_, weight.kernel) == (1, 7, 6, kernel)
    assert weight.receptive_field == math.prod(kernel)


@pytest.mark.parametrize(
    ("shape", "layout", "stack", "out", "in_", "kernel", "columns"),
    [
        ((8, 256, 784), "soi", 8, 256, 784, (), 784),
        ((5, 100, 20), "sio", 5, 20, 100, (), 100),
        ((64, 8, 16), "ioo", 1, 128, 64, (), 64),
        ((8, 16, 64), "iio", 1, 64, 128, (), 128),
        ((16, 33, 3, 5), "iokk", 1, 33, 16, (3, 5), 240),
        ((3, 3, 64, 2), "kkso", 64, 2, 1, (3, 3), 9),
        ((5, 4, 3), "oii", 1, 5, 12, (), 12),
        ((2, 6, 3, 4), "sosi", 6, 6, 4, (), 4),
    ],
)
def test_letters_name_the_axes(shape, layout, stack, out, in_, kernel, columns):
    weight = axes(shape, layout)

    assert (weight.stack, weight.out, weight.in_, weight.kernel, weight.columns) == (stack, out, in_, kernel, columns)


@pytest.mark.parametrize(("layout", "expected"), [("out_in", "oikk"), ("in_out", "kkio"), ("out_kernel_in", "okki")])
def test_names_abbreviate_letters(layout, expected):
    assert WEIGHTS.letters(layout, 4) == expected
    assert WEIGHTS.canonical(expected, 4) == layout


def test_of_matrices_the_leading_axes_are_a_stack():
    assert MATRICES.letters("out_in", 4) == "ssoi"
    assert MATRICES.letters("in_out", 3) == "sio"
    assert MATRICES.canonical("soi", 3) == "out_in"
    assert MATRICES.canonical("oik", 3) == "oik"


def test_letters_that_no_name_abbreviates_stand_for_themselves():
    assert WEIGHTS.canonical("soi", 3) == "soi"
    assert WEIGHTS.canonical("oi", 2) == "out_in"


@pytest.mark.parametrize(("layout", "rank"), [("soi", 2), ("oi", 3), ("o", 0)])
def test_letters_are_as_many_as_the_axes(layout, rank):
    with pytest.raises(InvalidParameter, match=f"{layout} has {len(layout)} letters, and the shape has {rank} axes"):
        WEIGHTS.letters(layout, rank)


@pytest.mark.parametrize(("letters", "begins"), [("soi", True), ("iokk", False), ("kkso", False), ("sskoi", False)])
def test_the_first_axis_of_a_member_may_be_out(letters, begins):
    assert axes((2,) * len(letters), letters).begins_with_out is begins


@pytest.mark.parametrize("kernel", [(), (1,), (4,), (5,), (3, 3), (2, 5), (4, 3, 6)])
def test_the_centre_is_half_of_each_kernel_axis_rounded_down(kernel):
    place = 0
    for size in kernel:
        place = place * size + size // 2

    assert axes((2, 3, *kernel), "out_in").centre == place
