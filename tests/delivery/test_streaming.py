from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from contextlib import closing, suppress
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from service.app import create_app
from service.delivery import streaming
from service.delivery.admission import Admission, Overloaded
from service.delivery.executors import Executors
from service.delivery.streaming import StreamingReply
from service.linear_algebra.interruption import Interrupted, interruption
from service.settings import Settings
from service.tensors.source import NormalSource
from tests.delivery.bodies import PATIENCE, Given, failing, numbered, text_of, wait_for, waiting, whole
from tests.serving import asking, get


class Wire:
    """What an ASGI server is to a response: it takes messages, and says when the client has gone."""

    def __init__(self, version="1.1", goes_after=None, stops_after=None):
        self.scope = {"type": "http", "http_version": version, "method": "GET"}
        self.sent = []
        self.gone = asyncio.Event()
        self.request = [{"type": "http.request", "body": b"", "more_body": False}]
        self.goes_after = goes_after
        self.stops_after = stops_after
        if goes_after == 0:
            self.gone.set()

    def leave(self):
        """Let the client go, from any thread, once it has been asked for."""
        self.loop.call_soon_threadsafe(self.gone.set)

    async def receive(self):
        self.loop = asyncio.get_running_loop()
        if self.request:
            return self.request.pop()
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append({**message, "body": bytes(message.get("body", b""))})
        if len(self.sent) == self.goes_after:
            self.gone.set()
        if len(self.sent) == self.stops_after:
            await asyncio.Event().wait()

    @property
    def headers(self):
        return [(name.decode(), value.decode()) for name, value in self.sent[0]["headers"]]

    @property
    def body(self):
        return b"".join(message["body"] for message in self.sent[1:])

    @property
    def is_complete(self):
        return len(self.sent) > 1 and not self.sent[-1]["more_body"]


@pytest.fixture
def executors():
    with closing(Executors(2, Admission(10, 10**6))) as executors:
        yield executors
        assert (executors.admission.streams, executors.admission.bytes) == (0, 0)


def _deliver(executors, body, wire, headers=None, status=200):
    """Deliver a body; afterwards no task is left."""

    async def call():
        try:
            response = StreamingReply(body, status, headers or {}, executors)
            await asyncio.wait_for(response(wire.scope, wire.receive, wire.send), PATIENCE)
        finally:
            await asyncio.sleep(0.01)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(call())
    return wire


def test_the_status_the_headers_and_all_pieces_are_sent_in_order(executors):
    wire = _deliver(executors, Given(given=map(numbered, range(20))), Wire(), {"X-A": "1", "X-B": "2"}, 206)

    assert (wire.sent[0]["type"], wire.sent[0]["status"]) == ("http.response.start", 206)
    assert wire.headers[:2] == [("x-a", "1"), ("x-b", "2")]
    assert {message["type"] for message in wire.sent[1:]} == {"http.response.body"}
    assert wire.body == b"".join(map(text_of, range(20)))
    assert [message["more_body"] for message in wire.sent[1:]] == [True] * (len(wire.sent) - 2) + [False]


def test_the_first_piece_is_made_before_the_status_is_sent(executors):
    wire = Wire()

    def make(buffer):
        assert not wire.sent
        return b"first"

    assert _deliver(executors, Given(given=[make, numbered(1)]), wire).is_complete


def test_the_milliseconds_until_the_first_piece_is_made_are_told(executors, monkeypatch):
    seconds = iter([10.0, 10.25])
    monkeypatch.setattr(streaming, "time", SimpleNamespace(perf_counter=lambda: next(seconds)))
    wire = _deliver(executors, Given(given=[numbered(0)]), Wire())

    assert ("server-timing", "make;dur=250") in wire.headers


def test_other_messages_than_a_disconnect_do_not_end_a_reply(executors):
    """Extensions of ASGI have their own; "http.response.push" would sort after "http.disconnect", as text."""
    wire = Wire()
    wire.request = [{"type": kind} for kind in ("http.response.push", "a.message", "http.request")]

    assert _deliver(executors, Given(given=map(numbered, range(50))), wire).is_complete


def test_a_first_piece_that_is_not_ready_keeps_the_status_back(executors):
    release, wire = threading.Event(), Wire()

    async def call():
        body = Given(given=[waiting(release, numbered(0))])
        delivering = asyncio.ensure_future(
            StreamingReply(body, 200, {}, executors)(wire.scope, wire.receive, wire.send)
        )
        await asyncio.to_thread(wait_for, lambda: body.begun)
        assert not wire.sent
        release.set()
        await delivering

    asyncio.run(call())

    assert wire.body == text_of(0)


def test_an_error_in_the_first_piece_leaves_the_wire_for_another_reply(executors):
    wire = Wire()
    with pytest.raises(ZeroDivisionError):
        _deliver(executors, Given(given=[failing(ZeroDivisionError()), numbered(1)]), wire)

    assert not wire.sent


@pytest.mark.parametrize("failing_piece", [1, 5, 19])
def test_an_error_in_a_later_piece_does_not_end_the_body_as_if_it_were_whole(executors, failing_piece):
    given = [numbered(i) for i in range(20)]
    given[failing_piece] = failing(ZeroDivisionError())
    wire = Wire()
    with pytest.raises(ZeroDivisionError):
        _deliver(executors, Given(given=given), wire)

    assert wire.body == b"".join(map(text_of, range(failing_piece)))
    assert not wire.is_complete


def test_an_error_in_making_a_whole_leaves_the_wire_for_another_reply(executors):
    def fail():
        raise MemoryError

    wire = Wire()
    with pytest.raises(MemoryError):
        _deliver(executors, Given(tensor=whole(fail), given=[numbered(0)]), wire)

    assert not wire.sent


def test_a_body_of_nothing_is_sent_as_such(executors):
    wire = _deliver(executors, Given(length=0), Wire())

    assert (wire.sent[0]["status"], wire.body, wire.is_complete) == (200, b"", True)


def test_an_empty_part_of_a_tensor_that_is_made_whole_is_sent_as_such(server):
    status, headers, body = get(server, "/weights/orthogonal?shape=4,4&seed=1&slice=0:0&format=raw")

    assert (status, headers["Content-Length"], body) == (200, "0", b"")


@pytest.mark.parametrize("target", ["normal?shape=100000&seed=1", "he_normal?shape=300,300&seed=1&format=npy"])
def test_an_error_in_the_first_piece_is_a_problem_on_the_wire(monkeypatch, target):
    def fail(self, out, start):
        raise MemoryError

    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        monkeypatch.setattr(NormalSource, "fill", fail)
        response = client.get(f"/weights/{target}")
        monkeypatch.undo()
        again = client.get(f"/weights/{target}")

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/internal-error"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert again.status_code == 200


def test_a_client_gone_before_the_first_piece_is_sent_nothing_and_no_more_is_made(executors):
    release, left = threading.Event(), Given(given=map(numbered, range(9)))
    busy = Given(given=[waiting(release, numbered(0))] * 2)
    wire = Wire(goes_after=0)

    async def call():
        other = Wire()
        occupied = asyncio.ensure_future(
            StreamingReply(busy, 200, {}, executors)(other.scope, other.receive, other.send)
        )
        await asyncio.to_thread(wait_for, lambda: len(busy.begun) == 2)
        with pytest.raises(ClientDisconnect):
            await StreamingReply(left, 200, {}, executors)(wire.scope, wire.receive, wire.send)
        assert executors.admission.streams == 1
        await asyncio.sleep(0.01)
        release.set()
        await occupied

    asyncio.run(call())
    _deliver(executors, Given(given=map(numbered, range(4))), Wire())

    assert left.asked
    assert not left.begun
    assert not wire.sent


@pytest.mark.parametrize("goes_after", [1, 2, 7])
def test_a_client_gone_within_stops_further_pieces(executors, goes_after):
    body = Given(given=map(numbered, range(10_000)))
    wire = _deliver(executors, body, Wire(goes_after=goes_after))

    assert len(body.asked) <= goes_after + executors.pieces_ahead + 2
    assert not wire.is_complete


def test_a_whole_whose_client_has_gone_is_given_up_and_counted_until_it_has_ended(executors):
    """It goes when the work has begun: what waits for a thread is never begun."""
    counted, wire = [], Wire()

    def work():
        wire.leave()
        check = interruption()
        with suppress(Interrupted):
            wait_for(lambda: check() is not None)
        # What is begun between two interruptions.
        time.sleep(0.05)
        counted.append(executors.admission.streams)
        check()

    body = Given(tensor=whole(work), given=[numbered(0)])
    with pytest.raises(ClientDisconnect):
        _deliver(executors, body, wire)

    assert counted == [1]
    assert executors.admission.streams == 0
    assert not wire.sent
    assert not body.asked


def test_the_request_itself_is_no_disconnect(executors):
    wire = Wire()
    wire.request = [{"type": "http.request", "body": b"x", "more_body": more} for more in (False, True, True)]

    assert _deliver(executors, Given(given=map(numbered, range(50))), wire).is_complete


@pytest.mark.parametrize("stops_after", [1, 2, 5])
def test_while_the_wire_takes_nothing_only_a_few_pieces_are_made(executors, stops_after):
    body = Given(given=map(numbered, range(10_000)))

    async def call():
        wire = Wire(stops_after=stops_after)
        sending = asyncio.ensure_future(StreamingReply(body, 200, {}, executors)(wire.scope, wire.receive, wire.send))
        await asyncio.to_thread(wait_for, lambda: len(wire.sent) == stops_after)
        await asyncio.sleep(0.05)
        assert len(body.asked) <= stops_after + executors.pieces_ahead
        sending.cancel()
        await asyncio.wait([sending])
        assert sending.cancelled()

    asyncio.run(call())


@pytest.mark.parametrize("tensor", [whole(size=10_000), Given().tensor], ids=["whole", "in pieces"])
def test_a_reply_is_counted_while_it_is_under_way(executors, tensor):
    counted = []

    def make(buffer):
        counted.append((executors.admission.streams, executors.admission.bytes))
        return b""

    _deliver(executors, Given(tensor=tensor, given=[make] * 10), Wire())

    assert [streams for streams, _ in counted] == [1] * 10
    held = executors.pieces_ahead * 64 + (tensor.nbytes if tensor.work else 0)
    assert all(nbytes >= held for _, nbytes in counted)


@pytest.mark.parametrize("admission", [Admission(1, 10**6), Admission(9, 700)], ids=["streams", "bytes"])
def test_a_reply_for_which_there_is_no_room_is_refused_before_anything_is_made(admission):
    body, wire = Given(given=[numbered(0)]), Wire()
    with closing(Executors(2, admission)) as executors, admission.enter(600):
        with pytest.raises(Overloaded):
            _deliver(executors, body, wire)
        assert admission.streams == 1

    assert not body.asked
    assert not wire.sent


def test_the_workspace_of_a_whole_counts_as_memory():
    held = []
    for workspace in (0, 12_345):
        with closing(Executors(2, Admission(10, 10**6))) as executors:
            tensor = whole(lambda: held.append(executors.admission.bytes), workspace=workspace)
            _deliver(executors, Given(tensor=tensor, given=[numbered(0)]), Wire())

    assert held[1] - held[0] == 12_345


@pytest.mark.parametrize("threads", [1, 3])
def test_what_materializing_takes_and_the_pieces_on_their_way_are_counted(threads):
    """Three arrays of float32; the pieces ahead (one more than threads), the one sent, and the one before it."""
    counted = []
    with closing(Executors(threads, Admission(10, 10**6))) as executors:
        tensor = whole(lambda: counted.append(executors.admission.bytes), size=1000, workspace=7)
        _deliver(executors, Given(tensor=tensor, given=[numbered(0)]), Wire())

    assert counted == [3 * 4 * 1000 + 7 + 64 * (threads + 1 + 2)]


@pytest.mark.slow
@pytest.mark.parametrize("at", ["whole", "first piece", "sending"])
def test_a_cancelled_reply_is_counted_down_and_leaves_nothing_undone(executors, at):
    """As the server does with replies that go on too long after SIGTERM."""
    release = threading.Event()
    tensor = whole(lambda: release.wait(PATIENCE)) if at == "whole" else Given().tensor
    first = waiting(release, numbered(0)) if at == "first piece" else numbered(0)
    body = Given(tensor=tensor, given=itertools.chain([first], map(numbered, range(10_000))))

    async def call():
        wire = Wire(stops_after=3)
        sending = asyncio.ensure_future(StreamingReply(body, 200, {}, executors)(wire.scope, wire.receive, wire.send))
        await asyncio.sleep(0.05)
        assert executors.admission.streams == 1
        sending.cancel()
        await asyncio.wait([sending])
        assert sending.cancelled()
        assert executors.admission.streams == 0
        release.set()
        asked = len(body.asked)
        await asyncio.sleep(0.05)
        assert len(body.asked) <= asked + 1

    asyncio.run(call())


@pytest.mark.parametrize("count", [1, 3, 30])
def test_http_1_0_gets_the_length_of_a_body_that_does_not_know_it(executors, count):
    wire = _deliver(executors, Given(given=list(map(numbered, range(count)))), Wire("1.0"))

    assert ("content-length", str(64 * count)) in wire.headers
    assert wire.body == b"".join(map(text_of, range(count)))


def test_http_1_1_is_not_kept_waiting_for_a_length(executors):
    wire = _deliver(executors, Given(given=map(numbered, range(3))), Wire("1.1"))

    assert "content-length" not in dict(wire.headers)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_length_that_is_known_is_measured_for_nobody(executors, version):
    body = Given(given=list(map(numbered, range(3))), length=192)
    wire = _deliver(executors, body, Wire(version), {"Content-Length": "192"})

    assert [value for name, value in wire.headers if name == "content-length"] == ["192"]
    assert sorted(body.begun) == [0, 1, 2]


def test_a_client_of_http_1_0_gone_while_the_length_is_measured_stops_further_pieces(executors):
    async def call():
        wire, loop = Wire("1.0"), asyncio.get_running_loop()

        def make(buffer):
            if len(body.begun) > 100:
                loop.call_soon_threadsafe(wire.gone.set)
            return b"x"

        body = Given(given=[make] * 20_000)
        with suppress(ClientDisconnect):
            await StreamingReply(body, 200, {}, executors)(wire.scope, wire.receive, wire.send)
        assert len(body.begun) < 10_000

    asyncio.run(call())


LARGE = "/weights/normal?shape=300,200&seed=1&dtype=float64"


def test_large_json_over_http_1_0_has_a_length_and_ends_the_connection(server):
    with asking(server, LARGE, version="1.0") as response:
        body = response.read(int(response.headers["Content-Length"]))

        assert "Transfer-Encoding" not in response.headers
        assert np.array(json.loads(body)["data"]).shape == (300, 200)
        assert response.read() == b""


def test_large_json_over_http_1_1_is_chunked(server):
    with asking(server, LARGE) as response:
        assert response.headers["Transfer-Encoding"] == "chunked"
        assert "Content-Length" not in response.headers
        body = response.read()

    assert body == get(server, LARGE, version="1.0")[2]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("format", ["npy", "safetensors", "raw"])
def test_large_binary_replies_have_a_length(server, format, version):  # noqa: A002
    status, headers, body = get(server, f"{LARGE}&format={format}", version=version)

    assert status == 200
    assert headers["Content-Length"] == str(len(body))
    assert "Transfer-Encoding" not in headers
