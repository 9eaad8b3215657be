"""HTTP/1.1 as this service speaks it."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from service.server.bad_requests import BadRequests
from service.server.stall_watch import StallWatch
from service.server.upgrade_offers import UpgradeOffers

LOCAL_SEND_BUFFER = 2**18
"""Bytes on their way to a client on the same machine: few enough to be in a cache still when it reads them.

Elsewhere the kernel chooses, for it knows the delay.
"""


class Protocol(UpgradeOffers, BadRequests):
    """One connection; a client that takes nothing of its reply for `stall_seconds` is dropped."""

    _watch: StallWatch

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch = StallWatch(self.loop, transport, self.app_state["settings"].stall_seconds)
        if self.client is not None and ipaddress.ip_address(self.client[0]).is_loopback:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch.start()

    def resume_writing(self) -> None:
        self._watch.stop()
        super().resume_writing()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch.start()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one that still has not taken all of its last reply is watched instead."""
        super().timeout_keep_alive_handler()
        if not self._watch.is_on:
            self._watch.start()

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.stop()
        super().connection_lost(exc)
