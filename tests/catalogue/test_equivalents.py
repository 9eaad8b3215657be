"""Each framework's calls, held against what the framework itself made, or against the formula in its source."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from service.catalogue.catalogue import CATALOGUE
from service.catalogue.equivalents import EQUIVALENTS, equivalents_of
from service.frameworks.registry import FRAMEWORKS
from tests.catalogue.formulas import FORMULAS, Elements, Orthogonal, OrthogonalConvolution, Sparse
from tests.initializers.making import make
from tests.oracles import stored_shape

FAN_IN, FAN_OUT = 300, 400

PAGES = [
    json.loads(path.read_text())
    for path in sorted((Path(__file__).parents[1] / "frameworks" / "recorded").glob("*_calls.json"))
]
TITLES = {framework.name: framework.title for framework in FRAMEWORKS}
RECORDED = {(TITLES[page["framework"]], record["call"]): record for page in PAGES for record in page["records"]}
BY_CALL = {(equivalent.framework, equivalent.call): equivalent for equivalent in EQUIVALENTS}
BY_FORMULA = {(framework, call): told for framework, calls in FORMULAS.items() for call, told in calls.items()}


def test_a_call_stands_in_the_table_once():
    assert len(BY_CALL) == len(EQUIVALENTS)


def test_every_call_is_held_against_its_framework():
    assert set(BY_CALL) == {*RECORDED, *BY_FORMULA}


@pytest.mark.parametrize("key", RECORDED, ids=" ".join)
def test_a_call_makes_what_the_framework_made(key):
    record, equivalent = RECORDED[key], BY_CALL[key]
    values = make(equivalent.initializer, tuple(record["shape"]), **equivalent.parameters)
    std, size = record["std"], values.size
    found = np.quantile(values, PAGES[0]["quantiles"])

    assert values.mean(dtype=np.float64) == pytest.approx(record["mean"], rel=1e-6, abs=8 * std / math.sqrt(size))
    assert values.std(dtype=np.float64) == pytest.approx(std, rel=8 / math.sqrt(size), abs=1e-9)
    np.testing.assert_allclose(found[1:-1], record["quantiles"][1:-1], atol=0.12 * std + 1e-7)
    if max(abs(quantile - record["mean"]) for quantile in record["quantiles"]) < 2.6 * std:
        np.testing.assert_allclose(found[[0, -1]], np.array(record["quantiles"])[[0, -1]], atol=0.005 * std)
    elif np.unique(values).size > size // 2:
        assert np.abs(found - record["mean"]).max() > 3.5 * std


@pytest.mark.parametrize("key", BY_FORMULA, ids=" ".join)
def test_a_call_makes_what_the_source_says(key):
    told, equivalent = BY_FORMULA[key], BY_CALL[key]
    made, parameters = equivalent.initializer, equivalent.parameters
    layout = parameters.get("layout", "out_in")
    if isinstance(told, Elements):
        np.testing.assert_allclose(make(made, told.shape, **parameters), told.of(told.shape), rtol=1e-6, atol=1e-7)
    elif isinstance(told, Orthogonal):
        kernel = (4, 2) if told.tap else ()
        values = make(made, stored_shape(40, 30, kernel, layout), **parameters)
        matrix = values[told.tap] if told.tap else values
        np.testing.assert_allclose(np.linalg.svd(matrix, compute_uv=False), told.scale, rtol=1e-5)
        assert np.count_nonzero(values) == matrix.size
    elif isinstance(told, OrthogonalConvolution):
        values = make(made, stored_shape(6, 4, told.kernel, layout), **parameters)
        matrices = np.fft.fftn(values, (8,) * len(told.kernel), axes=range(len(told.kernel)))
        np.testing.assert_allclose(np.linalg.svd(matrices, compute_uv=False), told.scale, rtol=1e-5)
    elif isinstance(told, Sparse):
        values = make(made, (FAN_OUT, FAN_IN), **parameters)
        assert set((values == 0).sum(told.axis)) == {math.ceil(0.9 * values.shape[told.axis])}
        assert values[values != 0].std() == pytest.approx(told.std, rel=0.04)
    else:
        law = told(FAN_IN, FAN_OUT) if callable(told) and not hasattr(told, "cdf") else told
        values = make(made, stored_shape(FAN_OUT, FAN_IN, (), layout), **parameters).reshape(-1).astype(np.float64)
        assert values.std() == pytest.approx(law.std(), rel=6 / math.sqrt(values.size))
        assert stats.kstest(values[::8], law.cdf).pvalue > 1e-5
        assert law.support()[0] * (1 + 1e-6) <= values.min() < values.max() <= law.support()[1] * (1 + 1e-6)


@pytest.mark.parametrize("equivalent", EQUIVALENTS, ids=lambda e: f"{e.framework} {e.call}")
def test_a_call_stands_on_the_page_that_its_name_finds(equivalent):
    """And on that of the entry that makes it. Caffe's names are values of a field."""
    assert equivalent in equivalents_of(CATALOGUE.get(equivalent.initializer))
    if equivalent.framework != "Caffe":
        assert equivalent in equivalents_of(CATALOGUE.get(equivalent.name))


def test_frameworks_mean_different_things_by_one_name():
    meanings = {
        (e.initializer, frozenset(dict(e.parameters).items()) - {("layout", "in_out"), ("layout", "out_kernel_in")})
        for e in EQUIVALENTS
        if e.name.lower().replace("_", "") == "henormal"
    }

    assert len(meanings) == 4
