"""The reply to a request for a representation: all of it, a range of it, or that the client has it already."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from service.delivery.conditional import is_not_modified, range_holds
from service.delivery.executors import Executors
from service.delivery.ranges import ByteRange, parse_range
from service.delivery.representation import Representation, encoded
from service.delivery.streaming import StreamingReply
from service.formats.body import Cost


def reply(
    representation: Representation, request: Request, executors: Executors, check: Callable[[Cost], None] | None = None
) -> Response:
    """Return the reply to a GET or POST, or to a HEAD, for which nothing is made.

    `check` is asked before what is sent is made, of all or of a range, and refuses what is too dear by an exception.
    Raises PreconditionFailed, RangeNotSatisfiable and what rendering a small tensor may raise.
    """
    root_path = request.scope.get("root_path", "")
    if request.method == "POST":
        headers = {**representation.location(root_path), "Cache-Control": "no-store"}
    else:
        headers = representation.validators(root_path)
        if not representation.is_drawn and is_not_modified(request.headers, representation.tag):
            return Response(status_code=304, headers=headers)
        headers["Accept-Ranges"] = representation.ranges
    body, status = representation.body, 200
    wanted = _range(representation, request)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {wanted.first}-{wanted.end - 1}/{body.length}"
        body, status = body.part(wanted.first, wanted.end), 206
    if request.method == "HEAD":
        response = Response(headers={**headers, **representation.description()})
        del response.headers["Content-Length"]
        if body.length is not None:
            response.headers["Content-Length"] = str(body.length)
        return response
    if check is not None:
        check(body.cost)
    if representation.is_inline if wanted is None else body.is_inline:
        start = time.perf_counter()
        content = body.render()
        executors.measurements.generated(time.perf_counter() - start)
        return CompleteReply(content, status, {**encoded(headers), **representation.encoded_description()})
    if body.length is not None:
        headers["Content-Length"] = str(body.length)
    return StreamingReply(body, status, {**headers, **representation.description()}, executors)


class CompleteReply(Response):
    """A response whose headers are known to be fit for the wire."""

    def __init__(self, body: bytes, status: int, headers: Mapping[bytes, bytes]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [*headers.items(), (b"content-length", b"%d" % len(body))]


def _range(representation: Representation, request: Request) -> ByteRange | None:
    """Return the range to send; None for all. Only a GET has ranges (RFC 9110 section 14.2)."""
    fields = request.headers.getlist("range")
    length = representation.body.length
    if not fields or request.method != "GET" or not representation.has_ranges or length is None:
        return None
    return parse_range(fields[0], length) if range_holds(request.headers, representation.tag) else None
