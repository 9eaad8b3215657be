"""Descriptions of layers, straight to the advisor."""

from __future__ import annotations

import json

import orjson

from service.advice.advisor import advise
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.catalogue.catalogue import CATALOGUE


def ask(layer, current=None, **members):
    """Return the answer as a client reads it. `current` is an initializer's name and its parameters."""
    name, parameters = current or (None, {})
    initializer = None if name is None else CATALOGUE.get(name)(**parameters)
    answer = advise(resolve(LayerDescription(layer=layer, **members), LinkOptions()), initializer)
    return json.loads(orjson.dumps(answer))


def choices(answer):
    """Return the initializers that the answer names, the recommended first."""
    found = [answer["recommendation"], *answer["alternatives"]]
    return [choice["weights"]["initializer"] for choice in found]
