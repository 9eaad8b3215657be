"""`/` as a browser has it: the explorer's page, and its files."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.pages.files import page_files
from service.pages.guide import CHOICES, SCHEMES
from service.settings import Settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
"""What Chromium and Firefox send for a link."""

_LINK = re.compile(r'(?:href|src)="(/[^"]*)"')
_IMPORT = re.compile(r'(?:from|import\(|new URL\() ?"(\.{1,2}/[^"]+\.js)"')


@pytest.fixture(scope="module")
def page(client):
    response = client.get("/", headers=BROWSER)
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("accept", [BROWSER["Accept"], "text/html", "text/*", "application/json;q=0.1, text/html"])
def test_a_browser_gets_the_page(client, accept):
    response = client.get("/", headers={"Accept": accept})

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html", "image/png", "", "?"])
def test_a_program_gets_the_links(client, accept):
    response = client.get("/", headers={"Accept": accept})

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Vary"] == "Accept"
    assert "weights" in response.json()["links"]


@pytest.mark.slow
def test_what_the_page_links_to_is_there(client, page):
    links = _LINK.findall(page.text)

    assert "/explorer/main.js" in links
    assert all(client.get(link).status_code == 200 for link in links)


@pytest.mark.slow
def test_the_page_works_under_a_root_path():
    with TestClient(create_app(Settings()), root_path="/fanin") as client:
        links = _LINK.findall(client.get("/fanin/", headers=BROWSER).text)

        assert all(link.startswith("/fanin/") and client.get(link).status_code == 200 for link in links)


@pytest.mark.parametrize("path", [path for path in page_files() if path.endswith(".js")])
def test_what_a_module_imports_is_there(client, path):
    response = client.get(f"/explorer/{path}")

    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    for imported in _IMPORT.findall(response.text):
        assert client.get(f"/explorer/{path}/../{imported}").status_code == 200, imported


@pytest.mark.parametrize("path", ["/", "/explorer/main.js", "/explorer/style.css", "/explorer/icon.svg"])
def test_what_a_browser_has_is_not_sent_again(client, path):
    first = client.get(path, headers=BROWSER)
    again = client.get(path, headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    other = client.get(path, headers={**BROWSER, "If-None-Match": '"other"'})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["nothing.js", "index.html", "", "../__init__.py", "..%2ffiles.py", "views"])
def test_nothing_else_is_served(client, path):
    assert client.get(f"/explorer/{path}").status_code == 404


def test_the_page_runs_and_draws_nothing_that_stands_in_it(page):
    policy = dict(directive.split(maxsplit=1) for directive in page.headers["Content-Security-Policy"].split("; "))

    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    assert re.search(r"<style|style=|<script(?! type=\"module\" src=)| on\w+=", page.text) is None


def test_the_first_screen_has_the_guide_without_a_script(page):
    headings = re.findall(r'<h3><a href="[^"]+">(.*?)</a></h3>', page.text)

    assert headings == [topic.heading for topic in (*SCHEMES, *CHOICES)]


def test_each_picture_is_of_a_request_that_works(client, page):
    requests = re.findall(r'data-request="([^"]+)"', page.text)

    assert len(requests) == len(SCHEMES) + len(CHOICES)
    assert all(client.get(request.replace("&amp;", "&")).status_code == 200 for request in requests)
