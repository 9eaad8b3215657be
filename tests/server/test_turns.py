"""Requests that are sent before the reply to the one before, with a clock that the test turns."""

from __future__ import annotations

import pytest

from service.server.turns import LONGEST_TURN, TURN_SECONDS, Turns
from tests.server.simulation import Clock


class Waiting:
    """A request whose reply begins when the test says so."""

    def __init__(self, name, begun, is_there=True):
        self.name, self.begun, self.is_there, self.is_over = name, begun, is_there, False

    def begin(self):
        if self.is_there:
            self.begun.append(self.name)
        return self.is_there


class FineClock(Clock):
    """One that advances by turns."""

    def call_later(self, delay, callback, *arguments):
        assert delay == TURN_SECONDS
        return super().call_later(1, callback, *arguments)


@pytest.fixture
def clock():
    return FineClock()


@pytest.fixture
def turns(clock):
    return Turns(clock)


def test_a_request_begins_at_once_where_no_other_waits(turns):
    begun: list[str] = []
    turns.wait(Waiting("a", begun))

    assert begun == ["a"]


def test_one_that_follows_a_reply_that_has_begun_begins_at_once(turns):
    begun: list[str] = []
    first = Waiting("a", begun)
    turns.wait(first)
    first.is_over = True
    turns.wait(Waiting("b", begun))

    assert begun == ["a", "b"]


def test_the_next_waits_until_the_reply_before_it_has_begun(turns, clock):
    begun: list[str] = []
    first = Waiting("a", begun)
    turns.wait(first)
    turns.wait(Waiting("b", begun))
    clock.advance(5)
    before = [*begun]
    first.is_over = True
    clock.advance(1)

    assert (before, begun) == (["a"], ["a", "b"])


def test_those_that_wait_begin_one_a_turn_in_the_order_in_which_they_came(turns, clock):
    begun: list[str] = []
    for name in "abcd":
        waiting = Waiting(name, begun)
        waiting.is_over = name != "a"
        turns.wait(waiting)
        if name == "a":
            first = waiting
    first.is_over = True
    seen = [[*begun]]
    for _ in range(3):
        clock.advance(1)
        seen.append([*begun])

    assert ["".join(names) for names in seen] == ["a", "ab", "abc", "abcd"]


def test_a_dear_request_is_waited_for_only_so_long(turns, clock):
    begun: list[str] = []
    turns.wait(Waiting("dear", begun))
    turns.wait(Waiting("small", begun))
    clock.advance(LONGEST_TURN - 1)
    before = [*begun]
    clock.advance(1)

    assert (before, begun) == (["dear"], ["dear", "small"])


def test_the_turn_of_a_client_that_has_gone_is_the_next_ones(turns, clock):
    begun: list[str] = []
    first = Waiting("a", begun)
    turns.wait(first)
    turns.wait(Waiting("gone", begun, is_there=False))
    turns.wait(Waiting("b", begun))
    first.is_over = True
    clock.advance(1)

    assert begun == ["a", "b"]
