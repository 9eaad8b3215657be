"""Requests in one packet, connections of which the client has ended its side, and refusals after replies."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest

from tests.server.wire import LIVEZ, exchanged, problem, received, sent, statuses, talking
from tests.serving import get, serving, settled, until

GET = LIVEZ + b"\r\n"
LAST = LIVEZ + b"Connection: close\r\n\r\n"
LARGE = "/weights/normal?shape=1000000&seed=1&format=raw"
ENDLESS = "/weights/normal?shape=16777216,64&seed=1&format=raw"
SLOW = "/weights/orthogonal?shape=2048,2048&seed=1&format=raw"
POST = b"POST /weights HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def _request(target, version=b"1.1"):
    return b"GET %s HTTP/%s\r\nHost: x\r\n\r\n" % (target.encode(), version)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server whose log is these tests' alone."""
    with serving(tmp_path_factory.mktemp("own")) as served:
        yield served
        assert "Traceback" not in served.log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 100, 5000])
def test_pipelined_requests_are_all_answered(own, count):
    assert statuses(exchanged(own.url, GET * (count - 1) + LAST)) == [200] * count


@pytest.mark.parametrize("target", ["/livez", LARGE])
def test_a_pipelined_request_has_its_body_however_long(own, target):
    body = b'{"initializer": "zeros", "shape": [2]%s}' % (b" " * 50_000)
    head = POST + b"Content-Length: %d\r\n\r\n" % len(body)
    reply = exchanged(own.url, _request(target) + head + body + LAST)

    assert statuses(reply) == [200, 200, 200]


@pytest.mark.slow
def test_requests_that_many_clients_send_in_advance_are_all_answered(own):
    with ExitStack() as stack:
        connections = [stack.enter_context(talking(own.url)) for _ in range(20)]
        for connection in connections:
            connection.sendall(GET * 30 + LAST)

        assert [statuses(received(connection)) for connection in connections] == [[200] * 31] * 20


@pytest.mark.slow
def test_pipelined_offers_of_http_2_are_all_answered(own):
    offer = LIVEZ + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    assert statuses(exchanged(own.url, offer * 1000 + LAST)) == [200] * 1001


@pytest.mark.slow
def test_pipelined_requests_whose_replies_nobody_reads_are_not_read_on(own):
    memory = settled(own.resident)
    with talking(own.url) as connection:
        connection.settimeout(3)
        with pytest.raises(TimeoutError):
            connection.sendall(_request(ENDLESS) + GET * 2_000_000)

        assert own.resident() - memory < 2**26


@pytest.mark.parametrize("garbage", [b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02"])
@pytest.mark.parametrize("target", ["/livez", LARGE])
def test_garbage_after_a_request_is_refused_after_its_reply(own, target, garbage):
    reply = exchanged(own.url, _request(target) + garbage)
    whole = get(own.url, target)[2]

    assert statuses(reply) == [200, 400]
    assert whole + b"HTTP/1.1 400" in reply
    assert problem(reply)["status"] == 400


def test_a_body_that_is_none_is_refused_and_the_requests_before_it_answered(own):
    assert statuses(exchanged(own.url, GET + POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")) == [200, 400]
    assert statuses(exchanged(own.url, POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")) == [400]


def test_a_client_that_is_refused_is_not_asked_for_its_body(own):
    fields = b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert statuses(exchanged(own.url, POST + fields + b"zz\r\n")) == [400]
    assert "Traceback" not in own.log.read_text()


def test_a_request_that_has_its_reply_gets_no_second_one(own):
    """The body is too large by what is announced, and then none."""
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n20000\r\n" + 2**17 * b" "
    with talking(own.url) as connection:
        connection.sendall(head)
        until(lambda: connection.recv(2**16, socket.MSG_PEEK).endswith(b"}"))
        connection.sendall(b"zz\r\n")

        assert statuses(received(connection)) == [413]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["/livez", LARGE, SLOW])
@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_a_client_that_has_ended_its_side_gets_its_reply_whole(own, target, version):
    reply = exchanged(own.url, _request(target, version), ends=True)
    interim, final = statuses(reply)[:-1], statuses(reply)[-1]
    whole = get(own.url, target)[2]

    assert final == 200
    assert set(interim) <= ({100} if version == b"1.1" else set())
    assert reply.endswith(b"\r\n\r\n" + whole)


def test_a_client_that_has_ended_its_side_gets_all_pipelined_replies(own):
    assert statuses(exchanged(own.url, _request(LARGE) + GET * 300, ends=True)) == [200] * 301


@pytest.mark.parametrize("rest", [b"GET /li", POST + b"Content-Length: 9\r\n\r\n{"])
def test_half_a_request_at_the_end_is_passed_over(own, rest):
    assert statuses(exchanged(own.url, GET + rest, ends=True)) == [200]
    assert not exchanged(own.url, rest, ends=True)


@pytest.mark.slow
@pytest.mark.parametrize("first", [ENDLESS, SLOW, LARGE])
def test_clients_that_leave_behind_pipelined_requests_leave_no_trace(own, first):
    before = settled(own.files)
    for _ in range(30):
        with talking(own.url) as connection:
            sent(connection, [_request(first) + GET])
            if first == ENDLESS:
                connection.recv(10)
    until(lambda: settled(own.files) <= before)

    assert "Traceback" not in own.log.read_text()


@pytest.mark.slow
def test_work_for_a_client_that_has_closed_both_sides_ends(tmp_path):
    """What it sees of that is the end of one side; it finds the other out by writing."""
    with serving(tmp_path) as alone:
        busy = settled(alone.cpu_seconds)
        with talking(alone.url) as connection:
            connection.sendall(_request("/weights/orthogonal?shape=4096,4096&seed=1&format=raw"))
            until(lambda: alone.cpu_seconds() > busy + 0.2)

        assert settled(alone.cpu_seconds) < busy + 2, "all of it takes more than three seconds"
