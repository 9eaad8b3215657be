"""Stream version 1 once more, in JavaScript written from the specification alone, agrees to the bit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def run(script, *arguments):
    return subprocess.run(
        ["node", script, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.slow
def test_the_javascript_implementation_reproduces_every_vector():
    done = run("check_vectors.mjs")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_javascript_implementation_makes_what_the_server_serves(server):
    done = run("check_served.mjs", server)
    assert done.returncode == 0, done.stdout + done.stderr
