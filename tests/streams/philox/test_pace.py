"""What draws are estimated to take, by the parts that are drawn."""

from __future__ import annotations

import pytest

from service.streams.philox.pace import seconds
from service.streams.view import View


def _strided(levels):
    """Return every other element, along every axis, of a tensor with 6 along each."""
    return View(0, (3,) * levels, tuple(2 * 6**axis for axis in reversed(range(levels))))


@pytest.mark.parametrize("draw", ["uniform", "normal", "disk"])
def test_a_part_of_more_levels_than_a_kernel_takes_costs_for_each_of_its_stretches(draw):
    """3⁴ elements each, of which the interpreter finds the beginning: microseconds."""
    deep, shallow = (seconds(draw, 4, _strided(levels)) for levels in (6, 4))

    assert 2e-6 < 3**4 * (deep - shallow) < 2e-5
