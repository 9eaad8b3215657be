"""What a list of layers may ask for at most is counted before anything is worked out."""

from __future__ import annotations

import pytest

from service.advice.advisor import Advisor
from service.advice.checkpoint.recurrent import tensors_of_stack
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.network import advised
from service.advice.network.cost import seconds
from service.advice.network.limits import MAX_FOLLOWED
from service.advice.network.network import advise_network
from service.advice.network.network_layer import NetworkLayer
from service.catalogue.catalogue import CATALOGUE
from service.settings import Settings
from service.tensors.errors import InvalidParameter, OverLimit

_WITH_MEAN = CATALOGUE.get("uniform").model_validate({"low": 0.0, "high": 0.1})


@pytest.fixture
def _no_work(monkeypatch):
    def work(layer):
        raise AssertionError(f"{layer.links.name} was worked out")

    monkeypatch.setattr(advised, "Advisor", work)


def _listed(index, current=None, **members):
    layer = resolve(LayerDescription(**members), LinkOptions(name=f"layers.{index}"))
    return NetworkLayer(layer, current)


@pytest.mark.usefixtures("_no_work")
def test_layers_whose_weights_have_a_mean_are_counted_before_any_work():
    layers = [_listed(i, _WITH_MEAN, layer="Linear", shape=[64 + i, 64 + i]) for i in range(MAX_FOLLOWED + 1)]
    with pytest.raises(OverLimit, match="have a mean") as refused:
        advise_network(layers)

    assert (refused.value.requested, refused.value.limit) == (MAX_FOLLOWED + 1, MAX_FOLLOWED)


@pytest.mark.usefixtures("_no_work")
def test_the_tensors_of_recurrent_stacks_are_counted_before_any_work():
    layers = [_listed(i, layer="GRU", units=8 + i, num_layers=64) for i in range(200)]
    with pytest.raises(OverLimit, match="tensors") as refused:
        advise_network(layers)

    assert (refused.value.requested, refused.value.limit) == (200 * 64 * 4, 2**15)


def test_layers_alike_but_for_their_names_are_followed_once():
    one = _listed(0, _WITH_MEAN, layer="Linear", shape=[64, 64])
    answer = advise_network([one.called(f"layers.{i}") for i in range(MAX_FOLLOWED + 1)])

    assert len(answer.layers) == MAX_FOLLOWED + 1


@pytest.mark.parametrize("framework", [None, "pytorch", "paddle", "candle", "keras", "mlx", "burn"])
@pytest.mark.parametrize(
    ("layer", "members"),
    [
        ("GRU", {}),
        ("RNN", {"bias": False}),
        ("LSTM", {"num_layers": 3}),
        ("LSTM", {"num_layers": 2, "bidirectional": True}),
        ("LSTM", {"num_layers": 2, "bidirectional": True, "proj_size": 4}),
        ("LSTM", {"bidirectional": True, "bias": False, "tensor": "input"}),
        ("Linear", {}),
    ],
)
def test_a_stack_has_as_many_tensors_as_are_counted(framework, layer, members):
    try:
        found = resolve(LayerDescription(layer=layer, framework=framework, **members), LinkOptions())
    except InvalidParameter:
        pytest.skip("the framework has no such layer")

    assert tensors_of_stack(found) in {0, len(Advisor(found).tensors())}
    assert (tensors_of_stack(found) > 0) == found.is_numbered


@pytest.mark.parametrize("activation", ["relu", "gelu", "tanh", "silu"])
def test_two_thousand_unlike_layers_are_not_too_much(activation):
    layers = [_listed(i, layer="Linear", shape=[400 + i, 400], activation=activation, depth=2000) for i in range(2000)]

    assert seconds(layers) < Settings().max_seconds
