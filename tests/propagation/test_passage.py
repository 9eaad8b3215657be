"""What is measured, against the same network in NumPy and binary64, made of the tensors that `/weights` serves."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from service.activations.names import find_activation
from service.propagation.passage import Passage
from service.propagation.stack import Place, Stack


class _Given:
    """Matrices and biases that are no draws."""

    def __init__(self, stack, matrices):
        self.stack, self.matrices = stack, matrices

    def matrix(self, place):
        return self.matrices[place.number - 1]

    def biases(self, place):
        return 0.1 * np.ones((self.stack.widths[0], 1))


def _tensor(client, href, seed, number=None):
    url = href.replace("{seed}", seed).replace("{layer}", str(number)).replace("{block}", str(number))
    response = client.get(f"{url.replace('&format=safetensors', '')}&format=npy")
    assert response.status_code == 200, response.text
    return np.load(io.BytesIO(response.content)).astype(np.float64)


def _matrices(client, answer, candidate, seed):
    made = {}
    for tensors in candidate["tensors"]:
        first, last = tensors["numbers"]
        for number in range(first, last + 1):
            made[number, tensors["name"]] = _tensor(client, tensors["href"], seed, number)
    return [made[key] for key in sorted(made)]


def _told(values):
    return [float(f"{value:.4g}") for value in values]


def test_anyone_finds_the_same_with_the_tensors_that_are_told(client):
    asked = {"widths": [24, 40, 40, 10], "activation": "tanh", "candidates": ["lecun_normal"], "seed": 7, "seeds": 1}
    answer = client.post("/propagation", json=asked).json()
    candidate = answer["candidates"][0]
    x = _tensor(client, answer["inputs"]["href"], "7")
    gradient = _tensor(client, answer["output_gradient"]["href"], "7")

    states = [x]
    matrices = _matrices(client, answer, candidate, "7")
    for matrix in matrices:
        states.append(np.tanh(states[-1]) @ matrix.T)
    gradients = [gradient]
    for matrix, state in zip(reversed(matrices), reversed(states[:-1]), strict=True):
        gradients.insert(0, (gradients[0] @ matrix) * (1.0 - np.tanh(state) ** 2))

    signal = [np.mean(np.mean(z**2, 1) / np.mean(states[0] ** 2, 1)) for z in states]
    backward = [np.mean(np.mean(g**2, 1) / np.mean(gradient**2, 1)) for g in gradients]
    assert candidate["signal"]["measured"] == pytest.approx(_told(signal), rel=2e-4)
    assert candidate["gradient"]["measured"] == pytest.approx(_told(backward), rel=2e-4)


@pytest.mark.parametrize(
    ("is_residual", "normalization", "position"),
    [
        *((False, normalization, None) for normalization in ("none", "layer", "rms", "batch")),
        *((True, normalization, None) for normalization in ("none", "batch")),
        *((True, normalization, position) for normalization in ("layer", "rms") for position in ("pre", "post")),
    ],
)
def test_gradients_are_those_of_finite_differences(is_residual, normalization, position):
    """The way back is the transpose of the forward pass's derivative."""
    rng = np.random.default_rng(3)
    width, inputs = 12, 5

    stack = Stack(
        (width, width), find_activation("tanh").function, 1.3, normalization, is_residual, position == "post",
        2 if is_residual else 1, 0.7,
    )  # fmt: skip
    given: Any = _Given(stack, [rng.standard_normal((width, width)).astype(np.float32) / 3 for _ in range(2)])
    passage = Passage(given)

    def forward(z):
        return passage.block(1, z) if is_residual else passage.layer(Place(1), z)

    z, direction, gradient = (rng.standard_normal((width, inputs)) for _ in range(3))
    step = 2e-2
    _, back = forward(z)
    change = (forward(z + step * direction)[0] - forward(z - step * direction)[0]) / (2 * step)
    assert np.sum(change * gradient) == pytest.approx(np.sum(direction * back(gradient)), rel=5e-3, abs=5e-3)
