"""`/weights/he_normal.npy` and the like: the format is the path's."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from service.formats.registry import FORMATS
from tests.programs import program

QUERY = "shape=2,3&seed=42"
NAMES = ["he_normal", "HeNormal", "torch.nn.init.kaiming_normal_", "normal", "zeros"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_a_path_gives_what_its_format_gives(client, name, format_, method):
    by_path = client.request(method, f"/weights/{name}.{FORMATS[format_].extension}?{QUERY}")
    by_query = client.request(method, f"/weights/{name}?{QUERY}&format={format_}")

    assert by_path.status_code == 200
    assert by_path.content == by_query.content
    for response in (by_path, by_query):
        response.headers.pop("server-timing")
        response.headers.pop("x-request-id")
    assert by_path.headers == by_query.headers


@pytest.mark.parametrize("accept", ["application/json", "application/x-npy;q=0", "text/html", "*/*"])
def test_a_path_beats_accept_and_does_not_vary(client, accept):
    response = client.get(f"/weights/he_normal.npy?{QUERY}", headers={"Accept": accept})

    assert response.headers["content-type"] == "application/x-npy"
    assert "vary" not in response.headers


def test_the_location_is_the_canonical_url(client):
    response = client.get(f"/weights/HeNormal.npy?{QUERY}")

    location = "/weights/he_normal?shape=2,3&seed=42&dtype=float32&stream=1&format=npy"
    assert response.headers["content-location"] == location


def test_the_path_and_the_canonical_url_have_one_entity_tag(client):
    tag = client.get(f"/weights/he_normal?{QUERY}&format=npy").headers["etag"]

    assert client.get(f"/weights/he_normal.npy?{QUERY}", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_a_format_that_says_the_same_as_the_path_is_accepted(client, format_):
    assert client.get(f"/weights/zeros.{FORMATS[format_].extension}?shape=2&format={format_}").status_code == 200


@pytest.mark.parametrize(("extension", "format_"), [("npy", "json"), ("json", "raw"), ("raw", "safetensors")])
def test_a_format_that_contradicts_the_path_is_refused(client, extension, format_):
    response = client.get(f"/weights/zeros.{extension}?shape=2&format={format_}")

    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["parameter"] == "format"
    assert error["detail"] == f"is {format_}, and the path says {extension}; leave one of them out"


@pytest.mark.parametrize(
    ("target", "status", "needle"),
    [
        ("nothing.npy?shape=2", 404, "'nothing'"),
        ("he_norml.npy?shape=2", 404, "did you mean he_normal"),
        ("he_normal.csv?shape=2,3", 404, "did you mean he_normal.json or he_normal.npy or"),
        ("he_normal.npy.npy?shape=2,3", 404, "he_normal.npy"),
        (".npy?shape=2", 404, ".npy"),
        ("lsuv.npy?shape=2,3", 422, "nearest"),
        ("he_normal.npy", 422, "shape"),
        ("he_normal.npy?shape=2,3&flat=true", 422, "flat"),
        ("normal.npy?shape=2&dtype=bfloat16", 406, "npy cannot hold bfloat16"),
        ("he_normal.npy?shape=2,3&sede=1", 422, "sede"),
    ],
)
def test_what_is_wrong_is_told_as_for_the_plain_path(client, target, status, needle):
    response = client.get(f"/weights/{target}")

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert needle in response.text


def test_flat_is_for_the_path_of_json(client):
    assert client.get("/weights/ones.json?shape=2,2&flat=true").json()["data"] == [1, 1, 1, 1]


def test_a_body_has_no_paths(client):
    assert client.post("/weights", json={"initializer": "zeros.npy", "shape": [2]}).status_code == 404


def test_a_part_of_a_path_resumes(client):
    whole = client.get(f"/weights/normal.raw?{QUERY}").content
    part = client.get(f"/weights/normal.raw?{QUERY}", headers={"Range": "bytes=4-11"})

    assert (part.status_code, part.content) == (206, whole[4:12])


def test_curl_names_files_for_the_path(server, tmp_path):
    program("curl")
    url = f"{server}/weights/{{he_normal,lecun_normal}}.npy?{QUERY}"
    subprocess.run(["curl", "-fsS", "--remote-name-all", url], cwd=tmp_path, check=True)

    assert {path.name.partition("?")[0] for path in tmp_path.iterdir()} == {"he_normal.npy", "lecun_normal.npy"}
    for path in tmp_path.iterdir():
        assert np.load(path).shape == (2, 3)


def test_curl_saves_many_tensors_side_by_side_under_the_server_s_names(server, tmp_path):
    program("curl")
    url = f"{server}/weights/{{he_normal,lecun_normal}}.npy?shape=2,[3-4]&seed=[1-2]"
    subprocess.run(["curl", "-fsSOJ", "--remote-name-all", url], cwd=tmp_path, check=True)

    assert {path.name for path in tmp_path.iterdir()} == {
        f"{name}-2x{size}-seed{seed}.npy"
        for name in ("he_normal", "lecun_normal")
        for size in (3, 4)
        for seed in (1, 2)
    }
