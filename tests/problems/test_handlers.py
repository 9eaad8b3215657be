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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("method", "path", "slug"),
    [
        ("GET", "/nowhere", "not-found"),
        ("GET", "/weights/he_normal/no/such", "not-found"),
        ("GET", "/docs/assets/no.js", "not-found"),
        ("GET", "/problems/made-up", "not-found"),
        ("POST", "/nowhere", "not-found"),
        ("DELETE", "/weights", "method-not-allowed"),
        ("POST", "/docs/assets/swagger-ui.css", "method-not-allowed"),
        ("PUT", "/livez", "method-not-allowed"),
    ],
)
def test_both_have_a_type_that_is_described_and_counted(method, path, slug):
    app = create_app(Settings())
    with TestClient(app) as client:
        page = client.request(method, path).json()
        kind = client.get(page["type"]).json()

    assert page["type"] == f"/problems/{slug}"
    assert (kind["title"], kind["status"]) == (page["title"], page["status"])
    assert app.measurements.total("fanin_refusals", slug) == 1


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
