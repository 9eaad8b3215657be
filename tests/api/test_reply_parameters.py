"""The `parameters` of a reply in JSON: the Open Inference Protocol has room for strings, numbers and booleans alone.

https://github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md: `$parameter_value`.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.catalogue.catalogue import CATALOGUE
from tests.catalogue.samples import NAMES, SAMPLES

GATED = [name for name in NAMES if "gates" in CATALOGUE.get(name).model_fields and CATALOGUE.get(name).ranks[0] <= 2]
BARE = ("he", "xavier", "lecun", "lora", "HeNormal", "TruncatedNormal", "RandomNormal")
"""Names on which a reply has a note."""


def _parameters(client, name, **query):
    reply = client.get(f"/weights/{name}?" + urlencode({"seed": 1, **query}))
    assert reply.status_code == 200, reply.text
    return reply.json()["parameters"]


def _needed(name):
    """Return the parameters of the entry's sample, but for those that say how the shape is to be read."""
    return {key: value for key, value in SAMPLES[name][1].items() if key not in {"layout", "groups", "gates"}}


def _are_scalars(parameters):
    return all(isinstance(value, str | int | float) for value in parameters.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_every_entry_is_a_scalar(client, name):
    shape, parameters = SAMPLES[name]

    assert _are_scalars(_parameters(client, name, shape=",".join(map(str, shape)), **parameters))


@pytest.mark.slow
@settings(derandomize=True, deadline=None)
@given(name=st.sampled_from(GATED), gates=st.lists(st.integers(1, 5), min_size=2, max_size=4), width=st.integers(1, 6))
def test_gates_of_their_own_sizes_are_told_in_texts_of_numbers(client, name, gates, width):
    parameters = _parameters(
        client, name, shape=f"{sum(gates)},{width}", gates=",".join(map(str, gates)), **_needed(name)
    )

    assert _are_scalars(parameters)
    if len(set(gates)) > 1:
        assert parameters["gates"] == ",".join(map(str, gates))
        for value in (parameters.get("fan_out"), parameters.get("std")):
            assert not isinstance(value, str) or len([float(number) for number in value.split(",")]) == len(gates)


@pytest.mark.slow
@settings(derandomize=True, deadline=None)
@given(name=st.sampled_from(BARE), shape=st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_notes_are_one_text(client, name, shape):
    parameters = _parameters(client, name, shape=",".join(map(str, shape)))

    assert _are_scalars(parameters)
    assert parameters["notes"].endswith(".")
