"""Serving: uvicorn with the protocol, for as long as no signal says to stop."""

from __future__ import annotations

import uvicorn

from service.server.protocol import Protocol
from service.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until a signal says to stop, then let the replies under way end."""
    uvicorn.run(
        "service.server.worker:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=Protocol,
        ws="none",
        server_header=False,
        # Nothing here asks who the client is or how it came; a path is all that is told of a URL.
        proxy_headers=False,
        access_log=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
