"""What draws are estimated to take, by the parts that are drawn."""

from __future__ import annotations

import pytest

from service.streams.philox.pace import seconds
from service.streams.view import View


def _strided(axes):
    """Return every other element, along every axis, of a tensor with 6 along each."""
    return View(0, (3,) * axes, tuple(2 * 6**axis for axis in reversed(range(axes))))


@pytest.mark.parametrize("draw", ["uniform", "normal", "disk"])
def test_a_part_of_more_levels_than_a_kernel_takes_costs_for_each_of_its_stretches(draw):
    """27 elements each, for a kernel takes three axes and a run; the interpreter finds the beginning: microseconds."""
    deep, shallow = (seconds(draw, 4, _strided(axes)) for axes in (6, 3))

    assert 2e-6 < 3**3 * (deep - shallow) < 2e-5
