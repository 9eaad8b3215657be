"""Descriptions of layers, straight to the advisor."""

from __future__ import annotations

import json

import orjson

from service.advice.advisor import advise
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.network.network import advise_network
from service.advice.network.network_layer import NetworkLayer
from service.catalogue.catalogue import CATALOGUE


def ask(layer, current=None, **members):
    """Return the answer as a client reads it. `current` is an initializer's name and its parameters."""
    name, parameters = current or (None, {})
    initializer = None if name is None else CATALOGUE.get(name)(**parameters)
    answer = advise(resolve(LayerDescription(layer=layer, **members), LinkOptions()), initializer)
    return json.loads(orjson.dumps(answer))


def ask_network(*layers, **members):
    """Return the answer for layers, each a dictionary of members; `members` are those that they share."""
    network_layers = []
    for number, given in enumerate(layers):
        layer = {name: value for name, value in given.items() if name != "name"}
        links = LinkOptions(name=given.get("name", f"layer{number}"))
        resolved = resolve(LayerDescription(**{**members, **layer}), links)
        network_layers.append(NetworkLayer(resolved, own=frozenset(given)))
    return json.loads(orjson.dumps(advise_network(network_layers)))


def choices(answer):
    """Return the initializers that the answer names, the recommended first."""
    found = [answer["recommendation"], *answer["alternatives"]]
    return [choice["weights"]["initializer"] for choice in found]
