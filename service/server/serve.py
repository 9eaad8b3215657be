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
        # Where there are none, nobody is believed who says that he asks for another.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        access_log=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
