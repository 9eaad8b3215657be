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
def talking(url, source="127.0.0.1", receive_buffer=None):
    """Yield a connection from an address of this machine."""
    address = urlsplit(url)
    with socket.socket() as connection:
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(ANSWERING)
        connection.bind((source, 0))
        connection.connect((address.hostname, address.port))
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
