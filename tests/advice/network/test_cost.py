"""What advice is estimated to take, by what differs in it."""

from __future__ import annotations

import itertools

import pytest

from service.advice.network import cost
from service.advice.network.context import in_context
from service.requests.advice_request import parse_network
from service.requests.members import Members

_FRESH = itertools.count(1)
_RELU = {"layer": "Linear", "shape": [256, 784], "activation": "relu"}


def _seconds(layers, **common):
    return cost.seconds(parse_network(Members({"layers": layers, **common}, in_body=True), "", 2000).layers)


def _celu():
    """Return a layer whose activation nobody has asked for."""
    return {**_RELU, "activation": "celu", "alpha": 0.5 + next(_FRESH) / 1e6}


def _wide(count):
    return [{**_RELU, "shape": [256 + index, 784]} for index in range(count)]


def _in_context(layers, **common):
    parsed = parse_network(Members({"layers": layers, **common}, in_body=True), "", 2000)
    return cost.seconds(in_context(parsed.layers).layers)


def test_layers_that_the_list_makes_unlike_cost_what_unlike_layers_do():
    """Each pair of widths comes once: for itself each call is one of ten."""
    widths = [f"nn.Dense({16 + (i + j) % 10}), nn.Dense({16 + i})" for i in range(10) for j in range(10)]
    layers = f"nn.Sequential({', '.join(widths)})"

    assert _in_context(layers, framework="flax") > 2 * _seconds(layers, framework="flax")


def test_layers_that_the_list_leaves_alike_cost_no_more():
    same = ["nn.Dense(features=64)"] * 100

    assert _in_context(same, framework="flax") < 0.4 * _in_context(_wide(100), framework="flax")


@pytest.mark.parametrize("said", [{"framework": "flax"}, {"framework": "flax", "current": "default"}])
def test_what_is_judged_costs_too(said):
    assert _in_context(_wide(50), **said) - _in_context(_wide(50)) > 50 * 5e-4


def test_layers_that_differ_cost_more_than_layers_that_are_alike():
    assert _seconds(_wide(50)) > 1.5 * _seconds([_RELU] * 50)


@pytest.mark.parametrize("more", [_RELU, _wide(3)[2]])
def test_more_layers_cost_more(more):
    assert _seconds([*_wide(2), more]) > _seconds(_wide(2))


def test_each_activation_that_is_not_known_yet_costs_once():
    first, second = _celu(), _celu()

    assert _seconds([first, second]) - _seconds([first, first]) > 0.04


def test_samples_cost_more_than_a_function():
    points = [index / 10 - 5 for index in range(100)]
    sampled = {**_RELU, "activation_table": {"x": points, "y": [abs(x) for x in points]}}
    del sampled["activation"]

    assert _seconds([sampled]) > _seconds([_celu()])


def test_layers_that_are_followed_by_quadrature_cost_more():
    layers = [{**layer, "activation": "tanh", "current": {"initializer": "normal", "std": 0.01}} for layer in _wide(20)]

    assert _seconds(layers, depth=10_000) > _seconds(layers, depth=2)


@pytest.mark.slow
def test_advice_over_the_limit_is_refused_before_it_is_worked_out(client):
    layers = [{**layer, "activation": "tanh"} for layer in _wide(1900)]
    reply = client.post("/advise", json={"layers": layers, "depth": 10_000})
    page = reply.json()

    assert reply.status_code == 422
    assert (page["type"], page["limit"]) == ("/problems/over-limit", 5)
    assert page["requested"] > 5
    assert "FANIN_MAX_SECONDS" in page["detail"]


@pytest.mark.slow
def test_pasted_layers_over_the_limit_are_refused_before_they_are_worked_out(client):
    layers = [f"nn.Dense(features={64 + index})" for index in range(2000)]
    page = client.post("/advise", json={"layers": layers, "framework": "flax", "evidence": "full"}).json()

    assert (page["type"], page["limit"]) == ("/problems/over-limit", 5)
    assert page["requested"] > 5


@pytest.mark.slow
def test_two_thousand_layers_that_differ_are_advised_on(client):
    layers = [{**_RELU, "shape": [256 + index + 1, 256 + index]} for index in range(2000)]
    response = client.post("/advise", json={"layers": layers, "framework": "pytorch"})

    assert response.status_code == 200
    assert len(response.content) < 5e6


def test_residual_layers_of_a_deep_network_cost_more_whatever_their_activation():
    assert _seconds(_wide(20), depth=10_000, residual=True) > 2 * _seconds(_wide(20), depth=10_000, residual=False)
