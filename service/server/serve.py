"""Serving: uvicorn with the protocol, for as long as no signal says to stop."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from service.server.descriptors import connections_within
from service.server.log import log_config
from service.server.protocol import Protocol
from service.settings import PREFIX, Settings

WORKER_SECONDS = 60
"""How long a worker may not answer the supervisor before it is replaced: on a machine with too much to do it can take
seconds for its turn."""


def serve(settings: Settings) -> None:
    """Serve until a signal says to stop, then let the replies under way end."""
    # uvicorn raises the signal again when it has done what it asks for; before, there is nothing to end.
    signal.signal(signal.SIGTERM, _end)
    connections = connections_within(settings.max_connections)
    if connections < settings.max_connections:
        sys.stderr.write(
            f"warning: the limit of open files (ulimit -n) leaves room for {connections} connections in each process, "
            f"not for the {settings.max_connections} of FANIN_MAX_CONNECTIONS\n"
        )
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
        log_config=log_config(),
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=WORKER_SECONDS,
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


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
