"""The application of a process that does nothing but serve it."""

from __future__ import annotations

import gc
import sys

from fastapi import FastAPI

from service.app import create_app

SWITCH_SECONDS = 0.0001
"""How long the event loop waits for a thread that computes an answer in Python: less than a small reply takes.

Python's own is 5 ms, which a reply would wait for at each of its steps.
"""

COLLECTIONS = (2000, 10, 100)
"""Objects, and collections of younger ones, from which on Python looks for garbage (gc.set_threshold).

A collection holds the GIL: the last kind, which looks at all there is, takes tens of milliseconds beside a large
answer, and finds little, for what refers to itself is rare here.
"""


def application() -> FastAPI:
    """Return the application, with what stands now left out of all garbage collections: it stays."""
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)
    gc.enable()
    sys.setswitchinterval(SWITCH_SECONDS)
    return app
