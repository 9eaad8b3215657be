"""The explorer's first screen in a browser that can reach nothing but this server, without a driver."""

from __future__ import annotations

import re
import subprocess

import pytest

from service.pages.guide import CHOICES, SCHEMES
from tests.programs import program


@pytest.mark.slow
def test_each_card_has_its_picture(server, tmp_path):
    host = server.removeprefix("http://").partition(":")[0]
    command = [
        program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path}", f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}",
        "--virtual-time-budget=10000", "--enable-logging=stderr", "--dump-dom", f"{server}/",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    figures = re.findall(r"<figure[^>]*>(.*?)</figure>", done.stdout.decode(), re.DOTALL)

    assert len(figures) == len(SCHEMES) + len(CHOICES)
    assert all("<svg" in figure for figure in figures)
    assert b"CONSOLE" not in done.stderr
