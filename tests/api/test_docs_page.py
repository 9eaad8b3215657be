"""`/docs` in a real browser that can reach nothing but this server."""

from __future__ import annotations

import subprocess

import pytest

from tests.programs import program

OPERATIONS = ("get_weights", "post_weights", "list_initializers", "readyz")


@pytest.fixture(scope="module")
def page(server, tmp_path_factory):
    host = server.removeprefix("http://").partition(":")[0]
    command = [
        program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
        f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}",
        "--virtual-time-budget=10000", "--enable-logging=stderr", "--dump-dom", f"{server}/docs",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return done.stdout.decode(), done.stderr.decode()


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_page_shows_the_operation(page, operation):
    assert f'-{operation}"' in page[0]


@pytest.mark.slow
def test_page_breaks_nothing_of_its_policy(page):
    assert "Content Security Policy" not in page[1]
