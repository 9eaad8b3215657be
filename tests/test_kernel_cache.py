from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from service import kernel_cache
from tests.programs import program, root
from tests.serving import ROOT, serving

SOURCES = Path(kernel_cache.__file__).parent


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A copy of the kernels' sources, for which a cache is to be chosen."""
    copy = tmp_path / "service"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    yield copy
    os.environ.pop("NUMBA_CACHE_DIR", None)


@pytest.fixture
def choose(sources):
    return lambda folder="": kernel_cache.choose(sources, str(folder))


def test_the_same_sources_share_a_cache(choose):
    assert choose() == choose()


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
def test_a_changed_source_gets_a_new_cache(sources, choose, changed):
    before = choose()
    with (sources / changed).open("a") as file:
        file.write("\n")
    assert choose() != before


UNCOMPILED = ["app.py", "kernel_cache.py", "streams/philox/vectors.json", "advice/advisor.py", "advice/rules/table.py"]


@pytest.mark.parametrize("changed", UNCOMPILED)
def test_a_changed_file_without_kernels_keeps_the_cache(sources, choose, changed):
    before = choose()
    with (sources / changed).open("a") as file:
        file.write("\n")
    assert choose() == before


def test_every_module_with_kernels_counts():
    holding = {path for path in SOURCES.rglob("*.py") if "@kernel" in path.read_text()}
    assert holding - {SOURCES / "compilation.py"} <= set(kernel_cache.kernel_sources(SOURCES))


def test_caches_of_other_sources_are_removed_but_for_recent_ones(choose):
    used = choose()
    now = time.time()
    others = [used.with_name(f"{number:016x}") for number in range(8)]
    for age, other in enumerate(others):
        other.mkdir()
        os.utime(other, (now - age * 24 * 60 * 60 - 60,) * 2)
    assert choose() == used
    assert [other.exists() for other in others] == [True] * 3 + [False] * 5


def test_a_cache_of_other_sources_stays_for_a_day(choose):
    used = choose()
    others = [used.with_name(f"{number:016x}") for number in range(8)]
    for other in others:
        other.mkdir()
    choose()
    assert all(other.exists() for other in others)


def test_the_cache_stands_beside_the_sources(sources, choose):
    assert choose().parent == sources / "__pycache__"


def test_the_cache_stands_where_the_operator_says(choose, tmp_path):
    assert choose(tmp_path / "elsewhere").parent == tmp_path / "elsewhere"


def test_the_cache_stands_in_the_home_folder_when_the_sources_are_read_only(sources, choose, tmp_path, monkeypatch):
    (sources / "__pycache__").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert choose().parent == tmp_path / "home" / ".cache" / "fanin"


@pytest.mark.parametrize("configured", [True, False])
def test_kernels_of_a_folder_that_cannot_be_written_are_copied(sources, choose, tmp_path, monkeypatch, configured):
    folder = tmp_path / "kept" if configured else ""
    read_only = choose(folder)
    (read_only / "module").mkdir()
    (read_only / "module" / "kernel.nbi").write_bytes(b"compiled")
    (read_only / "module").chmod(0o555)
    monkeypatch.setattr(kernel_cache, "_is_writable", lambda path: tmp_path / "service" not in path.parents)
    monkeypatch.setenv("HOME", str(tmp_path / "service"))

    copy = choose("" if configured is False else sources / "nowhere")

    assert copy.parent.name.startswith("fanin-kernels-")
    assert os.environ["NUMBA_CACHE_DIR"] == str(copy.parent)
    if not configured:
        assert (copy / "module" / "kernel.nbi").read_bytes() == b"compiled"
        assert (copy / "module").stat().st_mode & 0o700 == 0o700


def test_kernels_beside_the_sources_fill_in_for_a_folder_that_cannot_be_used(choose, tmp_path):
    kept = choose()
    (kept / "kernel.nbi").write_bytes(b"compiled")
    (tmp_path / "file").touch()

    copy = choose(tmp_path / "file")

    assert copy.parent.parent == tmp_path
    assert (copy / "kernel.nbi").read_bytes() == b"compiled"


def test_an_empty_folder_is_filled_with_the_kernels_beside_the_sources(sources, choose, tmp_path):
    image = choose()
    (image / "kernel.nbi").write_bytes(b"compiled")
    for folder in (sources / "__pycache__").rglob("*"):
        folder.chmod(0o555)

    volume = choose(tmp_path / "volume")

    assert volume.parent == tmp_path / "volume"
    assert (volume / "kernel.nbi").read_bytes() == b"compiled"


def test_without_even_a_temporary_folder_there_is_none(choose, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert choose(tmp_path / "file") is None


def test_temporary_folders_of_the_living_and_of_others_stay(choose, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "fanin-kernels-link").symlink_to(tmp_path / "elsewhere")
    mine = choose(tmp_path / "file").parent
    long_ago = time.time() - 24 * 60 * 60
    os.utime(mine, (long_ago, long_ago))

    choose(tmp_path / "file")

    assert mine.exists()
    assert (tmp_path / "elsewhere").exists()


# Processes of their own, in the surroundings that operators have. Compiling one kernel stands for compiling all.


def _run(tmp_path, *, before=(), program_text="import tests.tiny_kernel as t; print(t.double(21))", **environment):
    """Run a process that compiles or loads one kernel; return what it writes, and the temporary folders it leaves."""
    temporary = tmp_path / "temporary"
    temporary.mkdir(exist_ok=True)
    temporary.chmod(0o777)
    variables = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "TMPDIR": str(temporary)} | environment
    run = subprocess.run(
        [*before, sys.executable, "-c", program_text],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return run.stdout.strip(), run.stderr.splitlines(), list(temporary.glob("fanin-kernels-*"))


def _in_a_small_disk(tmp_path, size):
    """Return what runs a command while a file system of `size` bytes stands at the folder `cache`."""
    root()
    (tmp_path / "cache").mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o size={size} none "{tmp_path / "cache"}"'
    return (program("unshare"), "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh")


@pytest.mark.slow
def test_a_kernel_is_kept_without_a_word(tmp_path):
    assert _run(tmp_path) == ("42", [], [])
    assert [path.suffix for path in sorted((tmp_path / "cache").rglob("tiny_kernel*"))] == [".nbc", ".nbi"]


@pytest.mark.slow
def test_a_full_disk_is_a_warning_and_a_temporary_folder_that_is_removed(tmp_path):
    written, warnings, left = _run(tmp_path, before=_in_a_small_disk(tmp_path, "32k"))

    assert written == "42"
    assert len(warnings) == 1
    assert "cannot be written to, so the kernels are kept in " in warnings[0]
    assert left == []


@pytest.mark.slow
def test_full_disks_all_over_are_a_warning(tmp_path):
    written, warnings, _ = _run(tmp_path, before=_in_a_small_disk(tmp_path, "32k"), TMPDIR=str(tmp_path / "cache"))

    assert written == "42"
    assert len(warnings) == 1
    assert "kept nowhere, and each start compiles them" in warnings[0]


@pytest.mark.slow
def test_a_disk_that_fills_while_kernels_are_compiled_is_a_warning(tmp_path):
    program_text = f"""if True:
        import os, service.compilation
        file = os.open({str(tmp_path / "cache" / "file")!r}, os.O_CREAT | os.O_WRONLY)
        os.write(file, bytes(2**20))
        import tests.tiny_kernel
        print(tests.tiny_kernel.double(21))
    """
    written, warnings, _ = _run(tmp_path, before=_in_a_small_disk(tmp_path, "128k"), program_text=program_text)

    assert written == "42"
    assert len(warnings) == 1
    assert "No space left on device" in warnings[0] or "cannot be written to" in warnings[0]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("left", [0, 20])
def test_a_kept_kernel_that_was_cut_off_is_compiled_again(tmp_path, suffix, left):
    _run(tmp_path)
    file = next((tmp_path / "cache").rglob(f"tiny_kernel*{suffix}"))
    file.write_bytes(file.read_bytes()[:left])

    written, warnings, _ = _run(tmp_path)

    assert written == "42"
    assert len(warnings) <= 1


@pytest.mark.slow
def test_a_kept_kernel_that_may_not_be_read_is_compiled_again(tmp_path):
    root()
    _run(tmp_path)
    next((tmp_path / "cache").rglob("tiny_kernel*.nbi")).chmod(0)

    powerless = (program("setpriv"), "--bounding-set=-all", "--inh-caps=-all")
    written, warnings, _ = _run(tmp_path, before=powerless)

    assert written == "42"
    assert len(warnings) == 1
    assert "Permission denied" in warnings[0]


STRANGER = ("--user", "--map-user=54321", "--map-group=54321")
"""A user who owns nothing here and has no entry in any list of users."""


@pytest.mark.slow
def test_a_user_without_a_name_or_a_home_is_served(tmp_path):
    root()
    read_only = f'mount --bind -o ro "{ROOT}" "{ROOT}" && cd "{ROOT}" && exec "$@"'
    by = (
        program("unshare"),
        "--mount",
        "sh",
        "-c",
        read_only,
        "sh",
        "env",
        "-u",
        "HOME",
        program("unshare"),
        *STRANGER,
    )

    written, warnings, left = _run(tmp_path, before=by, NUMBA_CACHE_DIR="")

    assert written == "42"
    assert len(warnings) == 1
    assert left == []


@pytest.mark.slow
def test_two_that_start_at_once_with_nothing_kept_both_serve(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tests.tiny_kernel"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in processes] == [b"42", b"42"]


@pytest.mark.slow
def test_the_temporary_folder_of_a_process_that_was_killed_is_removed_at_the_next_start(tmp_path):
    (tmp_path / "cache").touch()
    die = f"import service.compilation, os; os.kill(os.getpid(), {signal.SIGKILL:d})"
    _, _, left = _run(tmp_path, program_text=die)
    assert len(left) == 1
    long_ago = time.time() - 24 * 60 * 60
    os.utime(left[0], (long_ago, long_ago))

    assert _run(tmp_path)[2] == []


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_the_service_starts_from_a_read_only_tree_as_another_user(tmp_path, workers):
    root()
    (tmp_path / "temporary").mkdir()
    read_only = f'mount --bind -o ro "{ROOT}" "{ROOT}" && cd "{ROOT}" && exec "$@"'
    variables = ("-u", "HOME", f"TMPDIR={tmp_path / 'temporary'}", "NUMBA_CACHE_DIR=")
    by = (program("unshare"), "--mount", "sh", "-c", read_only, "sh", "env", *variables, program("unshare"), *STRANGER)

    with serving(tmp_path, by=by, workers=workers) as served:
        log = served.log.read_text()
        assert len(list((tmp_path / "temporary").glob("fanin-kernels-*"))) == 1

    assert [line for line in log.splitlines() if "warning" in line.lower()] == [
        line for line in log.splitlines() if "until the service ends" in line
    ]
    assert log.count("until the service ends") == 1
    assert workers == 1 or list((tmp_path / "temporary").glob("fanin-kernels-*")) == []
