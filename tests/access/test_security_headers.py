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
def test_every_reply_has_them_once(client, method, path, fields, status):
    headers = client.request(method, path, headers=fields).headers

    assert headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_list("Referrer-Policy") == ["no-referrer"]
    assert len(headers.get_list("Content-Security-Policy")) == 1
    assert _directives(headers["Content-Security-Policy"])["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize(
    ("method", "path", "fields", "status"), [case for case in REQUESTS if "/docs" not in str(case.id)]
)
def test_what_is_no_page_loads_and_runs_nothing(client, method, path, fields, status):
    policy = client.request(method, path, headers=fields).headers["Content-Security-Policy"]

    assert _directives(policy) == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}


def test_the_docs_run_their_own_scripts_and_no_others(client):
    page = client.get("/docs")
    sources = _directives(page.headers["Content-Security-Policy"])["script-src"]
    inline = re.search(r"<script>(.*?)</script>", page.text, re.DOTALL)[1]

    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert sources == ["'self'", f"'sha256-{digest}'"]


def test_a_page_without_scripts_may_run_those_of_this_server_alone():
    assert _directives(page_policy("<p>nothing</p>"))["script-src"] == ["'self'"]
