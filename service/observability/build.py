"""What was built: the versions that decide how a process serves."""

from __future__ import annotations

import platform
from importlib.metadata import version

from service import __version__

_LIBRARIES = ("numpy", "numba", "fastapi", "uvicorn")


def build() -> dict[str, str]:
    """Return the versions by their names."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        **{library: version(library) for library in _LIBRARIES},
    }
