"""What a browser is told of every reply."""

import base64
import hashlib
import re

import pytest

from service.access.security_headers import page_policy
from tests.test_cross_origin import REQUESTS


def _directives(policy):
    return {name: values for name, *values in (directive.split() for directive in policy.split(";"))}


@pytest.mark.parametrize(("method", "path", "fields", "status"), REQUESTS)
def test_no_type_is_guessed(client, method, path, fields, status):
    headers = client.request(method, path, headers=fields).headers

    assert headers.get_list("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize(("method", "path", "fields", "status"), REQUESTS)
def test_what_a_browser_may_show_stands_in_no_frame_and_is_not_told_of(client, method, path, fields, status):
    headers = client.request(method, path, headers=fields).headers
    if headers.get("Content-Disposition", "").startswith("attachment"):
        assert "Content-Security-Policy" not in headers
    else:
        assert headers.get_list("Referrer-Policy") == ["no-referrer"]
        assert len(headers.get_list("Content-Security-Policy")) == 1
        assert _directives(headers["Content-Security-Policy"])["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize(
    "path", ["/weights/normal?shape=2&seed=1", "/weights/nothing?shape=2", "/", "/metrics", "/openapi.json", "/nowhere"]
)
def test_what_is_no_page_loads_and_runs_nothing(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]

    assert _directives(policy) == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}


def test_the_docs_run_their_own_scripts_and_no_others(client):
    page = client.get("/docs")
    sources = _directives(page.headers["Content-Security-Policy"])["script-src"]
    inline = re.search(r"<script>(.*?)</script>", page.text, re.DOTALL)[1]

    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert sources == ["'self'", f"'sha256-{digest}'"]


def test_a_page_without_scripts_may_run_those_of_this_server_alone():
    assert _directives(page_policy("<p>nothing</p>"))["script-src"] == ["'self'"]
