"""The HTTP server that carries the application: uvicorn, with what it needs to serve every client."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from http import HTTPStatus

import httptools
import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.problems import MEDIA_TYPE as PROBLEM_MEDIA_TYPE
from service.settings import Settings

LOCAL_SEND_BUFFER = 2**18
"""Bytes on their way to a client on the same machine: few enough to be in a cache still when it reads them.

Elsewhere the kernel chooses, for it knows the delay.
"""


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that goes on as such whatever else the client offers (RFC 9110 section 7.8).

    Java's HttpClient and `curl --http2` offer `Upgrade: h2c` with their first request; uvicorn would read that
    request without its body. There are no WebSockets here, so no upgrade is ever accepted.

    A client that takes nothing of its reply for `stall_seconds` is dropped.
    """

    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._stall_seconds = self.app_state["settings"].stall_seconds
        if self.client is not None and ipaddress.ip_address(self.client[0]).is_loopback:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._unwatch()
        super().resume_writing()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch(self.transport.get_write_buffer_size())

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one that still has not taken all of its last reply is watched instead."""
        super().timeout_keep_alive_handler()
        if self._stall is None:
            self._watch(self.transport.get_write_buffer_size())

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self, unsent: int) -> None:
        self._unwatch()
        self._stall = self.loop.call_later(self._stall_seconds, self._check, unsent)

    def _unwatch(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _check(self, unsent: int) -> None:
        now = self.transport.get_write_buffer_size()
        if now >= unsent:
            self.transport.abort()
        else:
            self._watch(now)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("what was sent is no HTTP/1.1 request")

    def on_headers_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what never becomes a request, as a problem document, and close the connection."""
        title = HTTPStatus.BAD_REQUEST.phrase
        body = orjson.dumps({"type": "about:blank", "title": title, "status": 400, "detail": msg})
        head = f"HTTP/1.1 400 {title}\r\nContent-Type: {PROBLEM_MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        self.transport.close()

    def _go_on(self, rest: bytes) -> None:
        """Read the request's head again without the offer, then what came after it."""
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == b"CONNECT":
            self.send_400_response("CONNECT is for proxies; this is none")
            return
        lines = [method + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"\r\n".join(lines) + b"\r\n\r\n" + rest)


def serve(settings: Settings) -> None:
    """Serve until a signal says to stop, then let the replies under way end."""
    uvicorn.run(
        "service.worker:application",
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
