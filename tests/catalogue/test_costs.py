"""What each entry of the catalogue is estimated to take, before anything of it is made."""

from __future__ import annotations

import math

import pytest

from service.formats.registry import FORMATS
from service.requests.faults import InvalidRequest
from service.requests.members import Members
from service.requests.representation import parse_representation
from service.tensors import source as source_module
from service.tensors.dtypes import DTYPES
from tests.catalogue.samples import NAMES, SAMPLES


def _cost(name, dtype="float32", format_="raw", **members):
    shape, parameters = SAMPLES[name]
    given = {"shape": list(shape), "seed": 1, "dtype": dtype, "format": format_, **parameters, **members}
    return parse_representation(name, Members(given, in_body=True), "", 1).body.cost


@pytest.mark.parametrize("name", NAMES)
def test_each_entry_takes_some_time_in_every_dtype_and_format_that_it_has(name):
    told = 0
    for dtype in DTYPES:
        for format_ in ("json", "raw"):
            if not FORMATS[format_].holds(DTYPES[dtype]):
                continue
            try:
                cost = _cost(name, dtype, format_)
            except InvalidRequest:
                continue
            told += 1
            assert 0.0 < cost.seconds < 0.1
            assert math.isfinite(cost.seconds)
    assert told >= 2


@pytest.mark.parametrize("name", NAMES)
def test_text_takes_longer_than_bytes(name):
    assert _cost(name, format_="json").seconds > _cost(name, format_="raw").seconds


@pytest.mark.parametrize("name", NAMES)
def test_an_estimate_makes_nothing(name, monkeypatch):
    def refuse(*arguments):
        raise AssertionError

    for kind in (source_module.UniformSource, source_module.NormalSource, source_module.ArraySource):
        monkeypatch.setattr(kind, "fill", refuse)
    monkeypatch.setattr("service.tensors.pattern.Pattern.fill", refuse)
    _cost(name)


@pytest.mark.parametrize("name", ["normal", "uniform", "he_normal", "sinusoidal", "sparse", "icnr", "linspace", "lru"])
def test_more_elements_take_longer(name):
    def seconds(rows):
        parameters = {"icnr": {"shape": [4 * rows, 3, 2, 2]}}.get(name, {"shape": [rows, 64]})
        return _cost(name, **parameters).seconds

    assert seconds(1000) < seconds(100_000) < seconds(10_000_000)


@pytest.mark.parametrize("name", ["normal", "uniform", "truncated_normal", "he_normal", "sparse", "icnr"])
def test_the_elements_of_a_column_take_longer_than_those_of_a_row(name):
    shape = [4096, 4096, 2, 2] if name == "icnr" else [4096, 4096]
    row, column = (_cost(name, shape=shape, slice=text) for text in ("7", ":,7"))

    assert row.seconds / row.elements <= column.seconds / column.elements


def test_the_first_element_of_a_long_window_takes_the_sum_of_all():
    long = _cost("stft", shape=[2**20, 1, 2], slice="0,0,0")

    assert long.seconds > 0.05
    assert long.seconds > 100 * _cost("stft", shape=[64, 1, 2], slice="0,0,0").seconds
