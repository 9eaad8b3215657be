from __future__ import annotations

import pytest

from service.tensors.blocks import Blocks, blocks
from service.tensors.errors import InvalidParameter
from service.tensors.layout import axes


def test_blocks_share_the_out_axis_equally():
    assert blocks(axes((24, 5), "out_in"), groups=2, gates=4) == (Blocks(0, 8, 3),)


def test_gates_of_their_own_sizes_follow_each_other():
    found = blocks(axes((5, 24), "in_out"), groups=2, gates=(16, 6, 2))

    assert found == (Blocks(0, 2, 8), Blocks(16, 2, 3), Blocks(22, 2, 1))
    assert [run.end for run in found] == [16, 22, 24]


def test_several_out_axes_are_divided_as_one():
    assert blocks(axes((3, 5, 8), "oio"), groups=1, gates=6) == (Blocks(0, 6, 4),)


@pytest.mark.parametrize(
    ("groups", "gates", "culprit"),
    [(5, 1, "groups"), (1, 5, "gates"), (8, 2, "groups"), (2, 5, "gates"), (5, (20, 4), "groups")],
)
def test_blocks_that_do_not_divide_the_out_axis_are_refused(groups, gates, culprit):
    with pytest.raises(InvalidParameter, match="does not divide") as caught:
        blocks(axes((24, 5), "out_in"), groups, gates)

    assert caught.value.parameter == culprit


def test_sizes_must_fill_the_out_axis():
    with pytest.raises(InvalidParameter, match="are 23 units together, and the out axis has 24") as caught:
        blocks(axes((24, 5), "out_in"), 1, (20, 3))

    assert caught.value.parameter == "gates"


@pytest.mark.parametrize(
    ("shape", "layout", "groups", "remedy"),
    [
        ((3, 3, 64, 1), "in_out", 64, "layout=kkso"),
        ((64, 1, 5, 5), "iokk", 64, "layout=sokk"),
        ((64, 2, 5, 5), "in_out", 8, "layout=out_in"),
        ((7, 5), "out_in", 3, "one letter an axis"),
    ],
)
def test_the_refusal_names_the_layout_that_may_have_been_meant(shape, layout, groups, remedy):
    with pytest.raises(InvalidParameter, match=remedy):
        blocks(axes(shape, layout), groups, 1)
