"""The protocol's watch over clients that stall, and how a server ends."""

from __future__ import annotations

import hashlib
import socket
import time
from contextlib import ExitStack, suppress
from types import SimpleNamespace

import pytest
import uvicorn
from uvicorn.server import ServerState

from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from service.server.protocol import LOCAL_SEND_BUFFER, Protocol
from service.settings import Settings
from tests.serving import ANSWERING, admitted, asking, get, sending, serving, settled, until

STALL = 7


class Timers:
    """The part of an event loop that has timers, with a clock that the test turns."""

    def __init__(self):
        self.now, self.waiting = 0, []

    def call_later(self, delay, callback, *arguments):
        entry = (self.now + delay, callback, arguments)
        self.waiting.append(entry)
        return SimpleNamespace(cancel=lambda: entry in self.waiting and self.waiting.remove(entry))

    def advance(self, seconds):
        for _ in range(seconds):
            self.now += 1
            for entry in [entry for entry in self.waiting if entry[0] <= self.now]:
                self.waiting.remove(entry)
                entry[1](*entry[2])


class Transport:
    """A connection whose unsent bytes the test sets."""

    def __init__(self, address):
        self.unsent = 0
        self.aborted = False
        self.options = []
        self.socket = SimpleNamespace(
            getpeername=lambda: address,
            getsockname=lambda: ("127.0.0.1", 8000),
            setsockopt=lambda *option: self.options.append(option),
        )

    def get_extra_info(self, name):
        return self.socket if name == "socket" else None

    def get_write_buffer_size(self):
        return self.unsent

    def abort(self):
        self.aborted = True


def _connected(address=("127.0.0.1", 50000)):
    config = uvicorn.Config(lambda scope: None, http=Protocol, ws="none", log_config=None, interface="asgi3")
    state = {"settings": Settings(stall_seconds=STALL)}
    protocol, transport = Protocol(config, ServerState(), state, Timers()), Transport(address)
    protocol.connection_made(transport)
    return protocol, transport, protocol.loop


def test_a_client_that_takes_nothing_for_the_stall_seconds_is_dropped_and_no_sooner():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    clock.advance(STALL - 1)
    assert not transport.aborted
    clock.advance(1)

    assert transport.aborted


def test_a_client_that_takes_a_little_in_each_period_is_not_dropped():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    for _ in range(20):
        transport.unsent -= 1
        clock.advance(STALL)

    assert not transport.aborted


def test_a_client_that_stops_after_a_while_is_dropped():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    for _ in range(3):
        transport.unsent -= 1000
        clock.advance(STALL)
    clock.advance(STALL)

    assert transport.aborted


def test_a_client_that_has_taken_what_there_was_is_watched_no_longer():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    clock.advance(STALL - 1)
    transport.unsent = 0
    protocol.resume_writing()
    clock.advance(10 * STALL)

    assert not transport.aborted


def test_each_pause_begins_a_period_of_its_own():
    protocol, transport, clock = _connected()
    for _ in range(5):
        transport.unsent = 100_000
        protocol.pause_writing()
        clock.advance(STALL - 1)
        protocol.resume_writing()

    assert not transport.aborted


def test_a_connection_that_is_lost_is_watched_no_longer():
    protocol, transport, clock = _connected()
    transport.unsent = 100_000
    protocol.pause_writing()
    protocol.connection_lost(ConnectionResetError())

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
    assert _connected(address)[1].options == options


LONG = "/weights/normal?shape=16777216,64&seed=1&format=raw"
"""4 GiB, which no client here reads to the end."""


def _large(count):
    return f"/weights/uniform?shape={count}&seed=1&format=raw"


def _digest(count):
    """Return the digest of what `_large(count)` brings."""
    tensor = parse_tensor("uniform", Members({"shape": str(count), "seed": "1"}, in_body=False), 1)[0]
    return hashlib.sha256(tensor.read().tobytes()).digest()


def _read(response, hasher, nbytes):
    """Read until `nbytes` have come, into the hasher."""
    while nbytes:
        part = response.read(min(nbytes, 2**16))
        assert part, "the reply ended too soon"
        hasher.update(part)
        nbytes -= len(part)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """A server that drops clients which stall for a second, and has room for one large reply."""
    with serving(tmp_path_factory.mktemp("impatient"), stall_seconds=1, max_streams=1) as served:
        yield served


def _has_room(served):
    with asking(served.url, LONG) as response:
        return response.status == 200


@pytest.mark.slow
def test_a_client_that_reads_nothing_is_dropped_and_its_reply_ended(impatient):
    with sending(impatient.url, LONG, receive_buffer=2**16) as stalled:
        until(lambda: not _has_room(impatient))
        until(lambda: _has_room(impatient))
        received = 0
        with suppress(ConnectionResetError):
            while part := stalled.recv(2**20):
                received += len(part)

    assert received < 2**24


@pytest.mark.slow
def test_a_client_that_reads_slowly_but_steadily_has_all_of_its_reply(impatient):
    count, hasher = 2**22, hashlib.sha256()
    with admitted(impatient.url, _large(count), receive_buffer=2**16) as response:
        assert response.status == 200
        for _ in range(40):
            _read(response, hasher, 2**16)
            time.sleep(0.1)
        _read(response, hasher, 4 * count - 40 * 2**16)

    assert hasher.digest() == _digest(count)


@pytest.mark.slow
@pytest.mark.parametrize("fields", [[], ["Connection: close"]], ids=["kept alive", "closed"])
def test_a_client_that_reads_nothing_is_dropped_however_little_of_its_reply_is_left(tmp_path, fields):
    """What the kernel has taken is its own business: after so many bytes more, some reply ends just beyond that."""
    with serving(tmp_path, stall_seconds=1) as served, ExitStack() as stack:
        before = settled(served.files)
        for count in range(20_000, 260_000, 6_000):
            stack.enter_context(sending(served.url, _large(count), fields, receive_buffer=2**16))
        until(lambda: served.files() > before)
        until(lambda: served.files() <= before, seconds=20)


@pytest.mark.slow
def test_sigterm_ends_the_process_in_time_though_a_client_stalls(tmp_path):
    with serving(tmp_path, shutdown_seconds=1) as served, sending(served.url, LONG, receive_buffer=2**16) as stalled:
        assert stalled.recv(1)
        served.terminate()
        served.process.wait(timeout=11)


@pytest.mark.slow
def test_sigterm_ends_the_process_in_time_though_an_orthogonal_tensor_is_being_made(tmp_path):
    target = "/weights/orthogonal?shape=4096,4096&seed=1&format=raw"
    with serving(tmp_path, shutdown_seconds=1) as served, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(sending(served.url, target))
        time.sleep(0.2)
        served.terminate()
        served.process.wait(timeout=11)


@pytest.mark.slow
@pytest.mark.parametrize("target", [_large(2**24), "/weights/uniform?shape=1000000&seed=1"], ids=["raw", "json"])
def test_sigterm_lets_a_reply_under_way_end_whole(tmp_path, target):
    with serving(tmp_path, shutdown_seconds=ANSWERING) as served:
        whole = hashlib.sha256(get(served.url, target)[2]).digest()
        hasher = hashlib.sha256()
        with asking(served.url, target, receive_buffer=2**16) as response:
            _read(response, hasher, 2**20)
            served.terminate()
            until(lambda: "Shutting down" in served.log.read_text())
            hasher.update(response.read())
        served.process.wait(timeout=ANSWERING)

    assert hasher.digest() == whole
    assert "Cancel" not in served.log.read_text()


@pytest.mark.slow
def test_after_sigterm_no_new_connection_is_taken(tmp_path):
    with serving(tmp_path, shutdown_seconds=5) as served, sending(served.url, LONG, receive_buffer=2**16) as stalled:
        assert stalled.recv(1)
        served.terminate()
        until(lambda: "Shutting down" in served.log.read_text())
        with pytest.raises(ConnectionError):
            get(served.url, "/livez")


@pytest.mark.slow
def test_an_idle_connection_does_not_hold_the_shutdown_up(tmp_path):
    with serving(tmp_path, shutdown_seconds=ANSWERING) as served, asking(served.url, "/livez") as response:
        assert response.read()
        served.terminate()
        served.process.wait(timeout=10)


@pytest.mark.slow
def test_sigterm_ends_all_workers(tmp_path):
    with serving(tmp_path, workers=2, shutdown_seconds=1) as served:
        with sending(served.url, LONG, receive_buffer=2**16) as stalled:
            assert stalled.recv(1)
            served.terminate()
            served.process.wait(timeout=15)
        with pytest.raises(ConnectionError):
            get(served.url, "/livez")
