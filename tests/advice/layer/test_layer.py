"""What is computed before it is asked for."""

from __future__ import annotations

from service.activations.names import NAMES, find_activation
from service.activations.table import prepare
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions


def layer(**members):
    return resolve(LayerDescription(layer="dense", **members), LinkOptions())


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
