"""Weights with a mean: what all units share, against stacks that are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from service.activations.names import find_activation
from service.advice.theory.coherent import follow
from service.advice.theory.mean_field import Surroundings, signal
from service.advice.theory.scaling import Scaling

UNIFORM = 12**-0.5
"""The standard deviation of a uniform number, over the width of its interval."""


def forward(name, mean, std, width, layers, **surroundings):
    """Return the prediction for a stack of square layers."""
    scaling = Scaling(width * (mean**2 + std**2), 0.0, False, width * mean, width)
    return signal(find_activation(name).curves, scaling, Surroundings(layers=layers, **surroundings))


def simulate(name, mean, std, width, layers, draws=8):
    """Return the mean of the forward ratios of stacks whose first pre-activations have the second moment 1."""
    rng, function, ratios = np.random.default_rng(11), find_activation(name).function.function, []
    for _ in range(draws):
        z = rng.normal(size=width)
        z /= np.sqrt(np.mean(z * z))
        for _ in range(layers - 1):
            z = rng.normal(mean, std, (width, width)) @ function(z)
        ratios.append(np.mean(z * z))
    return np.mean(ratios)


@pytest.mark.parametrize(
    ("mean", "std", "measured"),
    [(0.05, 0.1 * UNIFORM, 1.15e8), (0.1, 0.05, 3.0e10), (0.5, UNIFORM, 1.2e16)],
    ids=["U(0, 0.1)", "N(0.1, 0.05²)", "U(0, 1)"],
)
def test_rectifiers_of_positive_weights_explode_as_measured(mean, std, measured):
    """Measured by others on explicit matrices: five layers of 256 units."""
    assert forward("relu", mean, std, 256, 5).depth.forward == pytest.approx(measured, rel=0.05)


@pytest.mark.parametrize(
    ("name", "mean", "std", "layers"),
    [
        ("relu", 0.05, 0.03, 5),
        ("relu", 0.01, 0.07, 6),
        ("tanh", 0.05, 0.03, 6),
        ("tanh", 0.003, 0.06, 10),
        ("gelu", 0.02, 0.06, 6),
        ("sigmoid", 0.02, 0.06, 8),
        ("elu", 0.02, 0.03, 5),
        ("softplus", -0.01, 0.05, 5),
    ],
)
def test_the_second_moment_is_that_of_drawn_stacks(name, mean, std, layers):
    predicted = forward(name, mean, std, 256, layers).depth.forward

    assert predicted == pytest.approx(simulate(name, mean, std, 256, layers), rel=0.25)


def test_the_gradient_grows_as_in_drawn_stacks():
    """The mean over 30 draws of five layers with weights of N(0.1, 0.05²), by backpropagation: 3.0e8."""
    rng, ratios = np.random.default_rng(3), []
    relu = find_activation("relu").function
    for _ in range(30):
        z, seen = rng.normal(size=256), []
        for _ in range(4):
            seen.append((rng.normal(0.1, 0.05, (256, 256)), z))
            z = seen[-1][0] @ relu.function(z)
        last = gradient = rng.normal(size=256)
        for matrix, before in reversed(seen):
            gradient = relu.derivative(before) * (matrix.T @ gradient)
        ratios.append(np.sum(gradient**2) / np.sum(last**2))

    assert forward("relu", 0.1, 0.05, 256, 5).depth.backward == pytest.approx(np.mean(ratios), rel=0.5)


def test_units_that_share_their_signal_are_told():
    assert forward("relu", 0.05, 0.1 * UNIFORM, 256, 5).shared_part > 0.99
    assert forward("relu", 1e-4, 0.088, 256, 5).shared_part < 0.01


def test_blocks_add_their_branches():
    """Linear blocks of one layer with equal weights m / n: the shared part grows by 1 + m, the other stays."""
    scaling = Scaling(weight=0.25 / 100, mean=0.5, bias=0.0, inputs=100.0)
    path = follow(find_activation("linear").function, scaling, 3, layers_per_branch=1)

    assert path.last.spread == pytest.approx(1.0)
    shared = 0.0
    for _ in range(3):
        shared += math.sqrt((0.5 * shared) ** 2 + 0.25 / 100)
    assert path.last.shared == pytest.approx(shared, rel=1e-9)


def test_without_a_mean_it_is_the_usual_recursion():
    scaling = Scaling(weight=1.3, mean=0.0, bias=0.1, inputs=64.0)
    usual = signal(find_activation("tanh").curves, Scaling(1.3, 0.1), Surroundings(layers=8)).depth
    path = follow(find_activation("tanh").function, scaling, 7)

    assert math.exp(path.log_forward) == pytest.approx(usual.forward, rel=1e-6)
    assert math.exp(path.log_backward) == pytest.approx(usual.backward, rel=1e-6)


@pytest.mark.parametrize("layers", [1, 2, 10_000])
@pytest.mark.parametrize("name", ["relu", "tanh", "exp", "square", "sin"])
def test_any_depth_has_an_answer(name, layers):
    found = forward(name, 0.05, 0.1, 256, layers).depth

    assert math.isfinite(found.forward)
    assert math.isfinite(found.backward)
