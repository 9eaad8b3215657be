"""Predictions against stacks of layers with the service's own weights."""

from __future__ import annotations

import numpy as np
import pytest

from service.activations.names import find_activation
from tests.advice.asking import ask
from tests.initializers.making import make

DEPTH, WIDTH, DRAWS = 12, 256, 16

PAIRS = [
    ("relu", "he_normal", {}),
    ("relu", "he_uniform", {}),
    ("relu", "orthogonal", {"gain": 2**0.5}),
    ("relu", "glorot_uniform", {}),
    ("relu", "pytorch_default", {"layer": "Linear", "tensor": "weight"}),
    ("leaky_relu", "he_normal", {"nonlinearity": "leaky_relu", "negative_slope": 0.01}),
    ("tanh", "glorot_uniform", {}),
    ("tanh", "lecun_normal", {"distribution": "truncated_normal"}),
    ("tanh", "orthogonal", {}),
    ("tanh", "glorot_normal", {"nonlinearity": "tanh", "gain_rule": "pytorch"}),
    ("selu", "lecun_normal", {}),
    ("selu", "orthogonal", {}),
    ("elu", "he_normal", {"nonlinearity": "elu"}),
    ("gelu", "he_normal", {}),
    ("silu", "he_normal", {}),
    ("sigmoid", "glorot_uniform", {}),
    ("softplus", "lecun_normal", {}),
    ("linear", "orthogonal", {}),
]


def simulate(activation, initializer, parameters, seed):
    """Return the ratios of a stack whose first pre-activations are normal, with second moment 1."""
    rng = np.random.default_rng(seed)
    matrices = [
        make(initializer, (WIDTH, WIDTH), seed=seed, name=f"layers.{i}.weight", **parameters).astype(np.float64)
        for i in range(1, DEPTH)
    ]
    z = rng.normal(size=WIDTH)
    z /= np.sqrt(np.mean(z * z))
    seen = [z]
    for matrix in matrices:
        seen.append(matrix @ activation.function(seen[-1]))
    gradient = last = rng.normal(size=WIDTH)
    for matrix, z in zip(reversed(matrices), reversed(seen[:-1]), strict=True):
        gradient = activation.derivative(z) * (matrix.T @ gradient)
    return np.mean(seen[-1] ** 2), np.sum(gradient**2) / np.sum(last**2)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "initializer", "parameters"), PAIRS)
def test_a_stack_does_as_predicted(name, initializer, parameters):
    current = (initializer, parameters)
    answer = ask("dense", shape=[WIDTH, WIDTH], activation=name, depth=DEPTH, bias=False, current=current)
    evidence = answer["verdict"]["evidence"]
    draws = np.array([simulate(find_activation(name).function, initializer, parameters, seed) for seed in range(DRAWS)])

    for ratios, direction in zip(draws.T, ("forward", "backward"), strict=True):
        low, high = evidence["finite_width"][f"{direction}_interval"]
        predicted = evidence["depth"][direction]
        margin = 1.02  # an interval without width, as of a linear orthogonal stack, is met to rounding
        inside = np.mean((ratios >= low / margin) & (ratios <= high * margin))

        assert inside >= 0.75, (direction, low, high, ratios)
        assert low / margin <= np.exp(np.mean(np.log(ratios))) <= high * margin
        # The mean of a ratio is the prediction itself.
        scatter = np.std(np.log(ratios)) / np.sqrt(DRAWS)
        assert abs(np.log(ratios.mean() / predicted)) < 4 * scatter + 0.15, direction
