from __future__ import annotations

import asyncio
import itertools
import os
import random
import sys
import threading
import time
from contextlib import closing

import numpy as np
import pytest

from service.delivery.admission import Admission, Overloaded
from service.delivery.executors import Executors
from service.linear_algebra.interruption import Interrupted, interruption
from tests.delivery.bodies import PATIENCE, Given, failing, numbered, text_of, wait_for, waiting, whole


def _executors(threads=2):
    return closing(Executors(threads, Admission(10, 10**9)))


async def _all(executors, body):
    async with executors.pieces(body) as pieces:
        return [bytes(piece) async for piece in pieces]


@pytest.mark.parametrize("ends", list(itertools.permutations(range(3))), ids=str)
def test_pieces_come_in_order_whatever_the_order_in_which_threads_end(ends):
    ended = {index: threading.Event() for index in range(6)}

    def piece(index):
        before = ends.index(index % 3) - 1

        def make(buffer):
            if before >= 0:
                assert ended[index // 3 * 3 + ends[before]].wait(PATIENCE)
            made = numbered(index)(buffer)
            ended[index].set()
            return made

        return make

    with _executors(threads=3) as executors:
        assert asyncio.run(_all(executors, Given(given=map(piece, range(6))))) == [text_of(i) for i in range(6)]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 50])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_all_pieces_come_however_many_there_are(threads, count):
    with _executors(threads) as executors:
        assert asyncio.run(_all(executors, Given(given=map(numbered, range(count))))) == [
            text_of(i) for i in range(count)
        ]


def test_bytes_that_are_there_already_come_as_they_are_in_their_places():
    ready = [memoryview(b"first"), b"between", b"last"]
    with _executors() as executors:

        async def take():
            async with executors.pieces(Given(given=[ready[0], numbered(1), *ready[1:]])) as pieces:
                return [piece async for piece in pieces]

        taken = asyncio.run(take())

    assert [taken[0], *taken[2:]] == ready
    assert taken[0] is ready[0]
    assert taken[1] == text_of(1)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_as_many_pieces_are_made_at_the_same_time_as_there_are_threads(threads):
    together = threading.Barrier(threads)

    def make(buffer):
        together.wait(PATIENCE)
        return b"x"

    with _executors(threads) as executors:
        assert asyncio.run(_all(executors, Given(given=[make] * threads))) == [b"x"] * threads


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_no_more_pieces_than_ahead_are_begun_beyond_the_one_asked_for(threads):
    body = Given(given=map(numbered, range(10_000)))

    async def take(executors):
        async with executors.pieces(body) as pieces:
            assert not body.asked
            for taken in range(1, 30):
                await anext(pieces)
                await asyncio.sleep(0.002)
                assert taken < len(body.asked) <= taken + executors.pieces_ahead

    with _executors(threads) as executors:
        asyncio.run(take(executors))


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_while_a_piece_is_sent_there_is_one_more_for_each_thread(threads):
    body = Given(given=map(numbered, range(100)))

    async def take(executors):
        async with executors.pieces(body) as pieces:
            for taken in range(1, 20):
                await anext(pieces)
                assert len(body.asked) == taken + threads

    with _executors(threads) as executors:
        asyncio.run(take(executors))


KEEPING = {
    "the whole": (lambda piece: piece, slice(None)),
    "a part": (lambda piece: piece[8:24], slice(8, 24)),
    "an array": (lambda piece: np.frombuffer(piece, np.uint8)[1:].data, slice(1, None)),
}


@pytest.mark.parametrize("keeping", KEEPING)
def test_a_consumer_that_keeps_every_piece_has_all_bytes_right(keeping):
    keep, kept = KEEPING[keeping]

    async def take(executors):
        async with executors.pieces(Given(given=map(numbered, range(200)))) as pieces:
            return [keep(piece) async for piece in pieces]

    with _executors() as executors:
        taken = asyncio.run(take(executors))

    assert [bytes(piece) for piece in taken] == [text_of(i)[kept] for i in range(200)]


def test_a_consumer_that_lets_go_in_any_order_has_all_bytes_right():
    """As the wire does, which takes some pieces at once and is slow with others."""
    generator = random.Random(7)
    held = {}

    async def take(executors):
        async with executors.pieces(Given(given=map(numbered, range(500)))) as pieces:
            index = 0
            async for piece in pieces:
                held[index] = piece
                del piece
                index += 1
                for gone in generator.sample(sorted(held), generator.randint(0, min(len(held), 2))):
                    assert held.pop(gone) == text_of(gone)
            assert index == 500

    with _executors(threads=3) as executors:
        asyncio.run(take(executors))

    assert all(piece == text_of(index) for index, piece in held.items())


def test_buffers_that_nobody_refers_to_are_used_again():
    seen = set()

    def make(buffer):
        seen.add(buffer.ctypes.data)
        return buffer.data

    async def take(executors):
        async with executors.pieces(Given(given=[make] * 200)) as pieces:
            async for piece in pieces:
                del piece

    with _executors() as executors:
        asyncio.run(take(executors))
        assert len(seen) <= executors.pieces_ahead + 2


def test_the_next_body_has_the_buffers_of_the_last():
    seen: list[set] = []

    def make(buffer):
        seen[-1].add(buffer.ctypes.data)
        return buffer.data

    with _executors(threads=1) as executors:
        for _ in range(3):
            seen.append(set())
            asyncio.run(_all(executors, Given(given=[make] * 50)))

    assert len(set.union(*seen)) <= executors.pieces_ahead + 2


def test_the_next_body_leaves_alone_what_is_still_held_of_the_last():
    async def hold(executors, number):
        async with executors.pieces(Given(given=[numbered(number)] * 4)) as pieces:
            return [piece async for piece in pieces]

    with _executors() as executors:
        held = [asyncio.run(hold(executors, number)) for number in range(5)]

    assert held == [[text_of(number)] * 4 for number in range(5)]


@pytest.mark.slow
def test_the_buffers_kept_for_the_next_bodies_are_bounded():
    with _executors() as executors:
        for size in range(20):
            asyncio.run(_all(executors, Given(given=[numbered(1)] * 4, buffer_bytes=(20 + size) * 2**16)))

        assert executors._buffers.nbytes <= executors._buffers.CAPACITY


def test_the_buffers_are_as_large_as_the_body_says():
    def make(buffer):
        return str((buffer.dtype, buffer.shape)).encode()

    with _executors() as executors:
        made = asyncio.run(_all(executors, Given(given=[make], buffer_bytes=123)))

    assert made == [b"(dtype('uint8'), (123,))"]


def test_a_consumer_that_leaves_early_cancels_what_has_not_begun():
    release, left = threading.Event(), Given(given=map(numbered, range(9)))
    busy = Given(given=[waiting(release, numbered(0))] * 2)

    async def leave(executors):
        occupied = asyncio.ensure_future(_all(executors, busy))
        await asyncio.to_thread(wait_for, lambda: len(busy.begun) == 2)
        async with executors.pieces(left) as pieces:
            first = asyncio.ensure_future(anext(pieces))
            await asyncio.sleep(0)
            first.cancel()
        await asyncio.wait([first])
        assert left.asked
        release.set()
        await occupied
        return await _all(executors, Given(given=[numbered(5)]))

    with _executors(threads=2) as executors:
        assert asyncio.run(leave(executors)) == [text_of(5)]

    assert not left.begun


def test_nothing_is_begun_after_the_consumer_has_left():
    body = Given(given=map(numbered, range(10_000)))

    async def leave(executors):
        async with executors.pieces(body) as pieces:
            await anext(pieces)
        asked = len(body.asked)
        await _all(executors, Given(given=[numbered(0)] * 20))
        assert len(body.asked) == asked

    with _executors() as executors:
        asyncio.run(leave(executors))


def test_an_error_in_a_piece_reaches_the_consumer_after_the_pieces_before_it():
    taken = []

    async def take(executors, body):
        async with executors.pieces(body) as pieces:
            taken.extend([bytes(await anext(pieces)) for _ in range(2)])
            await anext(pieces)

    given = [numbered(0), numbered(1), failing(ZeroDivisionError("in a piece")), numbered(3)]
    with _executors(threads=4) as executors, pytest.raises(ZeroDivisionError, match="in a piece"):
        asyncio.run(take(executors, Given(given=given)))

    assert taken == [text_of(0), text_of(1)]


def test_after_an_error_the_threads_make_other_bodies():
    with _executors(threads=1) as executors:
        with pytest.raises(ZeroDivisionError):
            asyncio.run(_all(executors, Given(given=[failing(ZeroDivisionError())] * 5)))

        assert asyncio.run(_all(executors, Given(given=[numbered(1)]))) == [text_of(1)]


def test_an_error_in_taking_up_a_piece_reaches_the_consumer():
    def given():
        yield numbered(0)
        raise ZeroDivisionError

    with _executors() as executors, pytest.raises(ZeroDivisionError):
        asyncio.run(_all(executors, Given(given=given())))


def test_bodies_made_at_the_same_time_do_not_mix():
    async def take(executors):
        bodies = [Given(given=map(numbered, range(first, first + 40))) for first in range(0, 800, 40)]
        return await asyncio.gather(*(_all(executors, body) for body in bodies))

    with _executors(threads=3) as executors:
        made = asyncio.run(take(executors))

    assert list(itertools.chain(*made)) == [text_of(i) for i in range(800)]


def test_pieces_are_made_while_a_whole_is():
    release = threading.Event()

    async def take(executors):
        making = asyncio.ensure_future(executors.prepare(Given(tensor=whole(lambda: release.wait(PATIENCE)))))
        made = await _all(executors, Given(given=map(numbered, range(10))))
        assert not making.done()
        release.set()
        return made, await making

    with _executors(threads=1) as executors:
        made, body = asyncio.run(take(executors))

    assert made == [text_of(i) for i in range(10)]
    assert body.tensor.read().tolist() == [0, 1, 2, 3]


def test_a_whole_is_made_once():
    calls = []

    async def take(executors):
        body = await executors.prepare(Given(tensor=whole(lambda: calls.append(1))))
        return [body.tensor.read(first, 1)[0] for first in range(4)]

    with _executors() as executors:
        assert asyncio.run(take(executors)) == [0, 1, 2, 3]

    assert calls == [1]


def test_wholes_are_made_one_after_the_other():
    at_work = threading.Lock()

    def alone():
        assert at_work.acquire(blocking=False)
        time.sleep(0.002)
        at_work.release()

    async def take(executors):
        return await asyncio.gather(*(executors.prepare(Given(tensor=whole(alone))) for _ in range(10)))

    with _executors(threads=4) as executors:
        assert len(asyncio.run(take(executors))) == 10


def test_a_whole_is_made_while_one_that_takes_long_is():
    release = threading.Event()

    async def take(executors):
        long = whole(lambda: release.wait(PATIENCE), work=10**12)
        making = asyncio.ensure_future(executors.prepare(Given(tensor=long)))
        await asyncio.sleep(0)
        await executors.prepare(Given(tensor=whole()))
        assert not making.done()
        release.set()
        await making

    with _executors() as executors:
        asyncio.run(take(executors))


def test_a_whole_that_nobody_waits_for_any_more_ends():
    begun, ended = threading.Event(), threading.Event()

    def work():
        check = interruption()
        begun.set()
        try:
            wait_for(lambda: check() is not None)
        except Interrupted:
            ended.set()
            raise

    async def leave(executors):
        making = asyncio.ensure_future(executors.prepare(Given(tensor=whole(work))))
        await asyncio.to_thread(begun.wait, PATIENCE)
        making.cancel()
        await asyncio.wait([making])
        assert making.cancelled()
        assert await asyncio.to_thread(ended.wait, PATIENCE)
        await executors.prepare(Given(tensor=whole(interruption())))

    with _executors() as executors:
        asyncio.run(leave(executors))


def test_a_whole_that_nobody_waits_for_any_more_is_not_begun():
    release, begun = threading.Event(), threading.Event()

    async def leave(executors):
        first = asyncio.ensure_future(executors.prepare(Given(tensor=whole(lambda: release.wait(PATIENCE)))))
        second = asyncio.ensure_future(executors.prepare(Given(tensor=whole(begun.set))))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second])
        release.set()
        await first
        await executors.prepare(Given(tensor=whole()))

    with _executors() as executors:
        asyncio.run(leave(executors))

    assert not begun.is_set()


def test_closing_drops_what_has_not_begun_and_ends_the_threads():
    release, queued = threading.Event(), Given(given=map(numbered, range(5)))
    makers = []

    def make(buffer):
        makers.append(threading.current_thread())
        assert release.wait(PATIENCE)
        return b""

    async def close(executors):
        busy = asyncio.ensure_future(_all(executors, Given(given=[make])))
        await asyncio.to_thread(wait_for, lambda: makers)
        dropped = asyncio.ensure_future(_all(executors, queued))
        await asyncio.sleep(0)
        executors.close()
        release.set()
        await asyncio.wait([busy, dropped])
        return busy.result(), dropped.cancelled()

    assert asyncio.run(close(Executors(1, Admission(10, 10**9)))) == ([b""], True)
    makers[0].join(PATIENCE)
    assert not makers[0].is_alive()
    assert not queued.begun


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priorities of their own")
def test_the_event_loop_goes_before_the_threads_that_make_pieces():
    def make(buffer):
        return str(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())).encode()

    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with _executors() as executors:
        made = asyncio.run(_all(executors, Given(given=[make])))

    assert int(made[0]) >= 10
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def test_a_large_body_is_read_only_where_there_is_room():
    async def read(executors):
        return await executors.read(lambda: "read", 10**9, "a")

    with _executors() as executors:
        with executors.admission.enter(10**9, "b"), pytest.raises(Overloaded):
            asyncio.run(read(executors))
        assert asyncio.run(read(executors)) == "read"
        assert executors.admission.bytes == 0


def test_what_makes_answers_faster_is_done_beside_the_event_loop():
    done = threading.Event()
    with _executors() as executors:
        executors.begin(done.set)

        assert done.wait(PATIENCE)
