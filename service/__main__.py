"""`python -m service`: serve, with the settings of the environment. `python -m service compile`: only compile."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import time
from typing import TextIO

from service import kernel_cache


def main(arguments: list[str]) -> int:
    if arguments == ["compile"]:
        return _compile()
    if arguments:
        sys.stderr.write("usage: python -m service [compile]\n")
        return 2
    return _serve()


def _compile() -> int:
    """Importing the kernels compiles them, unless they are in the cache."""
    _announce(sys.stdout)
    start = time.monotonic()
    importlib.import_module("service.app")
    sys.stdout.write(f"The kernels are ready, after {time.monotonic() - start:.0f} s\n")
    return 0


def _announce(stream: TextIO) -> None:
    """Say at once what takes so long, also where the log is buffered."""
    stream.write("Compiling the kernels for this processor, once; this takes a minute or two\n")
    stream.flush()


def _serve() -> int:
    # Nothing that is imported is garbage; the application turns collections on again (`service.server.worker`).
    gc.disable()
    # Imported late, for `compile` has to speak before the kernels are imported.
    from service.server.serve import serve  # noqa: PLC0415
    from service.settings import InvalidSettings, exposure, read_settings, unknown_variables  # noqa: PLC0415

    for line in unknown_variables(os.environ):
        sys.stderr.write(f"warning: {line}\n")
    try:
        settings = read_settings()
    except InvalidSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if (warning := exposure(settings)) is not None:
        sys.stderr.write(f"warning: {warning}\n")
    # Here for all processes that serve: each would find the same, and make a temporary folder of its own.
    if not kernel_cache.holds_kernels(kernel_cache.choose(kernel_cache.PACKAGE, os.environ.get("NUMBA_CACHE_DIR", ""))):
        _announce(sys.stderr)
    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
