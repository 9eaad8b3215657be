"""Arrays as NumPy's and PyTorch's users make them."""

from __future__ import annotations

import math

import pytest

from service.requests.array_calls import read_array_call

ARRAYS = [
    ("np.random.randn(3, 4)", "normal", [3, 4], 1.0),
    ("np.random.randn(3, 4) * 0.01", "normal", [3, 4], 0.01),
    ("0.01 * np.random.randn(3,4)", "normal", [3, 4], 0.01),
    ("np.random.randn(3,4)*np.sqrt(2)", "normal", [3, 4], math.sqrt(2.0)),
    ("np.random.standard_normal((3, 4))", "normal", [3, 4], 1.0),
    ("torch.randn(2, 3)", "normal", [2, 3], 1.0),
    ("torch.rand(2,3)", "uniform", [2, 3], math.sqrt(1 / 12)),
    ("torch.zeros(2, 3)", "zeros", [2, 3], None),
    ("np.zeros((2,3))", "zeros", [2, 3], None),
    ("torch.ones([2])", "ones", [2], None),
    ("np.eye(3)", "identity", [3, 3], None),
    ("torch.eye(3, 4)", "identity", [3, 4], None),
]


@pytest.mark.parametrize(("text", "name", "shape", "std"), ARRAYS)
def test_an_array_is_its_law_and_its_shape(client, text, name, shape, std):
    reply = client.get(f"/weights/{text}?format=json")
    parameters = reply.json()["parameters"]

    assert reply.json()["shape"] == shape
    assert parameters["initializer"] == name
    assert parameters.get("std") == (std if std is None else pytest.approx(std))
    assert "notes" not in parameters


@pytest.mark.parametrize(("text", "std"), [("np.random.randn(n, m) * 0.01", "0.01"), ("randn * 0.1", "0.1")])
def test_sizes_that_are_no_numbers_are_the_requests(client, text, std):
    reply = client.get(f"/weights/{text}?shape=2,3&format=npy")

    assert f"std={std}" in reply.headers["Content-Location"]


@pytest.mark.parametrize(
    "text",
    [
        "zeros_(w)", "np.random.rand(3, 4) * 2", "zeros() * 2", "keras.initializers.Zeros()",
        "jax.nn.initializers.zeros(k, s)",
        "normal(0, 1)", "randn * n",
        "randn(2) * 0.1 + 5", "5 + 0.1 * randn(2)", "*", "2 * 3", "zeros", "x * randn(", "zeros(shape=3)",
        "randn(1)*" * 100,
    ],
)  # fmt: skip
def test_what_is_no_such_array_is_left_to_others(text):
    assert read_array_call(text) is None
