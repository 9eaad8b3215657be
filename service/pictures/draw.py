"""Drawing, as a task for a process beside the server's: only there is Matplotlib imported.

It holds the GIL for tenths of a second, and its memory is gone when that process ends.
"""

from __future__ import annotations

import functools
import logging
import os
import warnings
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from service import __version__

if TYPE_CHECKING:
    # Not before `prepare` has said how many threads NumPy's library is to have.
    from service.pictures.picture import Picture, Rendering

MOST_SECONDS = 30.0
"""That a picture may take; the dearest take less than two (`python -m benchmarks.pictures`)."""

_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""For singular values, of which no other reply should feel much."""


def prepare() -> None:
    """Load what draws."""
    os.environ.update(_ONE_THREAD)
    # A letter that the font has not is drawn as a box.
    warnings.simplefilter("ignore")
    # Where there is no home, its list of fonts is kept in a temporary folder, which it would warn of.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from service.pictures.drawing import figure  # noqa: PLC0415

    figure.prepare()


def draw(picture: Picture, rendering: Rendering) -> bytes:
    """Return the file of a picture."""
    from service.pictures.drawing import figure  # noqa: PLC0415

    return figure.draw(picture, rendering)


@functools.cache
def drawn_by() -> str:
    """Return the versions on which the letters and lines of a picture depend."""
    with suppress(PackageNotFoundError):
        return f"fanin {__version__}, matplotlib {version('matplotlib')}"
    return f"fanin {__version__}"
