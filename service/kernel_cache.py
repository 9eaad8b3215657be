"""Where compiled kernels are kept: in a folder that can be written to, else in a temporary one, else nowhere."""

from __future__ import annotations

import atexit
import functools
import hashlib
import logging
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_logger = logging.getLogger(__name__)

_KERNEL = b"\nfrom service.compilation import "
_IMPORT = re.compile(r"^from (service(?:\.\w+)*) import (\([^)]*\)|.+)$", re.MULTILINE)

_KEPT_CACHES = 4
_KEPT_SECONDS = 24 * 60 * 60
"""Caches of other sources stay for a day: another version of the service may be running from them."""

_TEMPORARY = "fanin-kernels-"
_LOCKING_SECONDS = 60
"""How long a temporary folder may exist before whoever made it holds its lock."""

_PROBE = bytes(2**16)
"""What a folder has to take for kernels to be kept in it; they are about that large."""


PACKAGE = Path(__file__).parent


def choose(package: Path, configured: str) -> Path | None:
    """Return the folder for the kernels of `package`, or None where none can be had.

    It is named after the sources of all of them, and stands in `configured`, by default beside the sources or in the
    home folder; an empty one is filled with the kernels beside the sources, which an image has. Where none of these can
    be written to, it is temporary, filled from the first that can be read, for Numba has no read-only caches; processes
    that this one starts share it.
    """
    name = _name(package)
    beside = package / "__pycache__"
    bases = [Path(configured)] if configured else [beside, *_home_caches()]
    for base in bases:
        if _is_writable(base / name):
            if base != beside and not holds_kernels(base / name):
                _fill(base / name, [beside / name])
            _prune(base / name)
            return base / name
    temporary = _temporary_copy(name, [*bases, beside])
    _warn(
        f"{' and '.join(map(str, bases))} cannot be written to, so the kernels "
        + (
            f"are kept in {temporary} until the service ends"
            if temporary
            else "are kept nowhere, and each start compiles them"
        )
        + "; NUMBA_CACHE_DIR may name a folder that can"
    )
    return temporary


def holds_kernels(folder: Path | None) -> bool:
    """Return whether there are kernels in the folder that was chosen."""
    return folder is not None and any(folder.rglob("*.nbi"))


@functools.cache
def warn_of_loss(reason: str) -> None:
    """Say, once for each reason, that a kernel was compiled and not kept, or kept and not read."""
    _logger.warning(
        "warning: kernels are compiled at each start, for they cannot be kept, or what was kept cannot be read: %s",
        reason,
    )


@functools.cache
def _warn(text: str) -> None:
    """Say it once, in the first of several processes alone: the others meet the same."""
    if multiprocessing.parent_process() is None:
        _logger.warning("warning: %s", text)


def _name(package: Path) -> str:
    digest = hashlib.sha256()
    for source in kernel_sources(package):
        digest.update(source.relative_to(package).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def kernel_sources(package: Path) -> list[Path]:
    """Return the files of a package that compiled kernels follow from, in order.

    They are compilation.py, the modules that import from it, the modules that those import, and data of the same name.
    Numba compares only the file that a kernel stands in, and would go on using a kernel whose constants or callees, in
    other files, have changed.
    """
    waiting = [path for path in package.rglob("*.py") if _KERNEL in path.read_bytes()]
    found = {package / "compilation.py"}
    while waiting:
        path = waiting.pop()
        if path not in found and path.is_file():
            found.add(path)
            for module, names in _IMPORT.findall(path.read_text()):
                base = package.joinpath(*module.split(".")[1:])
                # A name that is imported may be a module itself.
                modules = [base, *(base / name for name in re.findall(r"\w+", names))]
                waiting += [module.with_suffix(".py") for module in modules]
    data = [path.with_suffix(".json") for path in found]
    return sorted([*found, *(path for path in data if path.is_file())])


def _home_caches() -> list[Path]:
    """Return the cache folder of the user, if the user has a home."""
    try:
        return [Path.home() / ".cache" / "fanin"]
    except RuntimeError:
        return []


def _is_writable(path: Path) -> bool:
    """Return whether a kernel can be kept there, which the permissions alone do not say: a disk may be full."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(_PROBE)
            file.flush()
    except OSError:
        return False
    return True


def _prune(used: Path) -> None:
    """Remove caches of other sources beside the one in use, but for the latest few and those of the last day."""
    with suppress(OSError):
        os.utime(used)
        caches = [path for path in used.parent.iterdir() if re.fullmatch(r"[0-9a-f]{16}", path.name)]
        caches.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in caches[_KEPT_CACHES:]:
            if path.stat().st_mtime < time.time() - _KEPT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _temporary_copy(name: str, bases: Iterable[Path]) -> Path | None:
    """Return a temporary cache, filled from the first of `bases` that has kernels which can be read."""
    try:
        _remove_abandoned(Path(tempfile.gettempdir()))
        folder = tempfile.TemporaryDirectory(prefix=_TEMPORARY, ignore_cleanup_errors=True)
        _lock(Path(folder.name))
        copy = Path(folder.name) / name
        _fill(copy, [base / name for base in bases])
        if not _is_writable(copy):
            folder.cleanup()
            return None
    except OSError:
        return None
    atexit.register(folder.cleanup)
    os.environ["NUMBA_CACHE_DIR"] = folder.name
    return copy


def _fill(copy: Path, caches: Iterable[Path]) -> None:
    """Copy the first of `caches` that can be read, without its modes: it may have been read-only."""
    for cache in caches:
        try:
            for path in cache.rglob("*.nb[ic]"):
                _copy(path, copy / path.relative_to(cache))
        except OSError:
            # Half of the kernels, on a disk that they fill, would leave no room for any.
            shutil.rmtree(copy, ignore_errors=True)
        if holds_kernels(copy):
            return


def _copy(path: Path, target: Path) -> None:
    """Copy a file so that others see it whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(path, part)
    part.replace(target)


def _lock(folder: Path) -> bool:
    """Hold the lock of a folder until this process ends, however it ends; return whether nobody else holds it."""
    if sys.platform == "win32":
        return False
    import fcntl  # noqa: PLC0415

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    return True


def _remove_abandoned(parent: Path) -> None:
    """Remove the temporary caches of this user's processes that have died."""
    for folder in parent.glob(f"{_TEMPORARY}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _LOCKING_SECONDS and _lock(folder):
                shutil.rmtree(folder, ignore_errors=True)
