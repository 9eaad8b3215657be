from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.requests.axis_parameters import AxisParameters
from service.requests.validation import read
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Geometry, fans

RECORDED = json.loads((Path(__file__).parent / "recorded" / "jax_fans.json").read_text())["records"]


def _axes(entry):
    return {name: value for name, value in entry.items() if name not in {"shape", "fans"}}


@pytest.mark.parametrize("entry", RECORDED, ids=str)
def test_the_fans_are_those_of_jax(entry):
    shape = tuple(entry["shape"])
    found = fans(Geometry(shape, AxisParameters(**_axes(entry)).layout(len(shape))))

    assert [found.fan_in, found.fan_out] == entry["fans"]


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ({"in_axis": "0", "out_axis": "1"}, "iok"),
        ({"in_axis": "0,1"}, "iio"),
        ({"in_axis": "0", "out_axis": "1,-1"}, "ioo"),
        ({"in_axis": [1], "out_axis": -1, "batch_axis": [0]}, "sio"),
        ({"batch_axis": "0"}, "sio"),
        ({"batch_axis": ""}, "kio"),
        ({"out_axis": 0}, "oik"),
        ({"in_axis": [], "out_axis": -3}, "okk"),
        ({"in_axis": "[0, 1]", "out_axis": "(2,)"}, "iio"),
        ({"in_axis": ("0", "1"), "out_axis": "-1"}, "iio"),
        ({"batch_axis": "()"}, "kio"),
        ({"in_axis": "[]", "out_axis": "-3"}, "okk"),
        ({"in_axis": 0.0, "out_axis": [1.0, -1.0]}, "ioo"),
    ],
)
def test_a_query_and_json_say_axes_alike(written, letters):
    numbers = read(AxisParameters, written, [])

    assert numbers is not None
    assert numbers.layout(3) == letters


@pytest.mark.parametrize("value", [True, 0.5, "x", "0;1", "0,,1", [0, "1"], [True], list(range(33)), {}, "123"])
def test_what_is_no_number_of_an_axis_is_refused(value):
    with pytest.raises(ValueError, match="must be the number of an axis"):
        AxisParameters(in_axis=value)


@pytest.mark.parametrize(
    ("written", "culprit", "message"),
    [
        ({"in_axis": 3}, "in_axis", "3 is out of bounds for a shape of 3 axes"),
        ({"out_axis": -4}, "out_axis", "-4 is out of bounds"),
        ({"batch_axis": [0, 0]}, "batch_axis", "names axis 0 twice"),
        ({"batch_axis": [0, -3]}, "batch_axis", "names axis 0 twice"),
        ({"in_axis": 0, "out_axis": -3}, "out_axis", "axis 0 is named by in_axis and by out_axis"),
        ({"in_axis": -1}, "in_axis", "out_axis is -1 where it is not given"),
        ({"batch_axis": 1}, "batch_axis", "in_axis is -2 where it is not given"),
    ],
)
def test_axes_that_cannot_be_are_refused(written, culprit, message):
    with pytest.raises(InvalidParameter, match=message) as caught:
        AxisParameters(**written).layout(3)

    assert caught.value.parameter == culprit


def test_a_vector_has_no_last_axis_but_one():
    with pytest.raises(InvalidParameter, match="needs two axes"):
        AxisParameters(out_axis=0).layout(1)

    assert AxisParameters(in_axis=0, out_axis=()).layout(1) == "i"
