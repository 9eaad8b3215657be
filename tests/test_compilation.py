from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from service import compilation
from tests.serving import ROOT
from tests.streams.digests import digests

SOURCES = Path(compilation.__file__).parent


@pytest.mark.slow
@pytest.mark.parametrize("processor", ["generic", "haswell"])
def test_kernels_compiled_for_another_processor_make_the_same_bits(processor, tmp_path):
    environment = os.environ | {
        "NUMBA_CPU_NAME": processor,
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.streams.digests"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        timeout=600,
        check=True,
    )
    assert json.loads(run.stdout) == digests()


@pytest.mark.parametrize("command", [("-m", "service"), ("-m", "service", "compile"), ("-c", "import service.app")])
def test_without_compilation_the_service_is_refused_with_a_sentence(command):
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    run = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert "NUMBA_DISABLE_JIT is set, and the kernels run only when they are compiled" in run.stderr.splitlines()[-1]
    assert command[0] == "-c" or len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("value", ["0", ""])
def test_compilation_that_is_not_disabled_is_no_matter(value):
    environment = os.environ | {"NUMBA_DISABLE_JIT": value}

    subprocess.run([sys.executable, "-c", "import service"], cwd=ROOT, env=environment, check=True)


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A copy of the kernels' sources, for which a cache is to be chosen."""
    copy = tmp_path / "service"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compilation, "__file__", str(copy / "compilation.py"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return copy


@pytest.fixture
def choose_cache(monkeypatch):
    def choose(folder=""):
        monkeypatch.setattr(compilation.config, "CACHE_DIR", str(folder))
        compilation._choose_cache()
        return Path(compilation.config.CACHE_DIR)

    return choose


def test_the_same_sources_share_a_cache(sources, choose_cache):
    assert choose_cache() == choose_cache()


@pytest.mark.parametrize(
    "changed",
    [
        "compilation.py",
        "arithmetic/elementary.py",
        "streams/philox/quantile.py",
        "streams/philox/fill.py",
        "streams/philox/coefficients.json",
        "decimals/shortest.py",
    ],
)
def test_a_changed_source_gets_a_new_cache(sources, choose_cache, changed):
    before = choose_cache()
    with (sources / changed).open("a") as file:
        file.write("\n")
    assert choose_cache() != before


UNCOMPILED = ["app.py", "streams/philox/vectors.json", "advice/advisor.py", "advice/rules/table.py"]


@pytest.mark.parametrize("changed", UNCOMPILED)
def test_a_changed_file_without_kernels_keeps_the_cache(sources, choose_cache, changed):
    before = choose_cache()
    with (sources / changed).open("a") as file:
        file.write("\n")
    assert choose_cache() == before


def test_every_module_with_kernels_counts():
    holding = {path for path in SOURCES.rglob("*.py") if "@kernel" in path.read_text()}
    assert holding - {SOURCES / "compilation.py"} <= set(compilation.kernel_sources(SOURCES))


def test_caches_of_other_sources_are_removed_but_for_recent_ones(sources, choose_cache):
    used = choose_cache()
    now = time.time()
    others = [used.with_name(f"{number:016x}") for number in range(8)]
    for age, other in enumerate(others):
        other.mkdir()
        os.utime(other, (now - age * 24 * 60 * 60 - 60,) * 2)
    assert choose_cache() == used
    assert [other.exists() for other in others] == [True] * 3 + [False] * 5


def test_a_cache_of_other_sources_stays_for_a_day(sources, choose_cache):
    used = choose_cache()
    others = [used.with_name(f"{number:016x}") for number in range(8)]
    for other in others:
        other.mkdir()
    choose_cache()
    assert all(other.exists() for other in others)


def test_the_cache_stands_beside_the_sources(sources, choose_cache):
    assert choose_cache().parent == sources / "__pycache__"


def test_the_cache_stands_where_the_operator_says(sources, choose_cache, tmp_path):
    assert choose_cache(tmp_path / "elsewhere").parent == tmp_path / "elsewhere"


def test_the_cache_stands_in_the_home_folder_when_the_sources_are_read_only(
    sources, choose_cache, tmp_path, monkeypatch
):
    (sources / "__pycache__").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert choose_cache().parent == tmp_path / "home" / ".cache" / "fanin"


def test_a_cache_that_cannot_be_written_is_copied(sources, choose_cache, monkeypatch):
    read_only = choose_cache()
    (read_only / "kernel.nbi").write_bytes(b"compiled")
    monkeypatch.setattr(compilation, "_is_writable", lambda path: False)
    copy = choose_cache()
    assert copy != read_only
    assert (copy / "kernel.nbi").read_bytes() == b"compiled"


def test_without_any_writable_folder_the_cache_is_temporary(sources, choose_cache, tmp_path):
    (tmp_path / "file").touch()
    assert choose_cache(tmp_path / "file").parent == tmp_path


def test_without_even_a_temporary_folder_nothing_is_cached(sources, choose_cache, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(compilation.config, "CACHE_DIR", str(tmp_path / "file"))
    assert not compilation._choose_cache()
