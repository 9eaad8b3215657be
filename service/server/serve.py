"""Serving: uvicorn with the protocol, for as long as no signal says to stop."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from service.server.protocol import Protocol
from service.settings import PREFIX, Settings


def serve(settings: Settings) -> None:
    """Serve until a signal says to stop, then let the replies under way end."""
    with _shared_counts(settings):
        _run(settings)


def _run(settings: Settings) -> None:
    uvicorn.run(
        "service.server.worker:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=Protocol,
        ws="none",
        server_header=False,
        # Where there are none, nobody is believed who says that he asks for another.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        access_log=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


@contextmanager
def _shared_counts(settings: Settings) -> Iterator[None]:
    """Make the folder in which several workers count together, which the environment tells them, and remove it."""
    if settings.workers == 1 or settings.metrics_directory is not None or sys.platform == "win32":
        yield
        return
    try:
        folder = tempfile.TemporaryDirectory(prefix="fanin-metrics-", ignore_cleanup_errors=True)
    except OSError as error:
        sys.stderr.write(f"warning: each worker counts for itself alone, for no folder can be made for all: {error}\n")
        yield
        return
    with folder as path:
        os.environ[f"{PREFIX}METRICS_DIRECTORY"] = path
        yield
