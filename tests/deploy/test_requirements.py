"""What the image installs: the pinned versions, all of them, with hashes."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement

from tests.serving import ROOT

ENVIRONMENT = {"python_version": "3.12", "python_full_version": "3.12.0", "sys_platform": "linux", "extra": ""}


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(path):
    lines = (ROOT / path).read_text().splitlines()
    return {
        _normal(name): version
        for name, _, version in (
            re.split("(==)", line.rstrip(" \\").partition(" ;")[0]) for line in lines if "==" in line
        )
    }


@pytest.fixture
def locked():
    return _pins("deploy/requirements.txt")


def test_the_image_has_the_pinned_versions(locked):
    pins = _pins("constraints.txt")
    assert locked
    assert {name: pins.get(name) for name in locked} == locked


def test_the_image_has_all_that_the_service_needs_and_nothing_else(locked):
    waiting = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    needed = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = _normal(requirement.name)
        if name not in needed and (requirement.marker is None or requirement.marker.evaluate(ENVIRONMENT)):
            needed.add(name)
            waiting += [text for text in requires(name) or () if "extra ==" not in text]
    assert locked.keys() == needed


def test_each_has_hashes():
    blocks = re.split(r"\n(?=\S)", (ROOT / "deploy" / "requirements.txt").read_text())[1:]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)
