"""Descriptions of layers, straight to the advisor."""

from __future__ import annotations

import json

import orjson

from service.advice.advisor import advise
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.network import NetworkLayer, advise_network
from service.catalogue.catalogue import CATALOGUE


def ask(layer, current=None, **members):
    """Return the answer as a client reads it. `current` is an initializer's name and its parameters."""
    name, parameters = current or (None, {})
    initializer = None if name is None else CATALOGUE.get(name)(**parameters)
    answer = advise(resolve(LayerDescription(layer=layer, **members), LinkOptions()), initializer)
    return json.loads(orjson.dumps(answer))


def ask_network(*layers, **members):
    """Return the answer for layers, each a dictionary of members; `members` are those that they share."""
    resolved = [
        resolve(LayerDescription(**members, **layer), LinkOptions(name=f"layer{number}"))
        for number, layer in enumerate(layers)
    ]
    return json.loads(orjson.dumps(advise_network([NetworkLayer(layer) for layer in resolved])))


def choices(answer):
    """Return the initializers that the answer names, the recommended first."""
    found = [answer["recommendation"], *answer["alternatives"]]
    return [choice["weights"]["initializer"] for choice in found]
