"""What the page about generated clients shows is what `make clients` runs."""

from __future__ import annotations

import re

import pytest

from tests.serving import ROOT

EXAMPLES = ROOT / "examples" / "clients"
PAGE = (ROOT / "docs" / "clients.md").read_text()
PROGRAMS = {
    "openapi-typescript and openapi-fetch": "openapi_fetch.ts",
    "@hey-api/openapi-ts": "hey_api.ts",
    "orval": "orval.ts",
    "openapi-python-client": "openapi_python_client.py",
    "openapi-generator: Go": "go/main.go",
    "openapi-generator: Java": "java/Main.java",
}
SHOWN = re.findall(r"^## (.+?)$.*?^```(?:ts|python|go|java)\n(.+?)\n```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_shows_some_lines_for_each_generator():
    assert [heading for heading, _ in SHOWN] == list(PROGRAMS)


@pytest.mark.parametrize(("heading", "code"), SHOWN, ids=[heading for heading, _ in SHOWN])
def test_the_lines_that_are_shown_are_those_of_a_program_that_is_run(heading, code):
    lines = [line.strip() for line in (EXAMPLES / PROGRAMS[heading]).read_text().splitlines()]

    assert [line for line in code.splitlines() if line.strip() not in lines] == []


def test_the_lock_names_no_registry():
    assert "resolved" not in (EXAMPLES / "package-lock.json").read_text()
