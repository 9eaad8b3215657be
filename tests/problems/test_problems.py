from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.problems.types import PROBLEM_TYPES
from service.settings import Settings

MEDIA_TYPE = "application/problem+json"


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


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_the_type_of_a_problem_can_be_looked_up(client, slug):
    page = client.get(f"/problems/{slug}").json()

    assert page["type"] == f"/problems/{slug}"
    assert (page["status"], page["title"]) == (PROBLEM_TYPES[slug].status, PROBLEM_TYPES[slug].title)
    assert len(page["description"]) > 20


def test_an_unknown_type_of_problem_is_not_found(client):
    response = client.get("/problems/nothing")

    assert (response.status_code, response.headers["Content-Type"]) == (404, MEDIA_TYPE)
    assert "invalid-request" in response.json()["detail"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/weights/zeros", {}),
        ("/weights/nothing?shape=2", {}),
        ("/nowhere", {}),
        ("/weights/zeros?shape=2", {"If-Match": '"a"'}),
        ("/weights/zeros?shape=2&format=raw", {"Range": "bytes=8-"}),
    ],
)
def test_a_problem_is_not_to_be_stored(client, path, fields):
    response = client.get(path, headers=fields)

    assert response.status_code >= 400
    assert response.headers["Cache-Control"] == "no-store"


def test_the_problem_of_a_range_tells_the_length_in_both_places(client):
    response = client.get("/weights/zeros?shape=2&format=raw", headers={"Range": "bytes=8-"})

    assert (response.json()["length"], response.headers["Content-Range"]) == (8, "bytes */8")


def test_the_problem_of_a_tag_tells_the_tag(client):
    tag = client.head("/weights/zeros?shape=2&format=raw").headers["ETag"]
    response = client.get("/weights/zeros?shape=2&format=raw", headers={"If-Match": '"a"'})

    assert tag in response.json()["detail"]


def test_the_title_of_a_problem_without_a_type_is_that_of_its_status(client):
    """RFC 9457, section 4.2.1."""
    page = client.get("/nowhere").json()

    assert (page["type"], page["title"], page["status"]) == ("about:blank", "Not Found", 404)


def test_the_details_of_an_unknown_initializer_are_sentences(client):
    detail = client.get("/weights/qqqqqqqq?shape=2").json()["detail"]

    assert "'qqqqqqqq' GET" not in detail


def test_an_error_of_the_server_is_a_problem_that_tells_no_secret(caplog):
    app = create_app(Settings())

    async def fail(request):
        raise RuntimeError("the secret")

    app.add_route("/fail", fail)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/fail")

    assert (response.status_code, response.headers["Content-Type"]) == (500, MEDIA_TYPE)
    assert response.json()["type"] == "/problems/internal-error"
    assert "secret" not in response.text
    assert "the secret" in caplog.text
