"""Raw bytes that are nearly requests, to a server of its own: `python -m scripts.fuzz [COUNT]`, by default 100000.

Ends with 1 when a reply is a 5xx but a 503, when one does not come, when the log has a traceback, and when memory
grows.
The same bytes each time: a fault names the number of its client, and `python -m scripts.fuzz COUNT FIRST` begins there.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import uvloop

from tests.serving import serving

AT_ONCE = 16
PATIENCE = 20
"""Seconds within which the server has to answer and close."""

ENOUGH = 2**20
"""Bytes of replies after which no more are read."""

GROWTH = 2**26
"""Bytes that the resident memory may grow by after the first tenth."""

LIMITED = {
    "max_elements": 10**6,
    "max_json_elements": 10**5,
    "max_matrix_work": 10**8,
    "max_layers": 50,
    "head_seconds": 5,
    "body_seconds": 5,
    "keep_alive_seconds": 5,
}

TARGETS = (
    b"/",
    b"/livez",
    b"/readyz",
    b"/metrics",
    b"/docs",
    b"/openapi.json",
    b"/initializers",
    b"/initializers/he_normal",
    b"/problems/over-limit",
    b"/weights/he_normal?shape=3,4&seed=1",
    b"/weights/normal?shape=300,300&seed=1&format=raw",
    b"/weights/zeros?shape=",
    b"/weights/orthogonal?shape=16,16&format=npy",
    b"/weights/keras.initializers.HeNormal?shape=2,2&slice=0:1,:",
    b"/advise?layer=linear&shape=256,784&activation=relu",
    b"/advise?layer=conv2d&shape=64,3,7,7",
    b"//weights/../%2e%2e/etc/passwd",
    b"http://example.org/livez",
    b"*",
    b"/weights/%00?shape=1",
    b"/weights/he_normal?shape=%ff&seed=-1",
)
METHODS = (
    b"GET",
    b"GET",
    b"GET",
    b"HEAD",
    *[b"GET"] * 6,
    *[b"POST"] * 6,
    b"OPTIONS",
    b"PUT",
    b"DELETE",
    b"TRACE",
    b"CONNECT",
    b"get",
    b"QUERY",
)
FIELDS = (
    b"Host: x",
    b"Accept: application/octet-stream",
    b"Accept: */*;q=0",
    b"Range: bytes=0-9",
    b"Range: bytes=-5",
    b"Range: bytes=9-1",
    b'If-None-Match: "a", W/"b"',
    b"If-Match: *",
    b"If-Range: x",
    b"Connection: close",
    b"Connection: Upgrade",
    b"Upgrade: h2c",
    b"Upgrade: websocket",
    b"Expect: 100-continue",
    b"Content-Type: application/json",
    b"Origin: https://a.example",
    b"X-Forwarded-For: 1.2.3.4",
    b"Cookie: a=b",
    b"Authorization: Bearer x",
    b"traceparent: 00-0-0-0",
    b"X-A: " + b"a" * 3000,
)
ODD_FIELDS = (
    b"Content-Type: text/plain; charset=\xff",
    b"Content-Length: 0",
    b"Content-Length: 5",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: x",
    b" folded: x",
    b": nameless",
    b"no colon",
    b"A\x00: b",
)
BODIES = (
    b"",
    b"{}",
    b'{"initializer": "zeros", "shape": [2]}',
    b'{"layer": "linear", "shape": [64, 64]}',
    b"[" * 5000,
    b"\xff\xfe",
    b'{"a":' * 300,
    b'{"layers": [{"layer": "linear", "shape": [4, 4]}, {}]}',
    b'{"initializer": "he_normal", "shape": [1e400]}',
    b"null",
    b'"\\ud800"',
)
VERSIONS = (*[b"HTTP/1.1"] * 12, b"HTTP/1.0", b"HTTP/2")
ENDS = (*[b"\r\n"] * 60, b"\n", b"\r", b"\r\n ", b"\x00\r\n")
"""Of lines, nearly all as they should be."""


def message(number: int) -> list[bytes]:
    """Return the packets of one client: requests, some of them damaged."""
    chance = random.Random(number)  # noqa: S311 (it is no secret)
    data = b"".join(_request(chance) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        data = _damaged(chance, data)
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.choice((0, 0, 0, 1, 3))))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _request(chance: random.Random) -> bytes:
    end, body = chance.choice(ENDS), chance.choice(BODIES)
    lines = [
        b" ".join(
            (
                chance.choice(METHODS),
                chance.choice(TARGETS),
                chance.choice((b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2")),
            )
        )
    ]
    lines += chance.choices(FIELDS, k=chance.choice((0, 1, 2, 2, 8)))
    lines += chance.choices(ODD_FIELDS, k=chance.choice((0, 0, 0, 1)))
    framing = chance.randrange(4)
    if framing == 0:
        lines += [b"Content-Type: application/json", b"Content-Length: %d" % len(body)]
    elif framing == 1:
        lines += [b"Content-Type: application/json", b"Transfer-Encoding: chunked"]
        body = b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(body), body, chance.choice((b"", b"T: x\r\n")))
    elif framing == 2:
        body = b""
    return end.join(lines) + end * 2 + body


def _damaged(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    how = chance.randrange(5)
    if how == 0:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if how == 1:
        return data[:at] + data[at + chance.randrange(1, 20) :]
    if how == 2:
        return data[:at] + chance.randbytes(chance.randrange(1, 20)) + data[at:]
    if how == 3:
        return data[:at]
    return data[:at] + data[max(0, at - chance.randrange(1, 200)) : at] * chance.randrange(1, 20) + data[at:]


async def answer(host: str, port: int, number: int) -> bytes:
    """Return what the server says to one client, who then ends its side."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        # uvloop's way to say that the connection is lost.
        with contextlib.suppress(RuntimeError):
            for packet in message(number):
                writer.write(packet)
                await asyncio.sleep(0)
            writer.write_eof()
        received = b""
        while len(received) < ENOUGH and (part := await reader.read(2**18)):
            received += part
    except OSError:
        # Reset, or not connected any more, as uvloop tells it.
        return b""
    finally:
        writer.transport.abort()
    return received


async def answers(host: str, port: int, numbers: range, statuses: Counter[int], faults: list[str]) -> None:
    """Send all, a few at a time, and note what comes back."""
    left = iter(numbers)

    async def send() -> None:
        for number in left:
            try:
                received = await asyncio.wait_for(answer(host, port, number), PATIENCE)
            except TimeoutError:
                faults.append(f"{number}: no end after {PATIENCE} s")
                continue
            found = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) [A-Z]", received)]
            statuses.update(found or [0])
            faults.extend(f"{number}: {status}" for status in found if status >= 500 and status not in (501, 503))

    await asyncio.gather(*(send() for _ in range(AT_ONCE)))


def main(count: int = 100_000, first: int = 0) -> int:
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), **LIMITED) as served:
        host, port = served.url.removeprefix("http://").split(":")
        warm = first + count // 10
        uvloop.run(answers(host, int(port), range(first, warm), statuses, faults))
        before, files = served.resident(), served.files()
        uvloop.run(answers(host, int(port), range(warm, first + count), statuses, faults))
        growth = served.resident() - before
        if "Traceback" in served.log.read_text():
            faults.append(f"the log has a traceback:\n{served.log.read_text()[-5000:]}")
    if growth > GROWTH:
        faults.append(f"memory has grown by {growth / 2**20:.0f} MiB")
    print(f"{count} clients, {sum(statuses.values())} replies; memory grew by {growth / 2**20:.1f} MiB; {files} files")
    print(", ".join(f"{status or 'none'}: {number}" for status, number in sorted(statuses.items())))
    print(*faults[:20], sep="\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
