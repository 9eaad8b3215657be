from __future__ import annotations

import math

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from service.tensors.layout import axes, block_rows
from tests.oracles import LAYOUTS, out_in_view, stored_shape

KERNELS = [(), (5,), (3, 4), (2, 3, 4)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_sizes_are_those_of_the_layout(kernel, layout):
    weight = axes(stored_shape(7, 6, kernel, layout), layout)

    assert (weight.out, weight.in_, weight.kernel) == (7, 6, kernel)
    assert weight.receptive_field == math.prod(kernel)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_strides_are_numpys(kernel, layout):
    shape = stored_shape(7, 6, kernel, layout)
    positions = out_in_view(np.arange(math.prod(shape)).reshape(shape), layout)
    weight = axes(shape, layout)

    assert np.all(np.diff(positions, axis=0) == weight.out_stride)
    assert np.all(np.diff(positions, axis=1) == weight.in_stride)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", [(), (1,), (4,), (5,), (3, 3), (2, 5), (4, 3, 6)])
def test_the_centre_is_half_of_each_kernel_axis_rounded_down(kernel, layout):
    shape = stored_shape(2, 3, kernel, layout)
    positions = out_in_view(np.arange(math.prod(shape)).reshape(shape), layout)

    assert axes(shape, layout).centre == positions[(0, 0, *(size // 2 for size in kernel))]


def test_blocks_share_the_out_axis_equally():
    assert block_rows(axes((24, 5), "out_in"), groups=2, gates=4) == 3


@pytest.mark.parametrize(
    ("groups", "gates", "culprit"), [(5, 1, "groups"), (1, 5, "gates"), (8, 2, "groups"), (2, 5, "gates")]
)
def test_blocks_that_do_not_divide_the_out_axis_are_refused(groups, gates, culprit):
    with pytest.raises(InvalidParameter, match="does not divide") as caught:
        block_rows(axes((24, 5), "out_in"), groups, gates)

    assert caught.value.parameter == culprit
