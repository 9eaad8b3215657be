"""What is answered where no request has reached the application."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from service.problems.document import Problem


def refusal(problem: Problem, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a whole response that tells of `problem`, with `fields` before its own, after which nothing comes."""
    response = problem.response()
    lines = [b"HTTP/1.1 %d %s" % (problem.type.status, HTTPStatus(problem.type.status).phrase.encode())]
    lines += [name + b": " + value for name, value in (*fields, *response.raw_headers)]
    lines += [b"connection: close", b"", bytes(response.body)]
    return b"\r\n".join(lines)
