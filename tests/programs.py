"""Programs that the tests call and that pip does not install."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str) -> str:
    """Return the path of a program; without it skip the test, but fail in CI, which has to install it."""
    path = shutil.which(name)
    if path is not None:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and CI has to install it")
    pytest.skip(f"{name} is not installed")
