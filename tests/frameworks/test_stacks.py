"""A stack of linear layers' weights: each is drawn as it is by itself, in every framework that has such a layer."""

from __future__ import annotations

import pytest

from service.frameworks.registry import DESCRIBED
from tests.initializers.making import initialize, make

LINEAR = [
    (framework.default.name, layer, tensor)
    for framework in DESCRIBED.values()
    if framework.default is not None and framework.layers is not None
    for layer in [framework.layers.types.get("linear")]
    if layer is not None
    for tensor in [framework.layers.tensor_with_role(layer, "weight")]
    if tensor is not None
]


def test_every_framework_with_entries_has_a_linear_layer():
    assert {"pytorch_default", "keras_default", "flax_default", "paddle_default"} < {name for name, _, _ in LINEAR}


@pytest.mark.parametrize(("name", "layer", "tensor"), LINEAR)
def test_the_weights_of_a_stack_have_the_law_of_one(name, layer, tensor):
    one = initialize(name, (40, 24), layer=layer, tensor=tensor).facts
    stack = initialize(name, (3, 5, 40, 24), layer=layer, tensor=tensor).facts

    assert [stack.get(fact) for fact in ("std", "fan_in")] == [one.get(fact) for fact in ("std", "fan_in")]
    drawn = make(name, (3, 5, 40, 24), layer=layer, tensor=tensor)
    assert drawn.std() == pytest.approx(one.get("std_after", one["std"]), rel=0.05)


@pytest.mark.parametrize(("name", "layer", "tensor"), LINEAR)
def test_a_stack_is_no_shape_to_be_noted(name, layer, tensor):
    assert initialize(name, (3, 40, 24), layer=layer, tensor=tensor).notes == ()


@pytest.mark.parametrize(
    ("name", "layer", "tensor", "shape"),
    [
        ("pytorch_default", "Conv2d", "weight", (8, 4)),
        ("keras_default", "Conv2D", "kernel", (8, 4)),
        ("pytorch_default", "Embedding", "weight", (3, 8, 4)),
    ],
)
def test_a_shape_that_the_framework_does_not_have_is_noted(name, layer, tensor, shape):
    notes = initialize(name, shape, layer=layer, tensor=tensor).notes

    assert len(notes) == 1
    assert layer.removesuffix("2d").removesuffix("2D") in notes[0]
