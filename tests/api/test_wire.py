"""What only a real server shows: bytes that a client library would not send, and what stands on the wire."""

from __future__ import annotations

import http.client
import io
import json
import socket
import time
from contextlib import closing
from urllib.parse import urlsplit

import numpy as np
import pytest


def _ask(server, request):
    """Send the bytes of a request that closes the connection; return all the bytes of the reply."""
    address = urlsplit(server)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _get(server, target, *lines, method=b"GET", host=b"localhost"):
    head = [method + b" " + target + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *lines, b"", b""]
    return _ask(server, b"\r\n".join(head))


def _connection(server):
    return closing(http.client.HTTPConnection(urlsplit(server).netloc, timeout=30))


def _status(reply):
    return int(reply.split(b" ", 2)[1])


@pytest.mark.parametrize("format", ["npy", "safetensors", "raw"])
def test_a_head_sends_the_length_and_no_body(server, format):  # noqa: A002
    target = f"/weights/normal?shape=100,50&seed=1&format={format}".encode()
    head, get = _get(server, target, method=b"HEAD"), _get(server, target)
    fields, _, body = get.partition(b"\r\n\r\n")

    assert head.endswith(b"\r\n\r\n")
    assert f"content-length: {len(body)}\r\n".encode() in head.lower()
    assert f"content-length: {len(body)}".encode() in fields.lower()


def test_numpy_loads_what_the_wire_brings(server):
    body = _get(server, b"/weights/he_normal?shape=300,200&seed=1&format=npy").partition(b"\r\n\r\n")[2]

    assert np.load(io.BytesIO(body)).shape == (300, 200)


@pytest.mark.parametrize("name", ["é☃\U0001f600", "a\r\nb", "a b&c=d/e%", "x" * 256, "\U0001f600" * 256])
def test_the_location_gives_the_same_bytes_whatever_the_name(server, name):
    body = json.dumps({"initializer": "normal", "shape": [5], "name": name, "format": "safetensors"})
    with _connection(server) as connection:
        connection.request("POST", "/weights", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        first, location = response.read(), response.headers["Content-Location"]
        connection.request("GET", location)
        again = connection.getresponse()

        assert again.status == 200
        assert (again.read(), again.headers["Content-Location"]) == (first, location)


@pytest.mark.parametrize(
    "target",
    [
        b"/weights/he_normal?shape=2,2&name=\xff",
        b"/weights/he_normal?shape=2,2&name=\xc3\xa9",
        b"/weights/he_normal?shape=2,2&name=%ff",
        b"/weights/he_normal?shape=2,2&seed=" + b"1" * 5000,
        b"/weights/\xff?shape=2,2",
        b"/weights/%ff?shape=2,2",
        b"/weights/he_normal?" + b"a=1&" * 10_000,
        b"/%ff",
        b"//weights/he_normal?shape=2,2",
        b"/weights/he_normal;x?shape=2,2",
        b"/weights/he_normal?shape=2,2&name=" + b"a" * 100_000,
    ],
    ids=lambda target: repr(target[:50]),
)
def test_a_strange_target_is_refused(server, target):
    assert 400 <= _status(_get(server, target)) < 500


@pytest.mark.parametrize("host", [b"[", b"a b", b"\xff", b"", b"[::1", b"a:b:c", b"x" * 5000])
@pytest.mark.parametrize("target", [b"/nowhere", b"/livez", b"/weights/zeros/?shape=2"])
def test_a_strange_host_harms_nothing(server, host, target):
    assert _status(_get(server, target, host=host)) < 500


def test_a_refused_body_leaves_the_server_well(server):
    with _connection(server) as connection:
        connection.request("POST", "/weights", b" " * 100_000, {"Content-Type": "application/json"})
        assert connection.getresponse().status == 413

    assert _status(_get(server, b"/livez")) == 200


def test_a_body_in_chunks_is_read(server):
    pieces = iter([b'{"initializer": "zeros",', b' "shape": [2]}'])
    with _connection(server) as connection:
        connection.request("POST", "/weights", pieces, {"Content-Type": "application/json"}, encode_chunked=True)

        assert json.loads(connection.getresponse().read())["data"] == [0, 0]


def _post_offering_h2c(body):
    return (
        b"POST /weights HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
        b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body


def test_an_offer_of_http_2_is_passed_over_and_the_body_read(server):
    """As Java's HttpClient and `curl --http2` send their first request."""
    reply = _ask(server, _post_offering_h2c(b'{"initializer": "zeros", "shape": [2]}'))

    assert _status(reply) == 200
    assert b'"data":[0.0,0.0]' in reply


def test_an_offer_of_http_2_whose_body_comes_later_is_passed_over_too(server):
    request = _post_offering_h2c(b'{"initializer": "ones", "shape": [3]}')
    address = urlsplit(server)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        for start in range(0, len(request), 40):
            connection.sendall(request[start : start + 40])
            time.sleep(0.002)
        reply = b"".join(iter(lambda: connection.recv(65536), b""))

    assert b'"data":[1.0,1.0,1.0]' in reply


def test_the_connection_of_a_declined_offer_goes_on(server):
    fields = {"Connection": "Upgrade", "Upgrade": "h2c"}
    with _connection(server) as connection:
        for _ in range(2):
            connection.request("GET", "/weights/zeros?shape=2", headers=fields)
            assert connection.getresponse().read().startswith(b"{")


@pytest.mark.parametrize(
    "request_line",
    [b"CONNECT example.org:443 HTTP/1.1", b"GET", b"GET / HTTP/9.9", b"\x16\x03\x01\x02\x00", b"PRI * HTTP/2.0"],
)
def test_what_is_no_request_for_this_server_is_a_problem_too(server, request_line):
    fields, _, body = _ask(server, request_line + b"\r\nHost: localhost\r\n\r\n").partition(b"\r\n\r\n")

    assert _status(fields) == 400
    assert b"application/problem+json" in fields
    assert json.loads(body)["status"] == 400


def test_a_body_announced_as_too_large_is_refused_before_it_comes(server):
    fields = [b"Content-Type: application/json", b"Content-Length: 1000000000"]

    assert _status(_get(server, b"/weights", *fields, method=b"POST")) == 413


def test_a_client_that_goes_away_within_its_body_is_no_error(served):
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(
            b"POST /weights HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
    assert _status(_get(served.url, b"/livez")) == 200

    assert "Traceback" not in served.log.read_text()


def test_the_server_does_not_tell_what_it_runs_on(server):
    assert b"\r\nserver:" not in _get(server, b"/livez").lower()
