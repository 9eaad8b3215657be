"""Arrays as NumPy's and PyTorch's users make them."""

from __future__ import annotations

import math
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.requests.code.arrays.array_calls import read_array_call
from service.requests.code.arrays.array_laws import UnreadableArray

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
    ("np.random.rand(3, 4) * 2", "uniform", [3, 4], math.sqrt(1 / 3)),
    ("(np.random.rand(3, 4) - 0.5) * 0.1", "uniform", [3, 4], 0.1 * math.sqrt(1 / 12)),
    ("2 * np.random.random((3, 4)) - 1", "uniform", [3, 4], math.sqrt(1 / 3)),
    ("np.random.randn(3, 4) / np.sqrt(4)", "normal", [3, 4], 0.5),
    ("5 + 0.1 * torch.randn(2)", "normal", [2], 0.1),
    ("1 - np.random.randn(2)", "normal", [2], 1.0),
    ("-torch.randn(2, 3)", "normal", [2, 3], 1.0),
    ("np.zeros((2, 3)) * 2", "zeros", [2, 3], None),
    ("np.ones(3) * 0.5", "constant", [3], None),
    ("np.full((2, 3), 0.5)", "constant", [2, 3], None),
    ("np.full(shape=(2, 3), fill_value=0)", "zeros", [2, 3], None),
    ("torch.full((2, 3), 0.1)", "constant", [2, 3], None),
    ("np.eye(3) * 0.5", "identity", [3, 3], None),
    ("np.random.normal(0, 0.02, (2, 3))", "normal", [2, 3], 0.02),
    ("np.random.normal(loc=0.0, scale=0.02, size=[2, 3])", "normal", [2, 3], 0.02),
    ("np.random.uniform(size=(2, 3))", "uniform", [2, 3], math.sqrt(1 / 12)),
    ("np.random.uniform(-1, 1, (2, 3))", "uniform", [2, 3], math.sqrt(1 / 3)),
    ("rng.normal(0, 0.02, size=(2, 3))", "normal", [2, 3], 0.02),
    ("torch.normal(mean=0.0, std=0.02, size=(2, 3))", "normal", [2, 3], 0.02),
    ("torch.randn(2, 3).mul_(0.01)", "normal", [2, 3], 0.01),
    ("torch.randn(2, 3).div(4).add_(1)", "normal", [2, 3], 0.25),
    ("torch.empty(2, 3).normal_(0, 0.02)", "normal", [2, 3], 0.02),
    ("torch.empty(2, 3).uniform_(-1, 1)", "uniform", [2, 3], math.sqrt(1 / 3)),
    ("torch.empty(2, 3).fill_(0.1)", "constant", [2, 3], None),
    ("nn.Parameter(torch.randn(2, 3) * 0.02)", "normal", [2, 3], 0.02),
    ("torch.from_numpy(np.random.randn(2, 3)).float()", "normal", [2, 3], 1.0),
    ("jax.random.normal(key, (2, 3)) * 0.02", "normal", [2, 3], 0.02),
    ("random.normal(key, (2, 3))", "normal", [2, 3], 1.0),
    ("jax.random.uniform(key, (2, 3), minval=-1, maxval=1)", "uniform", [2, 3], math.sqrt(1 / 3)),
    ("tf.random.normal([2, 3], stddev=0.02)", "normal", [2, 3], 0.02),
    ("tf.zeros([2, 3])", "zeros", [2, 3], None),
    ("Tensor.randn(2, 3)", "normal", [2, 3], 1.0),
    ("Tensor.uniform(2, 3, low=-1, high=1)", "uniform", [2, 3], math.sqrt(1 / 3)),
    ("mx.random.normal((2, 3), scale=0.02)", "normal", [2, 3], 0.02),
    ("mx.random.normal(0, 0.02, shape=(2, 3))", "normal", [2, 3], 0.02),
    ("mx.random.uniform(-1, 1, (2, 3))", "uniform", [2, 3], math.sqrt(1 / 3)),
    ("randn(Float32, 2, 3) .* 0.01f0", "normal", [2, 3], 0.01),
    ("torch::randn({2, 3}) * 0.01", "normal", [2, 3], 0.01),
    ("randn(Float32, 2, 3) .* 0.01", "normal", [2, 3], 0.01),
    ("np.random.randn(2 * 2, 3)", "normal", [4, 3], 1.0),
]


@pytest.mark.parametrize(("text", "name", "shape", "std"), ARRAYS)
def test_an_array_is_its_law_and_its_shape(client, text, name, shape, std):
    reply = client.get(f"/weights/{quote(text, safe='')}?format=json")
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
        "zeros_(w)", "keras.initializers.Zeros()", "jax.nn.initializers.zeros(k, s)", "torch.nn.init.normal_(w)",
        "normal(0, 1)", "uniform(-0.1, 0.1)", "*", "2 * 3", "zeros", "x * randn(", "w.normal_(0, 0.02)", "(" * 300,
        "randn(1)*" * 100, "np.random.randn(" + "-" * 300 + "1)" * 2,
    ],
)  # fmt: skip
def test_what_is_no_such_array_is_left_to_others(text):
    assert read_array_call(text) is None


UNREADABLE = {
    "randn * n": "'n' is no number",
    "np.random.randn(2, 3) / np.sqrt(n_in)": "'np.sqrt(n_in)' is no number",
    "np.random.randn(2, 3) * 9**9**9": "is no number",
    "np.random.randn(2, 3) / 0": "divided by 0",
    "np.random.randn(2, 3) ** 2": "cannot be read",
    "np.random.randn(2, 3) @ np.random.randn(3, 2)": "two arrays",
    "np.random.randn(2, 3) * np.random.rand(2, 3)": "two arrays",
    "torch.empty(2, 3)": "is not filled",
    "torch.empty(2, 3) * 2": "is not filled",
    "torch.eye(3) + 1": "added to an identity",
    "np.eye(3, k=1)": "leave k out",
    "w.normal_(0, 0.02).clamp_(-1, 1)": ".clamp_(...)",
    "np.random.randn(2, 3).reshape(3, 2)": ".reshape(...)",
    "np.random.randn(2, 3).T": ".T of an array",
    "np.random.randn(2, 3, foo=1)": "'foo' is not a known argument",
    "np.random.randn(-1, 3)": "no size",
    "np.random.beta(1, 2, (2, 3))": "np.random.beta draws from a law",
    "np.random.choice([-1, 1], (2, 3))": "np.random.choice draws from a law",
    "he_normal * 2": "he_normal cannot be computed with",
}


@pytest.mark.parametrize(("text", "said"), UNREADABLE.items())
def test_what_cannot_be_read_of_an_array_is_said(client, text, said):
    of_weights = client.get(f"/weights/{quote(text, safe='')}?shape=2,3")
    of_advice = client.get("/advise", params={"layer": "Linear", "current": text})

    assert (of_weights.status_code, of_advice.status_code) == (422, 422)
    assert said in of_weights.json()["detail"]
    assert said in of_advice.json()["detail"]


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("torch.randn(2, 3, dtype=torch.float16)", "float16"),
        ("np.zeros((2, 3), dtype=np.float64)", "float64"),
        ("np.ones((2, 3), dtype='float16')", "float16"),
        ("torch.randn(2, 3).half()", "float16"),
        ("np.random.randn(2, 3).astype(np.float32)", "float32"),
    ],
)
def test_an_arrays_dtype_is_that_of_the_code(client, text, dtype):
    reply = client.get(f"/weights/{text}?format=npy")

    assert f"dtype={dtype}" in reply.headers["Content-Location"]


@pytest.mark.parametrize(
    "text", ["np.random.default_rng(7).normal(size=(2, 3))", "np.random.RandomState(7).randn(2, 3)"]
)
def test_the_seed_of_a_generator_is_taken_and_its_other_numbers_are_noted(client, text):
    reply = client.get(f"/weights/{text}?format=npy")

    assert "seed=7" in reply.headers["Content-Location"]
    assert "draws other numbers" in reply.headers["Fanin-Notes"]
    assert client.get(f"/weights/{text}?seed=3").status_code == 422


def test_what_says_nothing_of_the_elements_is_told(client):
    reply = client.get("/weights/torch.randn(2, 3, device='cuda')?format=npy")

    assert "device is not used" in reply.headers["Fanin-Notes"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jax.nn.initializers.he_normal()(key, (2, 3))", "he_normal"),
        ("jax.nn.initializers.normal(0.02)(key, (2, 3), jnp.float32)", "normal"),
    ],
)
def test_an_initializer_that_is_applied_to_a_key_has_the_shape(client, text, name):
    reply = client.get(f"/weights/{text}?format=npy")

    assert f"/{name}?shape=2,3" in reply.headers["Content-Location"]


@given(st.text("randeyszoml np.torch(),*/+-[]0123456789=.'", max_size=60))
def test_whatever_is_written_is_read_or_refused(text):
    with suppress(UnreadableArray):
        read_array_call(f"np.random.randn({text}) * 2")


def test_a_slash_in_a_path_is_a_quotient(client):
    reply = client.get("/weights/np.random.randn(2,3)/4?seed=1&format=npy")

    assert "std=0.25" in reply.headers["Content-Location"]
