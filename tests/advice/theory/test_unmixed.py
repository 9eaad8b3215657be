"""Identities and permutations: each unit goes its own way, by hand and against drawn stacks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from service.activations.names import find_activation
from service.advice.theory.mean_field import Surroundings, signal
from service.advice.theory.scaling import Scaling
from tests.advice.asking import ask


def predict(name, gain=1.0, **surroundings):
    scaling = Scaling(gain * gain, is_isometric=True, unit_gain=gain)
    return signal(find_activation(name).curves, scaling, Surroundings(**surroundings))


def test_a_rectifier_of_a_rectifier_is_the_same():
    """Half of the signal is lost in the first layer, nothing after it; measured by others: 0.50 through ten layers."""
    found = predict("relu", layers=10).depth

    assert found.forward == pytest.approx(0.5, rel=1e-12)
    assert found.backward == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "elu", "silu", "leaky_relu"])
@pytest.mark.parametrize("gain", [1.0, 0.9, -1.2])
@pytest.mark.parametrize("surroundings", [{"layers": 6}, {"layers": 3, "has_skips": True, "layers_per_branch": 2}])
def test_each_unit_goes_its_own_way(name, gain, surroundings):
    """The mean over many units that are drawn, layer by layer; the gradient by finite differences."""
    function = find_activation(name).function.function

    def through(z):
        if not surroundings.get("has_skips"):
            for _ in range(surroundings["layers"] - 1):
                z = gain * function(z)
            return z
        for _ in range(surroundings["layers"]):
            z = z + gain * function(gain * function(z))
        return z

    z, step = np.random.default_rng(1).normal(size=400_000), 1e-6
    slope = (through(z + step) - through(z - step)) / (2.0 * step)
    found = predict(name, gain, **surroundings).depth

    assert found.forward == pytest.approx(np.mean(through(z) ** 2), rel=0.03)
    assert found.backward == pytest.approx(np.mean(slope**2), rel=0.03)


@pytest.mark.parametrize("name", ["identity", "permutation"])
def test_the_verdict_on_an_identity_before_rectifiers_is_of_what_it_does(name):
    verdict = ask("Linear", shape=[64, 64], activation="relu", depth=10, current=(name, {}))["verdict"]

    assert verdict["evidence"]["depth"]["forward"] == 0.5
    assert verdict["evidence"]["fixed_point"] is None
    assert verdict["evidence"]["finite_width"]["reason"].startswith("each unit is fed from one other")
    assert verdict["judgement"] == "good"


def test_the_verdict_on_a_dirac_kernel_is_of_what_it_does():
    verdict = ask("Conv2d", shape=[64, 64, 3, 3], activation="relu", depth=10, current=("dirac", {}))["verdict"]

    assert verdict["evidence"]["depth"]["forward"] == pytest.approx(0.5)


@pytest.mark.parametrize("layers", [1, 200, 10_000])
@pytest.mark.parametrize("name", ["relu", "tanh", "exp", "square"])
@pytest.mark.parametrize("gain", [0.5, 3.0, 1e160])
def test_any_depth_has_an_answer(name, layers, gain):
    found = predict(name, gain, layers=layers).depth

    assert math.isfinite(found.forward)
    assert math.isfinite(found.backward)
