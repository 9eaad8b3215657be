"""What never becomes a request, answered with a problem document."""

from __future__ import annotations

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.problems.document import MEDIA_TYPE, blank_document


class BadRequests(HttpToolsProtocol):
    """HTTP/1.1 whose answer to what is not HTTP is a problem document."""

    def send_400_response(self, msg: str) -> None:
        """Answer with the problem, and close the connection."""
        body = blank_document(HTTPStatus.BAD_REQUEST, msg)
        head = (
            f"HTTP/1.1 400 {HTTPStatus.BAD_REQUEST.phrase}\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
