from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.problems.translations import MOST_FAULTS
from service.settings import Settings

MEDIA_TYPE = "application/problem+json"


@pytest.mark.parametrize("name", ["he_norml", "x", "%00", "%E2%98%83", "x" * 5000, "..%2e", "__init__", "he%20normel"])
def test_an_unknown_initializer_is_not_found(client, name):
    response = client.get(f"/weights/{name}?shape=2,2")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == MEDIA_TYPE
    assert response.json()["type"] == "/problems/unknown-initializer"


def test_a_misspelt_initializer_is_answered_with_the_nearest(client):
    page = client.get("/weights/he_norml?shape=2,2").json()

    assert page["nearest"][0] == "he_normal"
    assert "he_normal" in page["detail"]


def test_a_body_whose_initializer_is_unknown_is_not_found(client):
    response = client.post("/weights", json={"initializer": "he_norml", "shape": [2, 2]})

    assert response.status_code == 404
    assert response.json()["nearest"][0] == "he_normal"


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "slug"),
    [
        ("GET", "/weights/nothing?shape=2", {}, 404, "unknown-initializer"),
        ("GET", "/weights/zeros", {}, 422, "invalid-request"),
        ("GET", "/weights/zeros?shape=1001&format=npy", {}, 422, "over-limit"),
        ("GET", "/weights/zeros?shape=2&dtype=bfloat16&format=npy", {}, 406, "not-acceptable"),
        ("POST", "/weights", {"content": b"{}"}, 415, "unsupported-media-type"),
        ("POST", "/weights", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "malformed-body"),
        ("POST", "/weights", {"json": {"name": "x" * 5000}}, 413, "body-too-large"),
        ("GET", "/weights/zeros?shape=2", {"headers": {"If-Match": '"a"'}}, 412, "precondition-failed"),
        ("GET", "/weights/zeros?shape=2&format=raw", {"headers": {"Range": "bytes=8-"}}, 416, "range-not-satisfiable"),
    ],
)
def test_a_problem_has_its_type_status_and_detail(small_client, method, path, options, status, slug):
    response = small_client.request(method, path, **options)
    page = response.json()

    assert (response.status_code, response.headers["Content-Type"]) == (status, MEDIA_TYPE)
    assert (page["type"], page["status"]) == (f"/problems/{slug}", status)
    assert page["title"]
    assert page["detail"][-1:] not in {"", " "}


def test_a_server_with_too_much_under_way_is_a_problem_that_passes():
    with TestClient(create_app(Settings(max_streams=1))) as client:
        with client.app_state["executors"].admission.enter(1):
            response = client.get("/weights/zeros?shape=100000&format=raw")
        again = client.get("/weights/zeros?shape=100000&format=raw")

    assert (response.status_code, response.headers["Content-Type"]) == (503, MEDIA_TYPE)
    assert response.json()["type"] == "/problems/overloaded"
    assert int(response.headers["Retry-After"]) > 0
    assert again.status_code == 200


def test_the_problem_of_a_range_tells_the_length_in_both_places(client):
    response = client.get("/weights/zeros?shape=2&format=raw", headers={"Range": "bytes=8-"})

    assert (response.json()["length"], response.headers["Content-Range"]) == (8, "bytes */8")


def test_the_problem_of_a_tag_tells_the_tag(client):
    tag = client.head("/weights/zeros?shape=2&format=raw").headers["ETag"]
    response = client.get("/weights/zeros?shape=2&format=raw", headers={"If-Match": '"a"'})

    assert tag in response.json()["detail"]


def test_the_details_of_an_unknown_initializer_are_sentences(client):
    detail = client.get("/weights/qqqqqqqq?shape=2").json()["detail"]

    assert "'qqqqqqqq' GET" not in detail


def test_many_faults_are_told_in_part(client):
    unknown = {f"unknown{i}": i for i in range(60)}
    page = client.post("/weights", json={"initializer": "zeros", "shape": [2], **unknown}).json()

    assert len(page["errors"]) == MOST_FAULTS
    assert page["detail"].endswith(f"and {60 - MOST_FAULTS} more")


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("where", ["name", "value", "both"])
def test_what_is_told_of_long_faults_is_bounded(client, where, count):
    long = "é" * (50_000 // count)
    members = {f"k{i}" + (long if where != "value" else ""): long if where != "name" else i for i in range(count)}
    reply = client.post("/advise", json={"layer": "Linear", "shape": [2, 2], **members})

    assert reply.status_code == 422
    assert len(reply.content) < 2000 + 2500 * min(count, MOST_FAULTS)


def test_a_member_with_a_long_name_is_pointed_to_by_its_object(client):
    reply = client.post("/advise", json={"layers": [{"layer": "Linear", "shape": [2, 2], "k" * 5000: 1}]})

    assert [error["pointer"] for error in reply.json()["errors"]] == ["/layers/0"]
    assert "kkk…" in reply.json()["detail"]
