from __future__ import annotations

import math

import numpy as np
import pytest

from service.activations import gains
from service.activations.names import NAMES, choose
from service.activations.table import PARAMETRISED, PLAIN, from_table
from service.tensors.errors import InvalidParameter

ACTIVATIONS = [*PLAIN.values(), *(make(default) for _, default, make in PARAMETRISED.values())]


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda a: a.name)
def test_the_derivative_is_that_of_the_function(activation):
    step = 1e-6
    z = np.linspace(-9.973, 9.981, 1001)
    z = z[np.all(np.abs(z[:, None] - np.array([*activation.kinks, 1e9])) > 2 * step, axis=1)]
    difference = (activation.function(z + step) - activation.function(z - step)) / (2 * step)

    np.testing.assert_allclose(activation.derivative(z), difference, rtol=1e-5, atol=2e-8)


@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS if a.degree is not None], ids=lambda a: a.name)
def test_a_degree_is_kept_by_scaling(activation):
    z = np.linspace(-5, 5, 101)

    np.testing.assert_allclose(activation.function(3 * z), 3**activation.degree * activation.function(z), rtol=1e-13)


GATED = {"glu", "reglu", "geglu", "swiglu", "bilinear"}
GAINS = [
    (name, rule)
    for name in gains.NONLINEARITIES
    for rule in ("forward", "backward", "centered")
    if not name.startswith("maxout") and not (name in GATED and rule == "backward")
]


@pytest.mark.parametrize(("name", "rule"), GAINS)
def test_the_moments_give_the_gains_of_the_initializers(name, rule):
    """`gains.json` was computed by mpmath, to thirty digits."""
    expected = gains.gain(gains._canonical(name), rule=rule)
    one = choose(name, {}).curves.at_one
    found = {"forward": one.second, "backward": one.slope_second, "centered": one.second - one.mean**2}[rule][0]

    assert 1 / math.sqrt(found) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("pieces", [2, 3, 4, 5, 8])
def test_maxout_has_the_gain_of_the_initializers(pieces):
    found = choose("maxout", {"pieces": float(pieces)}).curves.at_one

    assert 1 / math.sqrt(found.second[0]) == pytest.approx(gains.gain(f"maxout_{pieces}"), rel=1e-9)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ReLU", "relu"), ("LeakyReLU", "leaky_relu"), ("SiLU", "silu"), ("swish", "silu"), ("Hardswish", "hard_swish"),
     ("GELU", "gelu"), ("gelu_new", "gelu_tanh"), ("ELU", "elu"), ("Tanh", "tanh"), ("LogSigmoid", "log_sigmoid"),
     ("identity", "linear"), ("softmax", "linear"), ("SwiGLU", "swiglu"), ("relu-6", "relu6")],
)  # fmt: skip
def test_activations_are_known_as_frameworks_write_them(typed, meant):
    assert choose(typed, {}).name == meant


def test_maxout_may_have_its_number_in_its_name():
    assert choose("maxout_4", {}) == choose("maxout", {"pieces": 4.0})


@pytest.mark.parametrize("typed", ["", "rleu", "table", "maxout_1", "maxout_65", "gelu\n\0", "é" * 128])
def test_an_unknown_activation_is_refused(typed):
    with pytest.raises(InvalidParameter):
        choose(typed, {})


def test_an_unknown_activation_is_answered_with_the_nearest():
    with pytest.raises(InvalidParameter, match="did you mean relu"):
        choose("rleu", {})


def test_an_activation_takes_its_own_parameter_only():
    assert choose("elu", {"alpha": 0.5}).value == 0.5
    with pytest.raises(InvalidParameter, match="relu has no alpha"):
        choose("relu", {"alpha": 0.5})


def test_every_name_has_moments_at_every_scale():
    for name in NAMES[:-1]:
        assert np.isfinite(choose(name, {}).curves.table).all(), name


def test_a_table_is_the_function_through_its_points():
    activation = from_table((-1.0, 0.0, 2.0), (0.0, 1.0, 0.0))
    np.testing.assert_allclose(activation.function(np.array([-2.0, -0.5, 1.0, 4.0])), [-1.0, 0.5, 0.5, -1.0])
    np.testing.assert_allclose(activation.derivative(np.array([-2.0, -0.5, 1.0, 4.0])), [1.0, 1.0, -0.5, -0.5])
