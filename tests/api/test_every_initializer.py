"""What holds over HTTP for every entry of the catalogue, by its sample in `tests.catalogue.samples`."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from urllib.parse import urlencode

import numpy as np
import pytest
import safetensors.numpy

from service.catalogue.catalogue import CATALOGUE
from service.formats.registry import FORMATS
from service.tensors.dtypes import DTYPES
from tests.catalogue.samples import COMPLEX, NAMES, SAMPLES
from tests.initializers.making import tensor

READERS: dict[str, Callable] = {
    "npy": lambda body, dtype: np.load(io.BytesIO(body)),
    "raw": np.frombuffer,
    "safetensors": lambda body, dtype: next(iter(safetensors.numpy.load(body).values())),
    "json": lambda body, dtype: np.array(json.loads(body)["data"], dtype),
}


def url(name, **changed):
    """Return a request for an entry's sample, some of whose parameters are changed."""
    shape, parameters = SAMPLES[name]
    return f"/weights/{name}?" + urlencode({"shape": ",".join(map(str, shape)), "seed": 1, **parameters, **changed})


@pytest.mark.parametrize("format_", READERS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "complex64", "complex128"])
@pytest.mark.parametrize("name", NAMES)
def test_other_readers_find_the_tensor_in_every_format(client, name, dtype, format_):
    if DTYPES[dtype].is_complex and (name not in COMPLEX or not FORMATS[format_].holds(DTYPES[dtype])):
        return
    shape, parameters = SAMPLES[name]
    response = client.get(url(name, dtype=dtype, format=format_))
    stream = CATALOGUE.get(name)(**parameters).tensor_name(parameters.get("tensor", ""))
    expected = tensor(name, shape, dtype=dtype, name=stream, **parameters).read()

    assert response.status_code == 200, response.text
    assert READERS[format_](response.content, DTYPES[dtype].storage).reshape(-1).tobytes() == expected.tobytes()


def _choices(schema):
    return [choice for choice in schema.get("anyOf", [schema]) if choice.get("type") != "null"]


def _outside(schema):
    """Yield texts of values that a parameter's schema does not allow."""
    for choice in _choices(schema):
        if "enum" in choice or choice.get("type") == "boolean":
            yield "no-such-value"
        if choice.get("type") not in {"number", "integer"}:
            continue
        yield from ("x", "nan", "inf", "-inf", "1e999")
        if choice["type"] == "integer":
            yield "1.5"
        for end, away in (("minimum", -1), ("maximum", 1)):
            if end in choice:
                beyond = choice[end] + away * (1 if choice["type"] == "integer" else max(1e-9, 1e-3 * abs(choice[end])))
                yield repr(beyond)
        for end in ("exclusiveMinimum", "exclusiveMaximum"):
            if end in choice:
                yield repr(choice[end])


def _extreme(schema):
    """Yield the outermost numbers that a parameter's schema allows."""
    for choice in _choices(schema):
        if choice.get("type") in {"number", "integer"}:
            ends = [choice[end] for end in ("minimum", "maximum") if end in choice]
            above, below = choice.get("exclusiveMinimum", -math.inf), choice.get("exclusiveMaximum", math.inf)
            ends += [math.nextafter(above, math.inf), math.nextafter(below, -math.inf), 5e-324, 1e308, -1e308, -0.0]
            least, most = choice.get("minimum", -math.inf), choice.get("maximum", math.inf)
            allowed = (end for end in ends if least <= end <= most and above < end < below)
            yield from (repr(int(end) if choice["type"] == "integer" else float(end)) for end in allowed)


def _cases(values):
    return [
        (kind.name, parameter, value)
        for kind in CATALOGUE
        for parameter, schema in kind.model_json_schema().get("properties", {}).items()
        for value in dict.fromkeys(values(schema))
    ]


@pytest.mark.parametrize(("name", "parameter", "value"), _cases(_outside))
def test_a_value_outside_of_its_schema_is_refused_by_its_parameters_name(client, name, parameter, value):
    response = client.get(url(name, **{parameter: value}))

    assert response.status_code == 422, response.text
    assert parameter in {error["parameter"] for error in response.json()["errors"]}


@pytest.mark.parametrize(("name", "parameter", "value"), _cases(_extreme))
def test_the_outermost_numbers_make_a_tensor_or_are_refused(client, name, parameter, value):
    """By some parameter's name, for what is too large may be so only together with another."""
    response = client.get(url(name, **{parameter: value}))

    assert response.status_code in {200, 422}, response.text
    if response.status_code == 422:
        assert all(error["parameter"] for error in response.json()["errors"])
    else:
        assert b"null" not in response.content
        assert np.isfinite(np.array(response.json()["data"])).all()
