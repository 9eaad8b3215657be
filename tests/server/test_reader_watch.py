"""The watch over clients that stall or drip, with a clock and a connection that the test turns."""

from __future__ import annotations

from typing import Any

import pytest

from service.server.reader_watch import ReaderWatch
from tests.server.simulation import Clock, Transport

SECONDS = 7


class Watched:
    """A connection, which has its watch as the server's have theirs; the transport keeps it."""

    def __init__(self, transport, clock, rate):
        self.transport = transport
        transport.protocol = self
        arguments: Any = (self, clock, SECONDS, rate)
        self.watch = ReaderWatch(*arguments)

    def unsent(self):
        return self.transport.get_write_buffer_size()

    def drop(self, cause):
        self.transport.abort()


def _watch(rate=0) -> Any:
    clock, transport = Clock(), Transport()
    transport.unsent = 100_000
    return Watched(transport, clock, rate).watch, transport, clock


def test_a_client_that_takes_nothing_is_dropped_after_the_seconds_and_no_sooner():
    watch, transport, clock = _watch()
    watch.start()
    clock.advance(SECONDS - 1)
    assert not transport.aborted
    clock.advance(1)

    assert transport.aborted


@pytest.mark.parametrize(("rate", "taken", "is_dropped"), [(0, 1, False), (10, 70, False), (10, 69, True)])
def test_a_client_is_dropped_that_takes_less_than_the_rate_on_average(rate, taken, is_dropped):
    watch, transport, clock = _watch(rate)
    watch.start()
    for _ in range(20):
        transport.unsent -= taken
        clock.advance(SECONDS)

    assert transport.aborted is is_dropped


def test_a_client_that_stops_after_a_while_is_dropped():
    watch, transport, clock = _watch()
    watch.start()
    for _ in range(3):
        transport.unsent -= 1000
        clock.advance(SECONDS)
    clock.advance(SECONDS)

    assert transport.aborted


def test_a_client_that_has_taken_what_there_was_is_watched_no_longer():
    watch, transport, clock = _watch()
    watch.start()
    clock.advance(SECONDS - 1)
    transport.unsent = 0
    watch.stop()
    clock.advance(10 * SECONDS)

    assert not transport.aborted
    assert not watch.is_on


def test_a_client_that_takes_the_last_byte_unnoticed_is_not_dropped():
    watch, transport, clock = _watch(rate=10**6)
    watch.start()
    transport.unsent = 0
    clock.advance(SECONDS)

    assert not transport.aborted
    assert not watch.is_on


@pytest.mark.parametrize(("taken", "is_dropped"), [(12, False), (9, True)])
def test_drips_are_found_however_often_the_server_has_something_new_to_send(taken, is_dropped):
    """Each time it waits a second for bytes to be taken; those in which it makes more do not count."""
    watch, transport, clock = _watch(rate=10)
    for _ in range(3 * SECONDS):
        transport.unsent = 100
        watch.start()
        clock.advance(1)
        transport.unsent -= taken
        watch.stop()
        clock.advance(50)

    assert transport.aborted is is_dropped


def test_time_in_which_a_client_has_everything_and_asks_for_nothing_does_not_count():
    """The end of each reply waits for a moment, and what is written later is no sign that less was taken."""
    watch, transport, clock = _watch(rate=10)
    for _ in range(10):
        transport.unsent = 1000
        watch.start()
        clock.advance(1)
        transport.unsent = 0
        watch.stop()
        transport.unsent = 50
        watch.start()
        transport.unsent = 0
        clock.advance(SECONDS - 1)
        watch.look()

    assert not transport.aborted


@pytest.mark.parametrize("look", [True, False])
def test_a_client_that_had_nothing_to_take_for_long_has_all_the_seconds_again(look):
    watch, transport, clock = _watch(rate=10)
    transport.unsent = 50
    watch.start()
    transport.unsent = 0
    clock.advance(2 * SECONDS)
    if look:
        watch.look()
    transport.unsent = 1000
    watch.start()
    clock.advance(SECONDS - 1)

    assert not transport.aborted


def test_what_is_written_to_a_client_before_it_has_taken_all_is_not_counted_against_it():
    watch, transport, clock = _watch(rate=10)
    transport.unsent = 50
    watch.start()
    clock.advance(1)
    watch.look()
    transport.unsent = 100_000
    watch.start()
    clock.advance(1)
    transport.unsent -= 100
    clock.advance(SECONDS)

    assert not transport.aborted
