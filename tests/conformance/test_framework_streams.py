"""The frameworks' streams once more, in JavaScript written from their specifications alone, agree to the bit.

What they are compared with the frameworks themselves made.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.programs import program

FOLDER = Path(__file__).parent / "framework_streams"


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["torch", "jax"])
def test_the_javascript_implementation_makes_what_the_framework_made(framework):
    done = subprocess.run(
        [program("node"), f"check_{framework}.mjs"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
