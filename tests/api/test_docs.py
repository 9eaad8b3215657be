from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for key, value in attrs if key in {"src", "href", "action", "data", "srcset"}]


def _links(page):
    parser = _Links()
    parser.feed(page)
    return parser.found


def test_the_page_names_no_other_host(client):
    page = client.get("/docs").text

    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", page) == []
    assert all(link.startswith("/") and not link.startswith("//") for link in _links(page))


def test_everything_that_the_page_loads_is_here(client):
    links = _links(client.get("/docs").text)

    assert len(links) >= 3
    for link in links:
        response = client.get(link)
        assert response.status_code == 200
        assert len(response.content) > 100


@pytest.mark.parametrize(
    ("path", "content_type"), [("swagger-ui-bundle.js", "javascript"), ("swagger-ui.css", "text/css")]
)
def test_assets_have_their_types(client, path, content_type):
    assert content_type in client.get(f"/docs/assets/{path}").headers["Content-Type"]


def test_the_styles_load_nothing_from_elsewhere(client):
    styles = client.get("/docs/assets/swagger-ui.css").text

    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", styles) == []


def test_the_page_shows_this_servers_document(client):
    page = client.get("/docs").text

    assert "'/openapi.json'" in page or '"/openapi.json"' in page
    assert client.get("/openapi.json").json()["openapi"].startswith("3.")


def test_the_page_works_under_a_root_path():
    with TestClient(create_app(Settings()), root_path="/fanin") as client:
        page = client.get("/fanin/docs").text

        assert all(client.get(link).status_code == 200 for link in _links(page))
        assert "/fanin/openapi.json" in page


@pytest.mark.parametrize(
    "path", ["/docs/assets/../docs.py", "/docs/assets/..%2f..%2f__init__.py", "/docs/assets//etc/passwd"]
)
def test_only_the_assets_are_served(client, path):
    assert client.get(path).status_code == 404
