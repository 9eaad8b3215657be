"""What a client has sent before anyone reads it."""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import suppress

_MOST = 2048
"""Bytes that are looked at: a request line of the usual length."""

_PATH = re.compile(rb"[A-Z]+ (/[^ ?]*)")


def early_path(transport: asyncio.BaseTransport) -> str:
    """Return the path of a request that has come with a connection; empty where nothing has come yet.

    Nothing is taken from the socket: the server's own reading finds all of it.
    """
    connection = transport.get_extra_info("socket")
    with suppress(OSError), socket.fromfd(connection.fileno(), connection.family, connection.type) as twin:
        match = _PATH.match(twin.recv(_MOST, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        return "" if match is None else match[1].decode("latin-1")
    return ""
