"""Limits on what a client sends beside the content of its requests."""

from __future__ import annotations

import httptools

from service.problems.document import Problem
from service.problems.types import HEAD_TOO_LARGE, NOT_HTTP, TARGET_TOO_LONG
from service.server.replies import Stage
from service.server.upgrade_offers import Refused, UpgradeOffers
from service.settings import Settings

_SLICE = 4096
"""Bytes that are parsed at a time, so that what one packet holds is not all a request before the next is looked at."""

_CHUNK_FRAMING = 5
"""Bytes around a chunk's content at the least (RFC 9112 section 7.1)."""

_FIELD_FRAMING = 4
"""Bytes around a field's name and value."""


class RequestHeads(UpgradeOffers):
    """HTTP/1.1 whose heads, and all else that is no content, end within limits.

    What a client sends is counted as it comes: a head that never ends is refused at the limit, in time proportional to
    its bytes. Trailers, extensions of chunks and empty lines before a request are counted as the head is.
    """

    _settings: Settings
    _overhead = 0
    """Bytes of the request that comes now which are no content."""
    _unread: bytes | memoryview = b""
    """What came behind a request that waits in `pipeline`."""

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        if self._unread:
            self._unread = bytes(self._unread) + data
            self.flow.pause_reading()
            return
        self._read(data)

    def _read(self, data: bytes | memoryview) -> None:
        if len(data) <= _SLICE:
            self._take(data)
            return
        view = memoryview(data)
        for start in range(0, len(view), _SLICE):
            if self.pipeline:
                self._unread = view[start:]
                self.flow.pause_reading()
                return
            self._take(view[start : start + _SLICE])
            if self._is_deaf:
                return

    def read_on(self) -> None:
        if self._unread:
            data, self._unread = self._unread, b""
            self._read(data)

    def _take(self, data: bytes | memoryview) -> None:
        """Parse at most a slice, and refuse what is not HTTP or over a limit."""
        self._overhead += len(data)
        try:
            self.parse(data)
            if self._stage is Stage.HEAD:
                self._check_head()
            if self._overhead > self._settings.max_head_bytes:
                raise _head_too_large(self._settings.max_head_bytes, "bytes")
        except Refused as refused:
            self.refuse(refused.problem)
        except httptools.HttpParserError:
            self.refuse(Problem(NOT_HTTP, "what was sent is not an HTTP/1.1 request"))

    def on_message_begin(self) -> None:
        self._stage = Stage.HEAD
        self._overhead = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # Nothing here is told by trailers, which would otherwise be taken for fields of the head.
        if self._stage is Stage.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._check_head()
        limit = self._settings.max_head_bytes
        if self._overhead + _SLICE > limit and self._head_bytes() > limit:
            raise _head_too_large(limit, "bytes")
        # Raises for a target that is no URL, of which there is no request to answer.
        super().on_headers_complete()
        self._stage = Stage.BODY

    def _check_head(self) -> None:
        """Raise Refused when what has come of a head is over a limit."""
        settings = self._settings
        if len(self.url) > settings.max_target_bytes:
            raise _target_too_long(settings.max_target_bytes)
        if len(self.headers) > settings.max_fields:
            raise _head_too_large(settings.max_fields, "fields")

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + _FIELD_FRAMING for name, value in self.headers)

    def on_body(self, body: bytes) -> None:
        self._overhead = max(0, self._overhead - len(body) - _CHUNK_FRAMING)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stage = Stage.BETWEEN
        self._overhead = 0
        super().on_message_complete()


def _head_too_large(limit: int, what: str) -> Refused:
    detail = f"the request's head has more than {limit} {what}; what is long can be sent in the body of a POST"
    return Refused(Problem(HEAD_TOO_LARGE, detail, {"limit": limit}))


def _target_too_long(limit: int) -> Refused:
    detail = f"the URL has more than {limit} bytes; send the same members as JSON in the body of a POST"
    return Refused(Problem(TARGET_TOO_LONG, detail, {"limit": limit}))
