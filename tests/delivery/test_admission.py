from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.admission import Admission, Overloaded


def _counts(admission):
    return admission.streams, admission.bytes


@pytest.fixture
def entered():
    """What `entered(admission, n)` enters goes on to the end of the test, or until the stack is closed."""
    with ExitStack() as stack:
        yield stack


def test_replies_and_their_bytes_are_counted_while_they_last():
    admission = Admission(10, 1000)
    with admission.enter(300), admission.enter(200):
        assert _counts(admission) == (2, 500)

    assert _counts(admission) == (0, 0)


@pytest.mark.parametrize(
    ("max_streams", "max_bytes", "under_way", "nbytes", "is_let_in"),
    [
        (3, 100, [10, 10], 10, True),
        (3, 100, [10, 10, 10], 10, False),
        (1, 100, [], 88, True),
        (1, 100, [1], 1, False),
        (9, 100, [60], 28, True),
        (9, 100, [60], 29, False),
        (9, 100, [30, 30], 29, False),
        (9, 100, [], 101, True),
        (9, 100, [], 10**12, True),
        (9, 100, [1], 101, False),
        (9, 100, [10**12], 1, False),
        (1, 100, [10**12], 1, False),
    ],
)
def test_a_reply_is_let_in_when_it_keeps_both_limits_or_would_be_alone(
    entered, max_streams, max_bytes, under_way, nbytes, is_let_in
):
    """Of 100 bytes 12 are kept for replies that end soon."""
    admission = Admission(max_streams, max_bytes)
    for number, other in enumerate(under_way):
        entered.enter_context(admission.enter(other, str(number)))

    if is_let_in:
        entered.enter_context(admission.enter(nbytes, "last"))
    else:
        with pytest.raises(Overloaded):
            entered.enter_context(admission.enter(nbytes, "last"))
    assert _counts(admission) == (len(under_way) + is_let_in, sum(under_way) + is_let_in * nbytes)


def _let_in(entered, admission, client, nbytes=1, **options):
    """Enter replies of a client until one is refused; return how many were let in."""
    count = 0
    while count < 10_000:
        try:
            entered.enter_context(admission.enter(nbytes, client, **options))
        except Overloaded:
            break
        count += 1
    return count


@pytest.mark.parametrize(("nbytes", "room"), [(1, 240 - 30), (10, 1000 - 125)], ids=["streams", "bytes"])
def test_each_client_has_at_most_what_is_free(entered, nbytes, room):
    """One alone has three fifths, and each that comes new has three fifths of what is left."""
    admission = Admission(240, 10**6) if nbytes == 1 else Admission(10**6, 1000)
    counts = [nbytes * _let_in(entered, admission, str(client), nbytes) for client in range(4)]

    assert counts == pytest.approx([room * 0.6 * 0.4**others for others in range(4)], abs=2 * nbytes)


def test_a_client_has_more_again_when_others_have_gone():
    admission = Admission(16, 10**6)
    with ExitStack() as others, ExitStack() as own:
        assert _let_in(others, admission, "other") == 9
        assert _let_in(own, admission, "own") == 3
        others.close()
        assert _let_in(own, admission, "own") == 6


def test_replies_that_end_soon_have_room_though_others_hold_all_that_they_may(entered):
    admission = Admission(80, 800)
    for client in range(300):
        _let_in(entered, admission, str(client), 10)
    with pytest.raises(Overloaded):
        entered.enter_context(admission.enter(10, "new"))

    assert _let_in(entered, admission, "0", 10, ends_soon=True) == 6
    assert _let_in(entered, admission, "new", 10, ends_soon=True) == 3
    assert admission.bytes <= 800


class Client:
    """One that takes bytes as the test says."""

    def __init__(self):
        self.is_dropped, self.left = False, 0

    def unsent(self):
        return self.left

    def drop(self, cause):
        assert cause == "room"
        self.is_dropped = True


@pytest.fixture
def slow(entered):
    """Admission with room for ten bytes, and `slow.enter(client, nbytes, pace)`, all for eleven seconds."""

    class Slow:
        def __init__(self):
            self.now = 0.0
            self.admission = Admission(100, 11, yielding_rate=100, clock=lambda: self.now)

        def enter(self, client, nbytes, pace, seconds=11, **options):
            wire = Client()
            stream = entered.enter_context(self.admission.enter(nbytes, client, wire=wire, **options))
            self.now -= seconds
            self.admission.began(stream)
            self.now += seconds
            stream.sent = pace * seconds + 50
            wire.left = 50
            return wire

    return Slow()


def test_the_slowest_replies_give_way_where_there_is_no_room(slow, entered):
    paces = [60, 20, 99, 40, 100]
    wires = [slow.enter(str(number), 2, pace) for number, pace in enumerate(paces)]
    entered.enter_context(slow.admission.enter(3, "new"))

    assert [wire.is_dropped for wire in wires] == [False, True, False, True, False]
    assert _counts(slow.admission) == (4, 9)


@pytest.mark.parametrize(("pace", "seconds"), [(100, 11), (0, 9)], ids=["fast", "new"])
def test_replies_that_are_fast_or_have_just_begun_do_not_give_way(slow, entered, pace, seconds):
    wires = [slow.enter(str(number), 5, pace, seconds) for number in range(2)]
    with pytest.raises(Overloaded):
        entered.enter_context(slow.admission.enter(1, "new"))

    assert not any(wire.is_dropped for wire in wires)


def test_replies_of_which_nothing_is_sent_do_not_give_way(entered):
    admission = Admission(100, 11, yielding_rate=100, clock=lambda: 10.0**6)
    wire = Client()
    entered.enter_context(admission.enter(10, "a", wire=wire))
    with pytest.raises(Overloaded):
        entered.enter_context(admission.enter(1, "new"))

    assert not wire.is_dropped


@pytest.mark.parametrize("nbytes", [9, 10**12])
def test_nothing_gives_way_where_that_would_not_make_room(slow, entered, nbytes):
    wires = [slow.enter("a", 4, 0), slow.enter("b", 4, 100)]
    with pytest.raises(Overloaded):
        entered.enter_context(slow.admission.enter(nbytes, "new"))

    assert not any(wire.is_dropped for wire in wires)
    assert _counts(slow.admission) == (2, 8)


def test_a_client_over_its_share_has_only_its_own_replies_cut(slow, entered):
    other, own = slow.enter("other", 2, 0), slow.enter("own", 4, 0)
    entered.enter_context(slow.admission.enter(3, "own"))

    assert (other.is_dropped, own.is_dropped) == (False, True)


def test_one_that_has_given_way_is_counted_down_once(slow):
    with ExitStack() as stack:
        slow.enter("a", 9, 0)
        stack.enter_context(slow.admission.enter(9, "b"))
        assert _counts(slow.admission) == (1, 9)


@pytest.mark.parametrize("nbytes", [1, 10**12])
def test_after_the_last_one_there_is_room_again(entered, nbytes):
    admission = Admission(1, 100)
    entered.enter_context(admission.enter(nbytes))
    entered.close()

    with admission.enter(nbytes):
        assert _counts(admission) == (1, nbytes)


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, GeneratorExit, KeyboardInterrupt])
def test_a_reply_that_ends_in_an_error_is_counted_down_and_the_error_goes_on(error):
    admission = Admission(1, 100)
    with pytest.raises(error), admission.enter(5):
        raise error

    assert _counts(admission) == (0, 0)


def test_a_cancelled_reply_is_counted_down():
    admission = Admission(1, 100)

    async def stay():
        with admission.enter(5):
            await asyncio.Event().wait()

    async def cancel():
        task = asyncio.ensure_future(stay())
        await asyncio.sleep(0)
        assert _counts(admission) == (1, 5)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(cancel())

    assert _counts(admission) == (0, 0)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(1, 4), st.integers(1, 40), st.integers(1, 4), st.lists(st.integers(1, 60) | st.none(), max_size=40))
def test_whatever_comes_and_goes_no_limit_is_passed_but_by_one_alone(max_streams, max_bytes, clients, events):
    admission = Admission(max_streams, max_bytes)
    inside: list = []
    for nbytes in events:
        if nbytes is not None:
            context = admission.enter(nbytes, str(len(inside) % clients))
            try:
                context.__enter__()
            except Overloaded:
                assert inside
            else:
                inside.append((nbytes, context))
        elif inside:
            inside.pop(len(inside) // 2)[1].__exit__(None, None, None)
        held = [size for size, _ in inside]
        assert _counts(admission) == (len(held), sum(held))
        assert len(held) <= max_streams
        assert sum(held) <= max_bytes or len(held) == 1
