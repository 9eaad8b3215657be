"""The protocol's deadlines, with a clock and a connection that the test turns."""

from __future__ import annotations

import socket

import pytest

from service.observability.exchange import CAUSE
from service.server.protocol import LOCAL_SEND_BUFFER
from tests.server.simulation import ANNOUNCED, HEAD, SETTINGS, complete, connected, status


def test_a_silent_connection_is_closed_without_a_word():
    _, transport, clock = connected()
    clock.advance(4)
    assert not transport.closed
    clock.advance(2)

    assert transport.closed
    assert not transport.written


@pytest.mark.parametrize("piece", [b"G", HEAD, b"GET / HTTP/1.1\r\nX-"])
def test_a_head_that_is_not_whole_in_time_is_a_408(piece):
    protocol, transport, clock = connected()
    protocol.data_received(piece)
    clock.advance(4)
    assert not transport.written
    clock.advance(2)

    assert status(transport) == 408
    assert b"head" in transport.written
    assert transport.half_closed


def test_drips_of_a_head_gain_no_time():
    protocol, transport, clock = connected()
    for byte in HEAD[:6]:
        protocol.data_received(bytes([byte]))
        clock.advance(1)

    assert status(transport) == 408


def test_a_body_that_is_not_whole_in_time_is_a_408():
    protocol, transport, clock = connected()
    protocol.data_received(ANNOUNCED)
    for _ in range(8):
        protocol.data_received(b"x")
        clock.advance(1)
    assert not transport.written
    clock.advance(2)

    assert status(transport) == 408
    assert b"body" in transport.written
    assert protocol.cycle.disconnected


def test_the_body_of_a_request_that_is_refused_already_is_no_second_reply():
    protocol, transport, clock = connected()
    protocol.data_received(ANNOUNCED)
    complete(protocol)
    clock.advance(10)

    assert transport.closed
    assert not transport.written


def test_a_connection_that_is_answered_has_all_time():
    protocol, transport, clock = connected()
    protocol.data_received(HEAD + b"\r\n")
    clock.advance(1000)

    assert not transport.is_closing()


def test_an_idle_connection_is_closed():
    protocol, transport, clock = connected()
    protocol.data_received(HEAD + b"\r\n")
    clock.advance(100)
    complete(protocol)
    clock.advance(10)
    assert not transport.closed
    clock.advance(2)

    assert transport.closed


def test_the_next_head_has_its_own_time():
    protocol, transport, clock = connected()
    protocol.data_received(HEAD + b"\r\n")
    complete(protocol)
    clock.advance(9)
    protocol.data_received(HEAD)
    clock.advance(4)
    assert not transport.written
    clock.advance(2)

    assert status(transport) == 408


def test_a_head_that_came_in_part_during_a_reply_has_its_time_afterwards():
    protocol, transport, clock = connected()
    protocol.data_received(HEAD + b"\r\n" + HEAD)
    clock.advance(100)
    complete(protocol)
    clock.advance(4)
    assert not transport.written
    clock.advance(2)

    assert status(transport) == 408


def test_what_a_refused_client_goes_on_to_send_is_passed_over_for_a_while():
    protocol, transport, clock = connected()
    protocol.data_received(b"GARBAGE\r\n\r\n")
    assert status(transport) == 400
    written = transport.written
    protocol.data_received(HEAD + b"\r\n")
    assert not transport.closed
    clock.advance(3)

    assert transport.closed
    assert transport.written == written


def test_a_client_that_does_not_take_the_rest_of_a_complete_reply_is_dropped():
    protocol, transport, clock = connected()
    protocol.data_received(HEAD + b"\r\n")
    transport.unsent = 100
    complete(protocol)
    clock.advance(7)

    assert transport.aborted
    assert protocol.app_state["measurements"].total("fanin_disconnects", "stall") == 1


def test_a_client_that_stalls_within_its_reply_is_told_so_to_those_who_count():
    protocol, transport, clock = connected()
    protocol.data_received(HEAD + b"\r\n")
    transport.unsent = 100_000
    protocol.pause_writing()
    clock.advance(7)

    assert transport.aborted
    assert protocol.cycle.disconnected
    assert protocol.cycle.scope[CAUSE] == "stall"


def test_a_connection_that_is_lost_is_waited_for_no_longer():
    protocol, transport, clock = connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    protocol.connection_lost(ConnectionResetError())
    clock.advance(1)

    assert not clock.waiting


@pytest.mark.parametrize(
    ("address", "options"),
    [
        (("127.0.0.1", 50000), [(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)]),
        (("127.1.2.3", 50000), [(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)]),
        (("::1", 50000, 0, 0), [(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)]),
        (("192.0.2.1", 50000), []),
        (("2001:db8::1", 50000, 0, 0), []),
        (("fe80::1%eth0", 50000, 0, 2), []),
        ("/a/socket", []),
    ],
)
def test_only_clients_on_the_same_machine_have_the_short_send_buffer(address, options):
    assert connected(address=address)[1].options == options


@pytest.mark.parametrize("is_paused", [True, False])
def test_a_client_that_reads_reply_after_reply_for_longer_than_a_stall_may_last_is_not_dropped(is_paused):
    """Each reply is long and taken at once, but for its end, which waits for a moment when the reply is complete."""
    protocol, transport, clock = connected(SETTINGS.model_copy(update={"min_bytes_per_second": 10}))
    for _ in range(3 * SETTINGS.stall_seconds):
        protocol.data_received(HEAD + b"\r\n")
        if is_paused:
            transport.unsent = 1_000_000
            protocol.pause_writing()
        transport.unsent = 800
        if is_paused:
            protocol.resume_writing()
        complete(protocol)
        clock.advance(1)
        transport.unsent = 0

    assert not transport.aborted
