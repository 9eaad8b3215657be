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


def root() -> None:
    """Skip the test where file systems cannot be mounted and users not changed; in CI it fails."""
    if os.geteuid() == 0:
        return
    if os.environ.get("CI"):
        pytest.fail("CI has to run as root: this test mounts a file system or changes its user")
    pytest.skip("only root can mount a file system or change the user")
