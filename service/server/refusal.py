"""What is answered where no request has reached the application."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from service.access.security_headers import security_fields
from service.problems.document import Problem


@dataclass(frozen=True)
class Refusal:
    """A whole response, after which nothing comes."""

    response: bytes
    body_length: int

    @classmethod
    def of(cls, problem: Problem, fields: Iterable[tuple[bytes, bytes]]) -> Refusal:
        """Return the one that tells of `problem`, with `fields` before its own."""
        response = problem.response()
        own = response.raw_headers
        lines = [b"HTTP/1.1 %d %s" % (problem.type.status, HTTPStatus(problem.type.status).phrase.encode())]
        lines += [name + b": " + value for name, value in (*fields, *own, *security_fields({}, own))]
        lines += [b"connection: close", b"", bytes(response.body)]
        return cls(b"\r\n".join(lines), len(response.body))
