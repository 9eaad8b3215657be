"""The defaults of the frameworks that run here, against what scripts/record_*_defaults.py recorded of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.frameworks.described import LAYERS_OF
from tests.initializers.making import initialize, make

RECORDED = Path(__file__).with_name("recorded")
RECORDED_FRAMEWORKS = sorted(path.stem.removesuffix("_defaults") for path in RECORDED.glob("*_defaults.json"))
RECORDS = [
    (framework, record)
    for framework in RECORDED_FRAMEWORKS
    for record in json.loads((RECORDED / f"{framework}_defaults.json").read_text())["records"]
]


def _id(value):
    return f"{value['layer']}.{value['tensor']}-{value['shape']}" if isinstance(value, dict) else value


def _request(record):
    """Return the shape and the parameters, with the names as the framework writes them."""
    return tuple(record["shape"]), {"layer": record["layer"], "tensor": record["tensor"], **record["parameters"]}


@pytest.mark.parametrize(("framework", "record"), RECORDS, ids=_id)
def test_layers_start_as_recorded(framework, record):
    shape, parameters = _request(record)
    values = make(f"{framework}_default", shape, **parameters)
    error = 7 / math.sqrt(2 * values.size)

    assert values.mean() == pytest.approx(record["mean"], abs=10 * record["std"] / math.sqrt(values.size) + 1e-8)
    assert values.std() == pytest.approx(record["std"], rel=error, abs=1e-9)


DRAWN = [(framework, record) for framework, record in RECORDS if record["std"] and record["mean"] != 0.25]
"""Without constants and the biases with a forget gate of 1."""

BOUNDED = [(framework, record) for framework, record in DRAWN if record["largest"] < 2.4 * record["std"]]
"""Uniforms, whose largest is 1.73 sigmas, and normals cut at 2, whose largest is 2.27."""


@pytest.mark.parametrize(("framework", "record"), DRAWN, ids=_id)
def test_the_standard_deviation_that_is_told_was_recorded(framework, record):
    shape, parameters = _request(record)
    facts = initialize(f"{framework}_default", shape, **parameters).facts

    assert facts.get("std_after", facts["std"]) == pytest.approx(record["std"], rel=5 / math.sqrt(2 * math.prod(shape)))


@pytest.mark.parametrize(("framework", "record"), BOUNDED, ids=_id)
def test_the_bound_that_is_told_was_recorded(framework, record):
    shape, parameters = _request(record)
    facts = initialize(f"{framework}_default", shape, **parameters).facts
    bound = facts.get("high", facts.get("bound")) * (facts["std_before"] if facts.get("bounds") == "sigma" else 1)

    assert bound * (1 - 30 / math.prod(shape)) <= record["largest"] <= bound * (1 + 1e-6)


@pytest.mark.parametrize(
    ("framework", "record"),
    [item for item in DRAWN if item not in BOUNDED and math.prod(item[1]["shape"]) > 1000],
    ids=_id,
)
def test_what_has_tails_there_has_them_here(framework, record):
    shape, parameters = _request(record)
    values = make(f"{framework}_default", shape, **parameters)

    assert np.abs(values).max() == pytest.approx(record["largest"], rel=0.25)


@pytest.mark.parametrize("framework", RECORDED_FRAMEWORKS)
def test_every_rule_is_recorded(framework):
    layers = LAYERS_OF[framework]
    recorded = set()
    for name, record in RECORDS:
        if name == framework:
            layer = layers.layer(record["layer"])
            recorded.add((layer, layers.tensor(layer, record["tensor"])))

    assert recorded == {(layer, tensor) for layer, tensors in layers.layers.items() for tensor in tensors}
