"""What stands in the log."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.server.log import ServerFaults
from service.settings import Settings
from service.tensors.source import NormalSource
from tests.serving import sending, serving

LONG = "/weights/normal?shape=16777216,64&seed=1&format=raw"


def _passes(error):
    exc_info = (type(error), error, None)
    return ServerFaults().filter(logging.LogRecord("uvicorn.error", 40, "", 0, "message", (), exc_info))


def test_a_line_without_an_error_passes():
    assert ServerFaults().filter(logging.LogRecord("uvicorn.error", 20, "", 0, "Shutting down", (), None))


def test_an_error_outside_the_application_passes():
    assert _passes(ZeroDivisionError())


def test_a_reply_that_is_cut_because_the_process_ends_is_no_error():
    assert not _passes(asyncio.CancelledError())


def test_an_error_of_the_application_is_logged_once_with_the_instance_of_its_problem(monkeypatch, caplog):
    def fail(self, out, start):
        raise ZeroDivisionError

    monkeypatch.setattr(NormalSource, "fill", fail)
    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        problem = client.get("/weights/normal?shape=100000&seed=1", headers={"X-A": "b"}).json()
    record = next(record for record in caplog.records if record.exc_info)

    assert [record.exc_info is None for record in caplog.records].count(False) == 1
    assert record.getMessage() == f"{problem['instance']}: unexpected error in GET /weights/normal"
    assert problem["instance"].startswith("urn:uuid:")
    assert not _passes(record.exc_info[1])


def test_a_path_cannot_break_a_line_of_the_log(monkeypatch, caplog):
    monkeypatch.setattr("service.problems.handlers.nearest_route", lambda wanted: 1 // 0)
    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        assert client.get("/a%0AERROR:%20b").status_code == 500

    assert [record.getMessage().count("\n") for record in caplog.records if record.exc_info] == [0]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_replies_that_are_cut_at_the_end_leave_no_traceback_and_the_exit_is_clean(tmp_path, workers):
    with serving(tmp_path, shutdown_seconds=1, workers=workers) as served, ExitStack() as stack:
        for _ in range(5):
            assert stack.enter_context(sending(served.url, LONG, receive_buffer=2**16)).recv(1)
        served.terminate()

        assert served.process.wait(timeout=20) == 0
    assert "Traceback" not in served.log.read_text()
