from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings

MEDIA_TYPE = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/weights/he_normal", {"GET", "HEAD"}),
        ("DELETE", "/weights/he_normal?shape=2", {"GET", "HEAD"}),
        ("GET", "/weights", {"POST"}),
        ("PUT", "/weights", {"POST"}),
        ("POST", "/initializers", {"GET"}),
        ("POST", "/initializers/zeros", {"GET"}),
        ("PATCH", "/livez", {"GET"}),
        ("POST", "/readyz", {"GET"}),
        ("POST", "/docs", {"GET"}),
        ("POST", "/openapi.json", {"GET"}),
        ("OPTIONS", "/weights", {"POST"}),
        ("TRACE", "/weights/he_normal", {"GET", "HEAD"}),
        ("BREW", "/weights/he_normal", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_a_path_lacks_is_refused_with_those_that_it_has(client, method, path, allowed):
    response = client.request(method, path)

    assert response.status_code == 405
    assert response.headers["Content-Type"] == MEDIA_TYPE
    assert allowed <= {name.strip() for name in response.headers["Allow"].split(",")}
    assert len(response.json()["detail"]) > 10


@pytest.mark.parametrize(
    "path", ["/initializers", "/initializers/zeros", "/livez", "/readyz", "/docs", "/openapi.json"]
)
def test_what_can_be_got_can_be_headed(client, path):
    """RFC 9110, section 9.1: every server supports GET and HEAD."""
    response = client.head(path)

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/weights/a/b", "/weights/he%2Fnormal", "/initializers/a/b", "/docs/assets/no.js", "/%00", "/é"],
)
def test_an_unknown_path_is_not_found(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == MEDIA_TYPE
    assert len(response.json()["detail"]) > 10


def test_the_title_of_a_problem_without_a_type_is_that_of_its_status(client):
    """RFC 9457, section 4.2.1."""
    page = client.get("/nowhere").json()

    assert (page["type"], page["title"], page["status"]) == ("about:blank", "Not Found", 404)


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
