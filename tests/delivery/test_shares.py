"""Slow readers of endless replies, and what is left for others, on a real server."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.server.wire import statuses, talking
from tests.serving import get, serving, until

ENDLESS = "/weights/he_normal?shape=524288,65536&seed=1&format=raw"
"""128 GiB."""
MEBIBYTE = "/weights/he_normal?shape=512,512&seed=1&format=npy"
JSON = "/weights/he_normal?shape=300,300&seed=1"

pytestmark = pytest.mark.skipif(not Path("/proc/sys/net").exists(), reason="other systems have one loopback address")


def _hog(stack, url, source, fields=""):
    """Ask for all, and read the beginning; return the connection and the status."""
    connection = stack.enter_context(talking(url, source, receive_buffer=2**16))
    connection.sendall(f"GET {ENDLESS} HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode())
    return connection, statuses(connection.recv(2**10))[0]


@pytest.mark.slow
@pytest.mark.parametrize("hosts", [1, 60])
def test_slow_readers_of_endless_replies_shut_out_no_short_ones(tmp_path, hosts):
    """By default 51 of them were admitted, and every other reply of a mebibyte was refused."""
    with serving(tmp_path, max_bytes_in_flight=2**28) as served, ExitStack() as stack:
        before = served.resident()
        hogs = [_hog(stack, served.url, f"127.0.1.{number % hosts + 1}") for number in range(60)]
        assert {status for _, status in hogs} == {200, 503}
        for _ in range(20):
            assert get(served.url, MEBIBYTE)[0] == 200
            assert get(served.url, JSON)[0] == 200
        for source in ("127.0.1.1", "127.0.9.9"):
            with talking(served.url, source) as connection:
                connection.sendall(f"GET {MEBIBYTE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                assert statuses(connection.recv(2**10)) == [200]

        assert served.resident() - before < 2**28 + 2**27


@pytest.mark.slow
def test_slow_readers_of_one_address_leave_endless_replies_to_others(tmp_path):
    with serving(tmp_path, max_bytes_in_flight=2**28) as served, ExitStack() as stack:
        own = [_hog(stack, served.url, "127.0.1.1")[1] for _ in range(20)]
        others = [_hog(stack, served.url, f"127.0.2.{number}")[1] for number in range(1, 4)]

    assert own.count(200) < 8
    assert others == [200] * 3


@pytest.mark.slow
@pytest.mark.parametrize(("trusted", "is_shared_out"), [("127.0.1.0/24", True), ("", False)])
def test_behind_a_trusted_proxy_the_clients_are_those_that_it_tells(tmp_path, trusted, is_shared_out):
    with (
        serving(tmp_path, max_bytes_in_flight=2**28, trusted_proxies=trusted) as served,
        ExitStack() as stack,
    ):
        first = "X-Forwarded-For: 203.0.113.1, 198.51.100.1, 127.0.1.7\r\n"
        own = [_hog(stack, served.url, "127.0.1.1", first)[1] for _ in range(10)]
        forged = _hog(stack, served.url, "127.0.1.1", "X-Forwarded-For: 203.0.113.9, 198.51.100.1\r\n")[1]
        other = _hog(stack, served.url, "127.0.1.1", "X-Forwarded-For: 203.0.113.1\r\n")[1]

    assert own[-1] == forged == 503
    assert other == (200 if is_shared_out else 503)


@pytest.mark.slow
def test_slow_readers_give_way_to_others_after_a_while(tmp_path):
    with serving(tmp_path, max_bytes_in_flight=2**27) as served, ExitStack() as stack:
        hogs = [_hog(stack, served.url, f"127.0.1.{number + 1}") for number in range(30)]
        admitted = [connection for connection, status in hogs if status == 200]
        assert _hog(stack, served.url, "127.0.2.1")[1] == 503
        time.sleep(11)
        assert _hog(stack, served.url, "127.0.2.1")[1] == 200
        assert _hog(stack, served.url, "127.0.2.2")[1] == 200

        assert len(admitted) > 2
        before = served.files()
        stack.close()
        until(lambda: served.files() < before - len(admitted))
        assert "Traceback" not in served.log.read_text()
