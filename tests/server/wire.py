"""Bytes by hand, to a server that a test has started."""

from __future__ import annotations

import json
import re
import socket
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.serving import ANSWERING

LIVEZ = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
"""A request, but for the empty line."""


@contextmanager
def talking(url):
    """Yield a connection."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=ANSWERING) as connection:
        yield connection


def sent(connection, pieces):
    """Send all pieces that the server takes."""
    with suppress(ConnectionError):
        for piece in pieces:
            connection.sendall(piece)


def received(connection):
    """Return all that comes until the server closes its side."""
    return b"".join(iter(lambda: connection.recv(2**20), b""))


def exchanged(url, *pieces, ends=False):
    """Send pieces, end this side if so asked, and return all that comes."""
    with talking(url) as connection:
        sent(connection, pieces)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        return received(connection)


def statuses(replies):
    """Return the statuses of replies whose bodies have no such line."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", replies)]


def problem(reply):
    """Return the document of the last reply."""
    return json.loads(reply.rpartition(b"\r\n\r\n")[2])
