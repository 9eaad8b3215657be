from __future__ import annotations

import asyncio
import threading
from contextlib import closing

import pytest

from service.delivery.admission import Admission
from service.delivery.executors import QUEUES, Executors
from service.delivery.lane import Lane
from service.linear_algebra.interruption import interruption
from tests.delivery.bodies import PATIENCE, Given, numbered, text_of, wait_for, waiting, whole


@pytest.mark.parametrize(
    ("seconds", "lane"),
    [(0.0, Lane.QUICK), (0.049, Lane.QUICK), (0.05, Lane.SLOW), (0.9, Lane.SLOW), (1.0, Lane.DEAR), (1e9, Lane.DEAR)],
)
def test_the_estimate_decides_the_lane(seconds, lane):
    assert Lane.of(seconds) is lane


def test_each_lane_has_threads_of_its_own_for_each_kind_of_work():
    queues = [queue for queue in QUEUES if queue != "pictures"]

    assert len(set(queues)) == 3 * len(Lane)


@pytest.mark.parametrize("seconds", [0.5, 5.0], ids=["slow", "dear"])
def test_a_quick_body_waits_for_none_of_another_lane(seconds):
    release = threading.Event()

    async def take(executors, body):
        async with executors.pieces(body) as pieces:
            return [bytes(piece) async for piece in pieces]

    async def both(executors):
        held = [waiting(release, numbered(index)) for index in range(10)]
        others = [asyncio.ensure_future(take(executors, Given(given=held, filling=seconds))) for _ in range(3)]
        await asyncio.sleep(0)
        made = await asyncio.wait_for(take(executors, Given(given=[numbered(7)])), PATIENCE)
        release.set()
        await asyncio.gather(*others)
        return made

    with closing(Executors(2, Admission(10, 10**9))) as executors:
        assert asyncio.run(both(executors)) == [text_of(7)]


@pytest.mark.parametrize("work", [5 * 10**9, 10**12], ids=["slow", "dear"])
def test_a_quick_whole_waits_for_none_of_another_lane(work):
    release = threading.Event()

    async def both(executors):
        other = executors.prepare(Given(tensor=whole(lambda: release.wait(PATIENCE), work=work)))
        making = asyncio.ensure_future(other)
        await asyncio.sleep(0)
        await asyncio.wait_for(executors.prepare(Given(tensor=whole())), PATIENCE)
        assert not making.done()
        release.set()
        await making

    with closing(Executors(2, Admission(10, 10**9))) as executors:
        asyncio.run(both(executors))


@pytest.mark.parametrize("seconds", [0.0, 0.5, 5.0])
def test_an_answer_that_nobody_waits_for_ends_and_is_counted_until_then(seconds):
    begun, counted = threading.Event(), []
    with closing(Executors(2, Admission(10, 10**9))) as executors:

        def answer():
            check = interruption()
            begun.set()
            try:
                wait_for(lambda: check() is not None)
            finally:
                counted.append(executors.admission.streams)

        async def leave():
            running = asyncio.ensure_future(executors.run(answer, 100, seconds))
            await asyncio.to_thread(begun.wait, PATIENCE)
            running.cancel()
            await asyncio.wait([running])
            assert running.cancelled()
            return executors.admission.streams

        assert asyncio.run(leave()) == 0
    assert counted == [1]
