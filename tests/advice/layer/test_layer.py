"""What is computed before it is asked for."""

from __future__ import annotations

import pytest

from service.activations.names import NAMES, find_activation
from service.activations.table import prepare
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions


def layer(**members):
    return resolve(LayerDescription(layer="dense", **members), LinkOptions())


@pytest.mark.slow
def test_every_activation_is_prepared_with_its_usual_parameter():
    prepare()

    assert all(find_activation(name).curves.are_ready for name in NAMES)


def test_an_answer_is_quick_unless_much_has_to_be_computed_for_it():
    prepare()

    assert layer(activation="gelu", depth=100).is_quick
    assert not layer(activation="gelu", depth=10_000).is_quick
    assert not layer(activation="elu", alpha=1.2345).is_quick
    assert not layer(activation_table={"x": [-1, 1], "y": [-0.123, 1]}).is_quick


def test_through_200_layers_an_answer_is_still_quick():
    prepare()

    assert layer(activation="gelu", depth=200).is_quick
    assert not layer(activation="gelu", depth=201).is_quick


@pytest.mark.parametrize(
    ("members", "fan_in", "fan_out"),
    [
        # An input of a convolution with stride 2 lies under 9 / 4 positions of its kernel, in one group of 32 units.
        ({"layer": "conv", "shape": [128, 16, 3, 3], "groups": 4, "stride": 2}, 16 * 9, 32 * 9 / 4),
        ({"layer": "conv", "shape": [128, 64, 5], "stride": 3}, 64 * 5, 128 * 5 / 3),
        # Of a transposed one, stored (in, out, kernel), an input reaches all positions, a unit a share of them.
        ({"layer": "conv_transpose", "shape": [64, 33, 4, 4], "stride": 2}, 64 * 16 / 4, 33 * 16),
    ],
)
def test_a_stride_shares_the_larger_sides_positions(members, fan_in, fan_out):
    described = resolve(LayerDescription(**members), LinkOptions())

    assert described.fan_in == pytest.approx(fan_in)
    assert described.fan_out == pytest.approx(fan_out)
