"""What ends when its client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

PAUSE = 0.05
"""Seconds between two messages of a server that has none to give but a disconnection."""

_Result = TypeVar("_Result")


@asynccontextmanager
async def departure(receive: Receive) -> AsyncIterator[asyncio.Future[None]]:
    """Yield what is done when the client of a request, whose body has been read, goes away."""
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        yield gone
    finally:
        gone.cancel()


async def unless(gone: asyncio.Future[None], wanted: Awaitable[_Result]) -> _Result:
    """Return what is awaited. Raises ClientDisconnect when the client goes away before.

    What is awaited is cancelled then, and has ended: whatever is held for it can be given to others.
    """
    task = asyncio.ensure_future(wanted)
    waiting: set[asyncio.Future[Any]] = {gone, task}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        is_left = not task.done()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
    if is_left:
        raise ClientDisconnect
    return task.result()


async def _disconnected(receive: Receive) -> None:
    pause = 0.0
    while (await receive())["type"] != "http.disconnect":
        # The first message may be the end of a request whose body nobody had to read. A server that does not wait with
        # others would be asked as fast as it answers.
        await asyncio.sleep(pause)
        pause = PAUSE
