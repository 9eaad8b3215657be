from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from service.tensors.axis_group import AxisGroup

SHAPE = (3, 1, 4, 2, 5)
GROUPS = [axes for count in range(6) for axes in itertools.combinations(range(5), count)]


def _places(axes):
    """Where each element stands along the axes, by NumPy."""
    coordinates = np.unravel_index(np.arange(math.prod(SHAPE)), SHAPE)
    sizes = tuple(SHAPE[axis] for axis in axes)
    return np.ravel_multi_index([coordinates[axis] for axis in axes], sizes) if axes else np.zeros(120, np.int64)


@pytest.mark.parametrize("axes", GROUPS, ids=str)
def test_elements_have_numpys_places(axes):
    group, elements = AxisGroup.of(SHAPE, axes), np.arange(math.prod(SHAPE))

    np.testing.assert_array_equal(group.place_of(elements), _places(axes))
    np.testing.assert_array_equal(group.place(np.unravel_index(elements, SHAPE)), _places(axes))


@pytest.mark.parametrize("axes", GROUPS, ids=str)
def test_places_have_the_offsets_of_the_first_elements_there(axes):
    group = AxisGroup.of(SHAPE, axes)
    first = [int(np.flatnonzero(_places(axes) == place)[0]) for place in range(group.size)]

    assert group.offsets(np.arange(group.size)).tolist() == first


@pytest.mark.parametrize(
    ("axes", "stride"), [((0,), 40), ((0, 1), 40), ((2, 3), 5), ((0, 2, 3, 4), 1), ((2, 4), None), ((1,), 1), ((), 1)]
)
def test_a_stride_is_that_of_neighbours_all_along(axes, stride):
    assert AxisGroup.of(SHAPE, axes).stride == stride
