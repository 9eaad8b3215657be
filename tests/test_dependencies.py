"""What the code imports is declared in pyproject.toml, and nothing else is."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.serving import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OWN = {"service", "tests", "scripts", "benchmarks"}

NOT_IMPORTED = {
    "fastapi-offline": "its folder of assets is served",
    "uvloop": "uvicorn's event loop where it is installed",
    "import-linter": "a command of `make check`",
    "mypy": "a command of `make check`",
    "opentelemetry-exporter-otlp-proto-http": "a server that is tested sends its spans with it",
    "pytest-xdist": "the tests run in parallel",
    "ruff": "a command of `make check`",
}

ELSEWHERE = {"PIL": "pillow", "haiku": "dm-haiku", "paddle": "paddlepaddle"}
"""The distributions of modules that are not installed here, where they have another name."""


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(requirements):
    """Return the distributions of a list of requirements."""
    return {_normal(re.match(r"[\w.-]+", requirement)[0]) for requirement in requirements}


DEPENDENCIES = _names(PROJECT["dependencies"])
CLIENTS = {
    name for path in (ROOT / "tests/clients/hub").glob("*.txt") for name in _names(path.read_text().splitlines())
}
"""Of the environments that tests run programs in."""
TOOLS = _names(line for line in (ROOT / "deploy/tools.txt").read_text().splitlines() if not line.startswith("#"))
TEST, FRAMEWORKS = (_names(PROJECT["optional-dependencies"][extra]) for extra in ("test", "frameworks"))


def _imported(*folders):
    """Return the distributions of the modules that the Python files of some folders import."""
    modules = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(node.module.partition(".")[0])
    distributions = packages_distributions()
    return {
        _normal(distributions.get(module, [ELSEWHERE.get(module, module)])[0])
        for module in modules - OWN
        if module not in sys.stdlib_module_names
    }


@pytest.mark.slow
def test_the_service_declares_what_it_imports():
    assert DEPENDENCIES - NOT_IMPORTED.keys() == _imported("service")


@pytest.mark.slow
def test_the_tests_declare_what_they_import():
    assert _imported("tests") <= DEPENDENCIES | TEST | CLIENTS
    assert TEST - NOT_IMPORTED.keys() <= _imported("tests", "scripts")


def test_scripts_and_benchmarks_declare_what_they_import():
    imported = _imported("scripts", "benchmarks")
    assert imported <= DEPENDENCIES | TEST | FRAMEWORKS | TOOLS
    assert imported >= FRAMEWORKS


def test_the_versions_to_measure_are_of_declared_packages():
    lines = (ROOT / "benchmarks" / "requirements.txt").read_text().splitlines()
    assert _names(lines) <= FRAMEWORKS | DEPENDENCIES


@pytest.mark.parametrize("name", sorted(DEPENDENCIES | TEST))
def test_every_dependency_is_pinned(name):
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert name in {_normal(pin.partition("==")[0]) for pin in pins}


def test_uvicorn_is_bounded():
    """Private methods of its protocol are overridden."""
    requirement = next(line for line in PROJECT["dependencies"] if line.startswith("uvicorn"))
    assert re.fullmatch(r"uvicorn>=(\d+)\.(\d+),<(\d+)\.(\d+)", requirement)
