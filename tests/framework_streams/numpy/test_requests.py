"""NumPy's streams over HTTP: what is told, slices and ranges, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.framework_streams.numpy import streams
from service.settings import Settings


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Settings())) as client:
        yield client


def get(client, path, **parameters):
    return client.get(f"/weights/{path}", params={"format": "raw", "dtype": "float64", **parameters})


@pytest.mark.parametrize("code", [
    "np.random.randn(256, 784) * 0.01",
    "np.random.randn(256, 784) * np.sqrt(2/784)",
    "np.random.randn(256, 784) / np.sqrt(256)",
    "np.random.rand(256, 784) * 2 * 0.12 - 0.12",
    "np.random.uniform(-0.05, 0.05, (256, 784))",
    "0.5 - np.random.rand(256, 784) / 3",
    "(np.random.randn(256, 784).astype(np.float32) * 0.1).astype(np.float64)",
])  # fmt: skip
def test_code_of_tutorials_makes_its_own_bits_after_np_random_seed(client, code):
    numpys = np.random.RandomState(7)
    expected = eval(code.replace("np.random", "rng"), {"rng": numpys, "np": np})
    asked = {"seed": "7", "stream": "numpy_legacy", "format": "raw"}
    asked |= {} if "astype" in code else {"dtype": "float64"}

    reply = client.get(f"/weights/{code.replace('/', '%2F')}", params=asked)

    assert reply.status_code == 200, reply.text
    assert reply.content == expected.tobytes()
    again = client.get(reply.headers["content-location"])
    assert again.content == reply.content


@pytest.mark.parametrize("name", ["np.random.standard_normal", "numpy.random.standard_normal", "standard_normal"])
def test_a_function_of_numpy_needs_no_brackets(client, name):
    reply = get(client, name, shape="3,4", seed="7", stream="numpy_legacy")

    assert reply.content == np.random.RandomState(7).standard_normal((3, 4)).tobytes()


@pytest.mark.parametrize("stream", ["numpy", "numpy_legacy"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize(("scheme", "parameters"), [
    ("normal", {"mean": "0.5", "std": "0.02"}),
    ("normal", {}),
    ("uniform", {"low": "-1", "high": "3"}),
    ("uniform", {}),
    ("normal", {"operations": "times:0.1,float32,over:3"}),
    ("uniform", {"operations": "from:1,negative,float16,plus:0.5"}),
])  # fmt: skip
def test_the_code_that_is_told_makes_the_same(client, stream, dtype, scheme, parameters):
    reply = get(client, scheme, shape="7,5", seed="42", stream=stream, **{**parameters, "dtype": dtype})

    made = eval(reply.headers["fanin-code"], {"np": np})
    assert (made.dtype, made.tobytes()) == (np.dtype(dtype), reply.content)


@pytest.mark.parametrize("stream", ["numpy", "numpy_legacy"])
@pytest.mark.parametrize("scheme", ["normal", "uniform"])
@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_slices_and_ranges_are_the_bytes_of_the_whole(client, stream, scheme, dtype):
    asked = {"shape": "37,53", "seed": "7", "stream": stream, "dtype": dtype}
    whole = get(client, scheme, **asked).content
    elements = np.frombuffer(whole, np.uint8).reshape(37, 53, -1)

    assert get(client, scheme, **asked, slice="30:,5:9").content == elements[30:, 5:9].tobytes()
    ranged = client.get(f"/weights/{scheme}", params={**asked, "format": "raw"}, headers={"Range": "bytes=701-1803"})
    assert ranged.content == whole[701:1804]


def test_a_sequence_of_uniforms_goes_on_where_the_last_reply_says(client):
    rng = np.random.default_rng(42)
    position: dict[str, str] = {}
    for count in (3, 4, 1, 0, 2):
        asked = {"shape": str(count), "seed": "42", "stream": "numpy", "drawn_in": "float32", "dtype": "float32"}
        reply = get(client, "uniform", **asked, **position)
        assert reply.content == rng.random(count, dtype=np.float32).tobytes()
        told = {name: reply.headers.get(f"fanin-next-{name}") for name in ("skip", "cached")}
        position = {name: value for name, value in told.items() if value is not None}


def test_the_numbers_of_a_reply_are_those_after_the_operations(client):
    reply = client.get("/weights/np.random.rand(2,3)*2-1?seed=1&stream=numpy_legacy")

    told = reply.json()["parameters"]
    assert (told["low"], told["high"], told["mean"]) == (-1.0, 1.0, 0.0)
    assert told["operations"] == "times:2,minus:1"
    assert told["stream"] == "numpy_legacy-1.26"


def test_a_seed_that_is_drawn_is_one_that_numpy_takes(client):
    assert int(get(client, "normal", shape="2", stream="numpy_legacy").headers["fanin-seed"]) < 2**32


REFUSED = [
    ("he_normal", {}, "stream", "np.random.randn"),
    ("orthogonal", {}, "stream", "stream=1 has it"),
    ("normal", {"seed": str(2**32)}, "seed", "stream=numpy takes it"),
    ("normal", {"dtype": "complex64"}, "dtype", "no complex"),
    ("normal", {"dtype": "int64"}, "dtype", "whole numbers"),
    ("normal", {"padding_idx": "0"}, "padding_idx", "no row of zeros"),
    ("uniform", {"low": "1", "high": "1"}, "high", "above low"),
    ("uniform", {"low": "-1e308", "high": "1e308"}, "high", "OverflowError"),
    ("normal", {"operations": "power:2"}, "operations", "times:x"),
    ("normal", {"operations": "over:0"}, "operations", "finite"),
    ("normal", {"operations": "times:1e999"}, "operations", "finite"),
    ("normal", {"operations": "times:1e308,times:1e308"}, "operations", "finite"),
    ("normal", {"operations": "times:1e9,float16,over:1e9"}, "dtype", "float16 holds"),
    ("normal", {"operations": ",".join(["plus:1"] * 17)}, "operations", "more than 16"),
    ("normal", {"skip": "-1"}, "skip", ""),
    ("normal", {"skip": str(2**60)}, "skip", ""),
    ("normal", {"skip": "4", "cached": "4"}, "cached", "below skip"),
    ("normal", {"cached": "0"}, "cached", "below skip"),
    ("normal", {"drawn_in": "float32"}, "drawn_in", ""),
    ("normal", {"stream": "numpy", "drawn_in": "float32", "std": "0.5"}, "mean", "operations=times"),
    ("uniform", {"stream": "numpy", "drawn_in": "float32", "low": "-1", "high": "1"}, "low", "operations=times"),
    ("normal", {"stream": "numpy", "drawn_in": "float16"}, "drawn_in", ""),
    ("normal", {"stream": "1", "operations": "times:2"}, "operations", ""),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "parameters", "parameter", "words"), REFUSED)
def test_what_numpy_has_not_is_refused_by_name(client, scheme, parameters, parameter, words):
    reply = get(client, scheme, **{"shape": "4,4", "stream": "numpy_legacy", **parameters})

    assert reply.status_code == 422, reply.text
    assert [error["parameter"] for error in reply.json()["errors"]] == [parameter]
    assert words in reply.json()["errors"][0]["detail"]


def test_schemes_without_randomness_are_made_all_the_same(client):
    assert get(client, "zeros", shape="2,2", stream="numpy").content == bytes(32)


@pytest.mark.parametrize("stream", ["numpy", "numpy_legacy"])
def test_a_server_whose_numpy_makes_other_bits_does_not_offer_the_stream(client, stream, monkeypatch):
    monkeypatch.setattr(streams, "_passes", lambda reproduces_digest: False)

    reply = get(client, "normal", shape="2", stream=stream)

    assert reply.status_code == 422
    assert "other bits" in reply.json()["detail"]
