"""The application of a process that does nothing but serve it."""

from __future__ import annotations

import gc

from fastapi import FastAPI

from service.app import create_app


def application() -> FastAPI:
    """Return the application, with what stands now left out of all garbage collections: it stays."""
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.enable()
    return app
