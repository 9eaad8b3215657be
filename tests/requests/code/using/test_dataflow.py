"""How values go through layers: activations, residual branches, normalisations around them."""

from __future__ import annotations

import pytest

from service.requests.code.using.dataflow import INPUT, Dataflow


def uses(flow, *layers, source=INPUT):
    value = source
    for layer in layers:
        value = flow.use([layer], value, is_activated=True)
    return value


def said(flow):
    return dict(flow.said(sorted(flow.used)))


def test_an_activation_is_that_of_the_layer_before_it_and_others_have_none():
    flow = Dataflow()
    uses(flow, "b", source=flow.activate(uses(flow, "a"), "tanh"))

    assert said(flow) == {"a": {"activation": "tanh"}, "b": {"activation": "linear"}}


def test_a_branch_that_is_added_to_where_it_begins_is_residual():
    flow = Dataflow()
    stream = uses(flow, "a")
    flow.add([stream, uses(flow, "b", "c", source=stream)])

    assert {layer: members.get("layers_per_branch") for layer, members in said(flow).items()} == {
        "a": None, "b": 2, "c": 2,
    }  # fmt: skip


def test_what_follows_a_sum_is_the_activation_of_the_end_of_the_branch():
    flow = Dataflow()
    stream = uses(flow, "a")
    flow.activate(flow.add([uses(flow, "b", source=stream), stream]), "relu")

    assert said(flow)["a"] == {"activation": "linear"}
    assert said(flow)["b"] == {"residual": True, "layers_per_branch": 1, "activation": "relu"}


def test_one_layer_around_several_is_a_shortcut():
    flow = Dataflow()
    flow.add([uses(flow, "a", "b"), uses(flow, "around")])

    assert said(flow)["around"] == {"role": "shortcut"}
    assert said(flow)["b"]["residual"] is True


def test_two_layers_beside_each_other_are_no_branch():
    flow = Dataflow()
    flow.activate(flow.add([uses(flow, "a"), uses(flow, "b")]), "relu")

    assert said(flow) == {"a": {"activation": "relu"}, "b": {"activation": "relu"}}


@pytest.mark.parametrize("position", ["pre", "post"])
def test_a_normalisation_stands_before_a_branch_or_after_the_sum(position):
    flow = Dataflow()
    begin = flow.normalize(INPUT, "layer") if position == "pre" else INPUT
    total = flow.add([INPUT, uses(flow, "a", source=begin)])
    if position == "post":
        flow.normalize(total, "layer")

    assert said(flow)["a"]["norm_position"] == position
    assert said(flow)["a"]["normalization"] == "layer"


def test_what_is_not_understood_leaves_the_activation_unsaid():
    flow = Dataflow()
    flow.leave(uses(flow, "a"), "mine(...)")

    assert said(flow) == {"a": {}}
    assert flow.unread == {"a": "mine(...)"}


def test_a_long_chain_of_sums_is_followed_in_little_time():
    flow = Dataflow()
    value = INPUT
    for number in range(5000):
        value = flow.add([INPUT, flow.use([str(number)], value, is_activated=True)])

    assert len(flow.used) < 5000


@pytest.mark.parametrize(("normalization", "role"), [("batch", "residual_last"), ("layer", None)])
def test_a_batch_normalisation_at_the_end_of_a_branch_says_which_layer_ends_it(normalization, role):
    flow = Dataflow()
    stream = uses(flow, "a")
    flow.add([stream, flow.normalize(uses(flow, "b", "c", source=stream), normalization)])

    assert [said(flow)[layer].get("role") for layer in "abc"] == [None, None, role]
