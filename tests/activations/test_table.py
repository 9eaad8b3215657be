from __future__ import annotations

import math

import numpy as np
import pytest

from service.activations.gains import gain
from service.activations.names import NAMES, find_activation
from service.activations.pointwise import piecewise_linear
from service.activations.table import ACTIVATIONS
from service.advice.layer.description import LayerDescription

POINTWISE = {family.name: family.activation().function for family in ACTIVATIONS if family.function is not None}


@pytest.mark.parametrize("name", POINTWISE)
def test_the_derivative_is_that_of_the_function(name):
    function = POINTWISE[name]
    step = 1e-6
    z = np.linspace(-9.973, 9.981, 1001)
    z = z[np.all(np.abs(z[:, None] - np.array([*function.kinks, 1e9])) > 2 * step, axis=1)]
    difference = (function.function(z + step) - function.function(z - step)) / (2 * step)

    np.testing.assert_allclose(function.derivative(z), difference, rtol=1e-5, atol=2e-8)


@pytest.mark.parametrize("name", [name for name, function in POINTWISE.items() if function.degree is not None])
def test_a_degree_is_kept_by_scaling(name):
    function = POINTWISE[name]
    z = np.linspace(-5, 5, 101)

    np.testing.assert_allclose(function.function(3 * z), 3**function.degree * function.function(z), rtol=1e-13)


GATED = {"glu", "reglu", "geglu", "swiglu", "bilinear"}
GAINS = [
    (name, rule)
    for name in NAMES
    for rule in ("forward", "backward", "centered")
    if not name.startswith("maxout") and not (name in GATED and rule == "backward")
]


@pytest.mark.parametrize(("name", "rule"), GAINS)
def test_the_moments_give_the_gains_of_the_initializers(name, rule):
    """The gains were computed by mpmath, to thirty digits."""
    expected = gain(name, rule=rule)
    one = find_activation(name).curves.at_one
    found = {"forward": one.second, "backward": one.slope_second, "centered": one.second - one.mean**2}[rule][0]

    assert 1 / math.sqrt(found) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("pieces", [2, 3, 4, 5, 8])
def test_maxout_has_the_gain_of_the_initializers(pieces):
    found = find_activation(f"maxout_{pieces}").curves.at_one

    assert 1 / math.sqrt(found.second[0]) == pytest.approx(gain(f"maxout_{pieces}"), rel=1e-9)


@pytest.mark.slow
def test_every_name_has_moments_at_every_scale():
    for name in NAMES:
        assert np.isfinite(find_activation(name).curves.table).all(), name


def test_a_table_is_the_function_through_its_points():
    function = piecewise_linear((-1.0, 0.0, 2.0), (0.0, 1.0, 0.0))
    np.testing.assert_allclose(function.function(np.array([-2.0, -0.5, 1.0, 4.0])), [-1.0, 0.5, 0.5, -1.0])
    np.testing.assert_allclose(function.derivative(np.array([-2.0, -0.5, 1.0, 4.0])), [1.0, 1.0, -0.5, -0.5])


PARAMETERS = {family.parameter.name: family.parameter for family in ACTIVATIONS if family.parameter is not None}


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
def test_a_description_takes_each_parameter_in_the_range_of_the_table(parameter):
    (schema, _) = LayerDescription.model_json_schema()["properties"][parameter.name]["anyOf"]
    lowest = "exclusiveMinimum" if parameter.excludes_lowest else "minimum"

    assert (schema[lowest], schema["maximum"]) == (parameter.lowest, parameter.highest)
    assert schema["type"] == ("integer" if parameter.is_whole else "number")
    assert parameter.accepts(parameter.default)


@pytest.mark.parametrize(
    ("parameter", "value", "is_accepted"),
    [("alpha", 0.0, False), ("alpha", 1e-9, True), ("alpha", 1e3, True), ("alpha", 1001.0, False),
     ("negative_slope", -1e3, True), ("negative_slope", -1001.0, False), ("pieces", 2.0, True), ("pieces", 2.5, False),
     ("pieces", 65.0, False), ("omega", math.nan, False)],
)  # fmt: skip
def test_a_parameter_has_a_range(parameter, value, is_accepted):
    assert PARAMETERS[parameter].accepts(value) is is_accepted
