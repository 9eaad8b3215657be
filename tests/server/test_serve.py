"""Servers whose clients stall, and how a server ends."""

from __future__ import annotations

import hashlib
import time
from contextlib import ExitStack, suppress

import pytest

from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from tests.serving import ANSWERING, admitted, asking, get, sending, serving, settled, until

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
    with serving(tmp_path, stall_seconds=1, keep_alive_seconds=5) as served, ExitStack() as stack:
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
        # The thread that makes it gives way to all others, here to other tests.
        served.process.wait(timeout=25)


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
