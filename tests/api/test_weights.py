from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.app import create_app
from service.formats.registry import FORMATS
from service.settings import Settings
from service.tensors.dtypes import DTYPES
from tests.formats.tensors import OF_ELEMENTS

EVERYTHING: dict[str, dict] = {
    "zeros": {},
    "ones": {},
    "constant": {"value": -1.5e-7},
    "uniform": {"low": -0.1, "high": 1e22},
    "normal": {"mean": -2.0, "std": 1e-3},
    "truncated_normal": {"mean": 0.5, "std": 0.25, "low": -0.75, "high": 3.0, "bounds": "absolute", "std_is": "after"},
    "variance_scaling": {
        "layout": "in_out", "groups": 2, "gates": 3, "fan_in": 7.5, "fan_out": 1e15,
        "scale": 0.3, "mode": "fan_geo_avg",
        "distribution": "truncated_normal",
    },
    "glorot_uniform": {"layout": "in_out", "groups": 2, "gates": 3, "fan_in": 7.5, "fan_out": 11.0, "gain": 1.1},
    "glorot_normal": {"layout": "in_out", "groups": 2, "gates": 3, "nonlinearity": "tanh", "gain_rule": "centered"},
    "he_uniform": {"nonlinearity": "leaky_relu", "negative_slope": 0.3, "mode": "fan_out", "gain_rule": "pytorch"},
    "he_normal": {"nonlinearity": "prelu", "negative_slope": -0.1,
    "mode": "fan_avg", "distribution": "truncated_normal"},
    "lecun_uniform": {"layout": "out_kernel_in", "fan_in": 0.1},
    "lecun_normal": {"nonlinearity": "selu", "gain_rule": "backward", "distribution": "truncated_normal"},
    "orthogonal": {"gain": 0.7, "layout": "in_out", "groups": 2, "gates": 3},
    "identity": {"gain": -3.0, "layout": "in_out", "gates": 3},
    "dirac": {"layout": "in_out", "groups": 6},
}  # fmt: skip
"""For each initializer, all the parameters that can stand together, none at its default."""

TENSOR: dict = {
    "seed": 2**64 - 1,
    "name": "a/b c.ü&%+\u2028",
    "dtype": "float64",
    "slice": "1:3,-4:",
    "format": "json",
    "flat": True,
}


def _shape(name):
    return {"identity": (12, 6), "dirac": (3, 5, 12)}.get(name, (4, 12))


def _query(members):
    def text(value):
        if isinstance(value, bool):
            return str(value).lower()
        return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)

    return {key: text(value) for key, value in members.items()}


def _same_again(client, response):
    location = response.headers["Content-Location"]
    again = client.get(location)
    return again.content == response.content and again.headers["Content-Location"] == location


def _lasting(response, *others):
    """Return the headers without those that no two replies share, and without `others`."""
    return {
        key: value for key, value in response.headers.items() if key not in {"server-timing", "x-request-id", *others}
    }


def test_json_is_the_default(client):
    response = client.get("/weights/he_normal?shape=2,3&seed=42")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert np.shape(response.json()["data"]) == (2, 3)


@pytest.mark.parametrize("shape", ["", "0", "5", "2,3", "3,0,2", "1,2,1,3", "2,1,1,1,1,1,1,3"])
def test_every_format_holds_the_same_tensor(client, shape):
    url = f"/weights/normal?shape={shape}&seed=7&format="
    array = np.load(io.BytesIO(client.get(url + "npy").content))
    page = client.get(url + "json").json()

    np.testing.assert_array_equal(safetensors.numpy.load(client.get(url + "safetensors").content)["weight"], array)
    assert client.get(url + "raw").content == array.tobytes()
    assert np.float32(page["data"]).tolist() == np.atleast_1d(array).tolist()
    assert tuple(page["shape"]) == array.shape


def test_flat_is_the_nested_data_in_one_row(client):
    url = "/weights/normal?shape=2,3,4&seed=7"

    assert client.get(url + "&flat=true").json()["data"] == np.ravel(client.get(url).json()["data"]).tolist()


def test_a_post_makes_what_the_get_makes(client):
    get = client.get("/weights/he_normal", params={"shape": "2,3", "seed": "5", "name": "é", "gain": "1.5"})
    post = client.post(
        "/weights", json={"initializer": "he_normal", "shape": [2, 3], "seed": 5, "name": "é", "gain": 1.5}
    )

    assert post.content == get.content
    assert _lasting(post, "cache-control") == _lasting(get, "cache-control", "etag", "accept-ranges")
    assert post.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("seed", [0, 1, 2**53 + 1, 2**64 - 1])
def test_a_seed_in_a_body_is_a_number_or_a_string(client, seed):
    bodies = ({"initializer": "normal", "shape": [3], "seed": form} for form in (seed, str(seed)))
    number, string = (client.post("/weights", json=body) for body in bodies)

    assert number.content == string.content
    assert number.json()["parameters"]["seed"] == str(seed)


def test_the_same_url_gives_the_same_bytes(client):
    url = "/weights/he_normal?shape=64,64&seed=3&format=npy"

    assert client.get(url).content == client.get(url).content


@pytest.mark.parametrize("changed", ["seed=4&name=a", "seed=3&name=b", "seed=3", f"seed={3 + 2**32}&name=a"])
def test_another_seed_or_name_gives_other_bytes(client, changed):
    url = "/weights/normal?shape=64&format=raw&"

    assert client.get(f"{url}seed=3&name=a").content != client.get(url + changed).content


def test_a_seed_that_is_not_given_is_drawn_anew_and_told(client):
    one, other = (client.get("/weights/normal?shape=8&format=raw") for _ in range(2))

    assert one.headers["Fanin-Seed"] != other.headers["Fanin-Seed"]
    assert client.get(f"/weights/normal?shape=8&format=raw&seed={one.headers['Fanin-Seed']}").content == one.content


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_location_of_a_get_with_every_parameter_gives_the_same_bytes(client, name):
    members = {"shape": _shape(name), **TENSOR, **EVERYTHING[name]}
    response = client.get(f"/weights/{name}", params=_query(members))

    assert response.status_code == 200, response.text
    assert _same_again(client, response)


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_location_of_a_post_with_every_parameter_gives_the_same_bytes(client, name):
    members = {"initializer": name, "shape": _shape(name), **TENSOR, **EVERYTHING[name]}
    response = client.post("/weights", json=members)

    assert response.status_code == 200, response.text
    assert _same_again(client, response)


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("accept", ["application/json", "application/x-npy", "application/vnd.safetensors", "*/*"])
def test_the_location_of_a_drawn_seed_and_an_agreed_format_gives_the_same_bytes(client, name, accept):
    shape = ",".join(map(str, _shape(name)))
    response = client.get(f"/weights/{name}?shape={shape}", headers={"Accept": accept})

    assert response.status_code == 200
    assert _same_again(client, response)


@pytest.mark.slow
@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example("\u0000\r\n\t \"'\\/%&=+#?;:,é☃\U0001f600\u202e")
@example("__metadata__x")
@example("é" * 256)
def test_any_name_survives_the_location(client, name):
    response = client.get("/weights/uniform", params={"shape": "3", "seed": "1", "name": name, "format": "safetensors"})

    assert response.status_code == 200
    assert _same_again(client, response)
    assert list(safetensors.numpy.load(response.content)) == [name or "weight"]


@pytest.mark.parametrize("value", ["-0.0", "0.1", "1e22", "-1e-45", "3", "16777217", "1e-400", "3.4e38"])
def test_any_number_survives_the_location(client, value):
    assert _same_again(client, client.get(f"/weights/constant?shape=2&format=raw&value={value}"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("he_normal?shape=2,3&seed=1", "kaiming_normal_?seed=1&shape=2,3"),
        ("he_normal?shape=2,3&seed=1",
        "HeNormal?shape=2,3&seed=01&name=&dtype=float32&format=json&flat=false&mode=fan_in"),
        ("he_normal?shape=2,3&seed=1&gain=2", "he_normal?shape=02,3&seed=1&gain=2.0"),
        ("he_normal?shape=2,3&seed=1&gain=20", "he_normal?shape=2,3&seed=1&gain=2e1"),
        ("he_normal?shape=2,3&seed=1&name=%61", "he_normal?shape=2%2C3&seed=1&name=a"),
        ("zeros?shape=2", "zeros?shape=2&seed=5"),
        ("he_normal?shape=2,3&seed=1&groups=1&gates=1&layout=out_in", "he_normal?shape=2,3&seed=1&stream=1"),
        ("he_normal?shape=2,3&seed=1&nonlinearity=silu", "he_normal?shape=2,3&seed=1&nonlinearity=swish"),
    ],
)  # fmt: skip
def test_spellings_of_one_request_have_one_location(client, one, other):
    locations = {client.get(f"/weights/{spelling}").headers["Content-Location"] for spelling in (one, other)}

    assert len(locations) == 1


@pytest.mark.slow
def test_the_location_holds_under_a_root_path():
    with TestClient(create_app(Settings()), root_path="/fanin") as client:
        location = client.get("/fanin/weights/zeros?shape=2").headers["Content-Location"]

        assert location == "/fanin/weights/zeros?shape=2&dtype=float32&stream=1&format=json"
        assert client.get(location).status_code == 200


@pytest.mark.parametrize("format", ["npy", "safetensors", "raw", "json"])
@pytest.mark.parametrize("name", ["he_normal", "orthogonal", "zeros"])
def test_a_head_has_the_headers_of_the_get_and_no_body(client, name, format):  # noqa: A002
    url = f"/weights/{name}?shape=30,20&seed=1&name=%C3%A9&format={format}"
    get, head = client.get(url), client.head(url)
    unknown = {"content-length"} if format == "json" else set()

    assert head.status_code == 200
    assert _lasting(head) == _lasting(get, *unknown)
    assert head.content == b""


def test_a_head_of_an_error_has_its_headers(client):
    url = "/weights/he_normal?shape=2,3&sede=1"
    get, head = client.get(url), client.head(url)

    assert (head.status_code, _lasting(head), head.content) == (422, _lasting(get), b"")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("he_normal?shape=8,4,3&groups=2&seed=9", {"initializer": "he_normal", "seed": "9", "fan_in": 12, "fan_out": 12,
                                                   "groups": 2, "std": math.sqrt(2 / 12), "gain": math.sqrt(2)}),
        ("uniform?shape=3&seed=9&fan_in=16", {"low": -0.25, "high": 0.25, "std": 0.5 / math.sqrt(12), "fan_in": 16}),
        ("zeros?shape=3&name=b", {"initializer": "zeros", "name": "b", "stream": "1"}),
        ("constant?shape=3&value=0.5", {"value": 0.5}),
    ],
)  # fmt: skip
def test_the_parameters_are_what_another_program_needs(client, query, expected):
    parameters = client.get(f"/weights/{query}").json()["parameters"]

    assert {key: parameters[key] for key in expected} == pytest.approx(expected)


def test_the_headers_are_the_parameters_of_the_json(client):
    url = "/weights/truncated_normal?shape=2,3&seed=1&std=0.02&name=a.b&format="
    parameters, headers = client.get(url + "json").json()["parameters"], client.get(url + "npy").headers

    for key, value in parameters.items():
        assert headers[f"Fanin-{key.replace('_', '-')}"] == str(value)


def test_the_metadata_are_the_parameters_of_the_json(client, tmp_path):
    url = "/weights/truncated_normal?shape=2,3&seed=1&std=0.02&name=a.b&format="
    parameters = client.get(url + "json").json()["parameters"]
    path = tmp_path / "w.safetensors"
    path.write_bytes(client.get(url + "safetensors").content)

    with safetensors.safe_open(path, framework="np") as file:
        assert file.metadata() == {"format": "pt"} | {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in parameters.items()
        }


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("url", ["/weights/arange?shape=3,2", "/weights/ones?shape=2,3&slice=1,:2"])
def test_whole_numbers_are_the_same_in_every_format(client, url, dtype):
    replies = {name: client.get(f"{url}&dtype={dtype}&format={name}").content for name in OF_ELEMENTS}
    expected = np.array([[0, 1]] * 3 if "arange" in url else [1, 1]).astype(dtype)

    data = json.loads(replies["json"])["data"]
    assert (data, {type(number) for number in np.ravel(data).tolist()}) == (expected.tolist(), {type(expected.item(0))})
    np.testing.assert_array_equal(np.load(io.BytesIO(replies["npy"])), expected, strict=True)
    np.testing.assert_array_equal(safetensors.numpy.load(replies["safetensors"])["weight"], expected, strict=True)
    assert replies["raw"] == expected.tobytes()


def test_a_scheme_of_fractions_is_refused_in_a_dtype_of_whole_numbers(client):
    response = client.get("/weights/he_normal?shape=2,3&dtype=int64")

    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["parameter"] == "dtype"
    assert "zeros, ones, constant, arange and linspace" in error["detail"]


@pytest.mark.parametrize(
    ("dtype", "format", "able"),
    [
        ("bfloat16", "npy", {"json", "safetensors", "raw"}),
        ("float8_e4m3fn", "npy", {"json", "safetensors", "raw"}),
        ("float8_e5m2", "npy", {"json", "safetensors", "raw"}),
        ("complex64", "json", {"npy", "safetensors", "raw"}),
        ("complex128", "json", {"npy", "raw"}),
        ("complex128", "safetensors", {"npy", "raw"}),
    ],
)
def test_what_a_format_cannot_hold_is_answered_with_those_that_can(client, dtype, format, able):  # noqa: A002
    holding = {name for name, known in FORMATS.items() if known.holds(DTYPES[dtype]) and not known.is_picture}
    response = client.get(f"/weights/normal?shape=2&std=0.1&dtype={dtype}&format={format}")

    assert response.status_code == 406
    assert able <= {supported["format"] for supported in response.json()["supported"]} == holding
    assert all(name in response.json()["detail"] for name in able)


def test_an_accept_that_nothing_satisfies_is_answered_with_what_there_is(client):
    response = client.get("/weights/zeros?shape=2", headers={"Accept": "text/html"})

    assert response.status_code == 406
    assert "application/x-npy" in {supported["media_type"] for supported in response.json()["supported"]}


def test_several_accept_headers_are_one_list(client):
    """RFC 9110, section 5.3."""
    response = client.get("/weights/zeros?shape=2", headers=[("Accept", "text/html"), ("Accept", "application/x-npy")])

    assert response.headers["Content-Type"] == "application/x-npy"


def test_a_reply_that_accept_decided_says_so(client):
    """RFC 9110, section 12.5.5: a cache must not give it to a client that accepts something else."""
    response = client.get("/weights/zeros?shape=2", headers={"Accept": "application/x-npy"})

    assert "accept" in response.headers.get("Vary", "").lower()


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("normal?shape=1001&format=npy", "1000"),
        ("normal?shape=101", "100"),
        ("orthogonal?shape=300,3&groups=300&format=npy", "1000000"),
        ("zeros?shape=2097152,4294967296&format=raw", "1000"),
        ("he_normal?format=raw&shape=94906265,94906265", "1000"),
        ("orthogonal?format=raw&shape=94906265,94906265", "1000"),
        ("identity?shape=65536,1&gates=65536&format=raw", "1000"),
        ("zeros?shape=100000,0", "100"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_tensor_over_a_limit_is_refused_with_the_limit(small_client, method, query, limit):
    response = small_client.request(method, f"/weights/{query}")

    assert response.status_code == 422
    if method == "GET":
        assert response.json()["type"] == "/problems/over-limit"
        assert response.json()["limit"] == int(limit)
        assert limit in response.json()["detail"]


@pytest.mark.parametrize("query", ["normal?shape=10,100&format=npy", "normal?shape=100", "zeros?shape=0,100000"])
def test_a_tensor_at_a_limit_is_made(small_client, query):
    assert small_client.get(f"/weights/{query}").status_code == 200


@pytest.mark.parametrize("axes", ["0,67108864,67108864", "67108864,67108864,0", "9007199254740992,0", "0" + ",3" * 31])
@pytest.mark.parametrize("name", ["zeros", "normal", "he_normal", "orthogonal"])
@pytest.mark.parametrize("format", ["npy", "safetensors", "raw"])
def test_huge_axes_beside_an_empty_one_make_an_empty_tensor(client, name, axes, format):  # noqa: A002
    """NumPy itself cannot have such an array, but all of its bytes are known: none."""
    response = client.get(f"/weights/{name}?shape={axes}&format={format}")

    assert response.status_code == 200
    assert response.headers["Fanin-Shape"] == axes


@pytest.mark.parametrize("name", ["zeros", "he_normal", "orthogonal"])
def test_huge_axes_behind_an_empty_one_are_an_empty_list(client, name):
    response = client.get(f"/weights/{name}?shape=0,67108864,67108864")

    assert response.status_code == 200
    assert response.json()["data"] == []


@pytest.mark.parametrize(
    "query",
    [
        "he_normal?shape=2,3&fan_in=1e15",
        "variance_scaling?shape=2,3&fan_in=1e-6&fan_out=1e-6&mode=fan_geo_avg&dtype=float64",
        "variance_scaling?shape=2,3&fan_in=1e15&fan_out=1e15&mode=fan_avg&dtype=float64",
        "uniform?shape=2&low=1e308&high=1.7e308&dtype=float64",
        "normal?shape=2&mean=1e300&std=1e300&dtype=float64",
        "truncated_normal?shape=2&std=1e-320&dtype=float64",
        "constant?shape=2&value=5e-324&dtype=float64",
    ],
)
def test_numbers_at_the_ends_of_floating_point_are_numbers_in_the_reply(client, query):
    response = client.get(f"/weights/{query}")

    assert response.status_code == 200
    assert "null" not in response.text
    assert response.headers["Fanin-Initializer"] == query.partition("?")[0]
