"""Fanin: neural-network weights over HTTP, each tensor a pure function of its URL."""

import os

__version__ = "0.2.0.dev0"

if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
    # They use instructions that Python has no counterpart of, and their bits are promised of what is compiled.
    raise ImportError(
        "NUMBA_DISABLE_JIT is set, and the kernels run only when they are compiled: unset it", name=__name__
    )
