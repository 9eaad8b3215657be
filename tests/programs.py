"""Programs that the tests call and that pip does not install."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str, folders: str | None = None) -> str:
    """Return the path of a program, in `folders` or where PATH says; without it skip the test.

    In CI, which has to install it, the test fails.
    """
    path = shutil.which(name, path=folders)
    if path is not None:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and CI has to install it")
    pytest.skip(f"{name} is not installed")
