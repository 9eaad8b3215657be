"""Offers to upgrade the connection, none of which is accepted."""

from __future__ import annotations

import httptools

from service.problems.document import Problem
from service.problems.types import NOT_HTTP
from service.server.replies import Replies


class Refused(Exception):
    """What a callback of the parser raises to refuse a request."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class UpgradeOffers(Replies):
    """HTTP/1.1 that goes on as such whatever else the client offers (RFC 9110 section 7.8).

    Java's HttpClient and `curl --http2` offer `Upgrade: h2c` with their first request; uvicorn would read that
    request without its body. There are no WebSockets here, so no upgrade is ever accepted.
    """

    def parse(self, data: bytes | memoryview) -> None:
        """Feed the parser. Raises HttpParserError and Refused."""
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                head = self._head_without_offer()
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                self.parser.feed_data(head)
            except httptools.HttpParserCallbackError as error:
                if isinstance(error.__context__, Refused):
                    raise error.__context__ from None
                raise
            else:
                return

    def on_headers_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def _head_without_offer(self) -> bytes:
        """Return the head of the request, to be read again. Raises Refused."""
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == b"CONNECT":
            raise Refused(Problem(NOT_HTTP, "CONNECT is for proxies, and this is not one"))
        lines = [method + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join(lines) + b"\r\n\r\n"
