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
        (1, 100, [], 100, True),
        (1, 100, [1], 1, False),
        (9, 100, [60], 40, True),
        (9, 100, [60], 41, False),
        (9, 100, [30, 30], 41, False),
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
    admission = Admission(max_streams, max_bytes)
    for other in under_way:
        entered.enter_context(admission.enter(other))

    if is_let_in:
        entered.enter_context(admission.enter(nbytes))
    else:
        with pytest.raises(Overloaded):
            entered.enter_context(admission.enter(nbytes))
    assert _counts(admission) == (len(under_way) + is_let_in, sum(under_way) + is_let_in * nbytes)


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


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(1, 4), st.integers(1, 40), st.lists(st.integers(1, 60) | st.none(), max_size=40))
def test_whatever_comes_and_goes_no_limit_is_passed_but_by_one_alone(max_streams, max_bytes, events):
    admission = Admission(max_streams, max_bytes)
    inside: list = []
    for nbytes in events:
        if nbytes is not None:
            context = admission.enter(nbytes)
            try:
                context.__enter__()
            except Overloaded:
                assert inside
                assert len(inside) == max_streams or sum(size for size, _ in inside) + nbytes > max_bytes
            else:
                inside.append((nbytes, context))
        elif inside:
            inside.pop(len(inside) // 2)[1].__exit__(None, None, None)
        held = [size for size, _ in inside]
        assert _counts(admission) == (len(held), sum(held))
        assert len(held) <= max_streams
        assert sum(held) <= max_bytes or len(held) == 1
