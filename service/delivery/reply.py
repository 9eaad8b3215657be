"""The reply to a request for a tensor: all of it, a range of it, or that the client has it already."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from service.delivery.conditional import is_not_modified, range_holds
from service.delivery.ranges import ByteRange, parse_range
from service.delivery.representation import Representation
from service.delivery.stream import Streamed
from service.delivery.workshop import Workshop
from service.formats.binary import BinaryBody


def reply(representation: Representation, request: Request, workshop: Workshop) -> Response:
    """Return the reply to a GET or POST, or to a HEAD, for which nothing is made.

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
    headers |= representation.description()
    body, status = representation.body, 200
    wanted = _range(representation, request)
    if wanted is not None and isinstance(body, BinaryBody):
        headers["Content-Range"] = f"bytes {wanted.first}-{wanted.end - 1}/{body.total}"
        body, status = body.part(wanted.first, wanted.end), 206
    if request.method == "HEAD":
        response = Response(headers=headers)
        del response.headers["Content-Length"]
        if body.length is not None:
            response.headers["Content-Length"] = str(body.length)
        return response
    if body.is_inline:
        return Response(body.render(), status, headers)
    if body.length is not None:
        headers["Content-Length"] = str(body.length)
    return Streamed(body, status, headers, workshop)


def _range(representation: Representation, request: Request) -> ByteRange | None:
    """Return the range to send; None for all. Only a GET has ranges (RFC 9110 section 14.2)."""
    field = request.headers.get("range")
    body = representation.body
    if field is None or request.method != "GET" or not representation.has_ranges or not isinstance(body, BinaryBody):
        return None
    return parse_range(field, body.total) if range_holds(request.headers, representation.tag) else None
