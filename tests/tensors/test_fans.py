from __future__ import annotations

import math

import pytest

from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Geometry, fans
from tests.oracles import LAYOUTS, stored_shape


@pytest.mark.parametrize(
    ("shape", "layout", "expected"),
    [
        ((256, 784), "out_in", (784, 256)),
        ((784, 256), "in_out", (784, 256)),
        ((256, 784), "out_kernel_in", (784, 256)),
        ((32, 16, 5), "out_in", (80, 160)),
        ((5, 16, 32), "in_out", (80, 160)),
        ((32, 5, 16), "out_kernel_in", (80, 160)),
        ((64, 3, 7, 7), "out_in", (147, 3136)),
        ((7, 7, 3, 64), "in_out", (147, 3136)),
        ((64, 7, 7, 3), "out_kernel_in", (147, 3136)),
        ((64, 3, 1, 9), "out_in", (27, 576)),
        ((8, 4, 2, 3, 5), "out_in", (120, 240)),
        ((2, 3, 5, 4, 8), "in_out", (120, 240)),
        ((8, 2, 3, 5, 4), "out_kernel_in", (120, 240)),
        ((0, 5), "out_in", (5, 0)),
    ],
)
def test_fans_of_a_shape(shape, layout, expected):
    found = fans(Geometry(shape, layout))

    assert (found.fan_in, found.fan_out) == expected


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("groups", "expected"), [(1, (18, 576)), (4, (18, 144)), (32, (18, 18)), (64, (18, 9))])
def test_groups_divide_fan_out(layout, groups, expected):
    """The in axis of a stored weight is already that of one group."""
    found = fans(Geometry(stored_shape(64, 2, (3, 3), layout), layout, groups=groups))

    assert (found.fan_in, found.fan_out) == expected


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gates_divide_fan_out(layout):
    found = fans(Geometry(stored_shape(4 * 128, 64, (), layout), layout, gates=4))

    assert (found.fan_in, found.fan_out) == (64, 128)


def test_groups_and_gates_divide_fan_out_together():
    found = fans(Geometry((24, 5, 3), groups=2, gates=3))

    assert (found.fan_in, found.fan_out) == (15, 12)


@pytest.mark.parametrize("shape", [(), (7,), (256, 784), (64, 3, 7, 7)])
def test_explicit_fans_override_the_shape(shape):
    found = fans(Geometry(shape, fan_in=10.5, fan_out=20.0))

    assert (found.fan_in, found.fan_out) == (10.5, 20.0)


def test_one_explicit_fan_leaves_the_other_to_the_shape():
    found = fans(Geometry((256, 784), fan_in=10))

    assert (found.fan_in, found.fan_out) == (10, 256)


@pytest.mark.parametrize(("mode", "expected"), [("fan_in", 8), ("fan_out", 2), ("fan_avg", 5), ("fan_geo_avg", 4)])
def test_a_mode_names_one_fan_or_a_mean_of_both(mode, expected):
    assert Fans(8, 2).of(mode) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg", "fan_geo_avg"])
@pytest.mark.parametrize("shape", [(), (7,)])
def test_a_shape_without_fans_asks_for_them(shape, mode):
    found = fans(Geometry(shape))

    with pytest.raises(InvalidParameter, match="explicitly") as caught:
        found.of(mode)

    assert caught.value.parameter == "shape"


@pytest.mark.parametrize("blocks", [{"groups": 2}, {"gates": 2}])
@pytest.mark.parametrize("shape", [(), (8,)])
def test_a_shape_without_an_out_axis_has_no_blocks(shape, blocks):
    with pytest.raises(InvalidParameter, match="rank 2") as caught:
        fans(Geometry(shape, **blocks))

    assert caught.value.parameter in blocks


@pytest.mark.parametrize(("fan_in", "fan_out"), [(2.0**53, 2.0**53), (1e-6, 1e-6), (1e-6, 2.0**53)])
def test_means_of_extreme_fans_neither_overflow_nor_vanish(fan_in, fan_out):
    found = Fans(fan_in, fan_out)

    assert found.of("fan_avg") == pytest.approx(fan_in / 2 + fan_out / 2)
    assert found.of("fan_geo_avg") == pytest.approx(math.exp(math.log(fan_in) / 2 + math.log(fan_out) / 2))
