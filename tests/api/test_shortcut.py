"""What the shortcut answers against what the whole application does."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.api import weights
from service.api.shortcut import Shortcut
from service.app import create_app
from service.observability.families import REQUESTS
from service.settings import Settings

VARIABLE = {"date", "server-timing", "x-request-id"}
TENSOR = "/weights/he_normal?shape=3,2&seed=1"
CASES = [
    ("GET", TENSOR, {}),
    ("HEAD", TENSOR, {}),
    ("GET", f"{TENSOR}&format=npy", {"Range": "bytes=0-9"}),
    ("GET", TENSOR, {"If-Match": '"another"'}),
    ("GET", "/weights/randn(2,%203)%20%2F%2010?stream=numpy_legacy&seed=1", {}),
    ("GET", "/weights/he_normal", {}),
    ("GET", "/weights/he_normall?shape=2", {}),
    ("GET", "/weights/", {}),
    ("GET", "/weights", {}),
    ("GET", "/weights/he_normal/", {}),
    ("PUT", TENSOR, {}),
    ("POST", TENSOR, {}),
    ("OPTIONS", TENSOR, {}),
    ("GET", "/advise?layer=Linear&activation=relu&shape=3,2", {}),
    ("HEAD", "/advise?layer=Linear", {}),
    ("GET", "/advise?layr=Linear", {}),
    ("DELETE", "/advise", {}),
    ("GET", "/advise/network", {}),
    ("GET", "/weights%2Fhe_normal?shape=2", {}),
]


@pytest.fixture(scope="module")
def ways():
    """The application with the shortcut, and without."""
    short, whole = create_app(Settings()), create_app(Settings())
    *others, shortcut = whole.outermost
    whole.outermost = others
    assert isinstance(shortcut(whole), Shortcut)
    with (
        TestClient(short, raise_server_exceptions=False) as by_short,
        TestClient(whole, raise_server_exceptions=False) as by_whole,
    ):
        yield by_short, by_whole


def told(client, method, url, headers):
    reply = client.request(method, url, headers=headers)
    fields = {name: value for name, value in reply.headers.items() if name not in VARIABLE}
    return reply.status_code, fields, reply.content


@pytest.mark.parametrize(("method", "url", "headers"), CASES)
def test_it_answers_as_the_application_does(ways, method, url, headers):
    assert told(ways[0], method, url, headers) == told(ways[1], method, url, headers)


def test_an_error_of_the_server_is_told_as_anywhere(ways, monkeypatch, caplog):
    def fail(*arguments):
        raise ZeroDivisionError("of the test")

    monkeypatch.setattr(weights, "parse_representation", fail)
    replies = [client.get(TENSOR) for client in ways]

    assert [reply.status_code for reply in replies] == [500, 500]
    assert {reply.json()["type"] for reply in replies} == {"/problems/internal-error"}
    assert caplog.text.count("ZeroDivisionError: of the test") == 2


def test_both_count_a_reply_by_its_route(ways):
    for client in ways:
        measurements = client.app.measurements
        before = measurements.total(REQUESTS, "/weights/{initializer}", "GET", "200")
        client.get(TENSOR)
        assert measurements.total(REQUESTS, "/weights/{initializer}", "GET", "200") == before + 1
