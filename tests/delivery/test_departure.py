"""A client that goes away, and servers that say so in their own way."""

from __future__ import annotations

import asyncio

import pytest

from service.delivery import departure as departures
from service.delivery.departure import departure, unless
from tests.delivery.bodies import PATIENCE


class _Server:
    """One that never waits: it has the same message at once, until the client goes."""

    def __init__(self, message):
        self.message = message
        self.asked = 0
        self.last = None

    async def receive(self):
        self.asked += 1
        return {"type": "http.disconnect"} if self.asked == self.last else self.message


@pytest.mark.parametrize(
    "message",
    [
        {"type": "http.request", "body": b"", "more_body": False},
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.response.push"},
    ],
)
def test_a_server_that_never_waits_is_not_asked_without_end(monkeypatch, message):
    """Work of 100 turns of the event loop is not held up; the server is asked for the request's end and once more."""
    monkeypatch.setattr(departures, "PAUSE", PATIENCE)
    server = _Server(message)

    async def work():
        for _ in range(100):
            await asyncio.sleep(0)
        return "done"

    async def call():
        async with departure(server.receive) as gone:
            return await asyncio.wait_for(unless(gone, work()), PATIENCE)

    assert asyncio.run(call()) == "done"
    assert server.asked == 2


def test_a_departure_that_such_a_server_tells_of_is_noticed(monkeypatch):
    monkeypatch.setattr(departures, "PAUSE", 0)
    server = _Server({"type": "http.request", "body": b"", "more_body": False})

    server.last = 5

    async def call():
        async with departure(server.receive) as gone:
            await asyncio.wait_for(gone, PATIENCE)

    asyncio.run(call())
