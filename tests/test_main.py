"""What `python -m service` says before it serves."""

from __future__ import annotations

import io
import sys

import pytest

from service import __main__ as main
from service import kernel_cache


class Log(io.StringIO):
    """A log that is written only when it is told to, as one in a pipe is."""

    def __init__(self):
        super().__init__()
        self.told = ""

    def flush(self):
        self.told = self.getvalue()


@pytest.mark.parametrize("has_kernels", [True, False])
def test_that_kernels_are_compiled_is_said_at_once_where_they_are(has_kernels, monkeypatch):
    log, told = Log(), []
    monkeypatch.setattr(kernel_cache, "holds_kernels", lambda folder: has_kernels)
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr("service.server.serve.serve", lambda settings: told.append(log.told))

    assert main.main([]) == 0
    assert [("Compiling the kernels" in text, "a minute or two" in text) for text in told] == [(not has_kernels,) * 2]


@pytest.mark.parametrize(("host", "is_open"), [("0.0.0.0", True), ("127.0.0.1", False)])
def test_a_server_that_others_reach_without_a_key_says_so(host, is_open, monkeypatch):
    log = Log()
    monkeypatch.setenv("FANIN_HOST", host)
    monkeypatch.setattr(kernel_cache, "holds_kernels", lambda folder: True)
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr("service.server.serve.serve", lambda settings: None)

    assert main.main([]) == 0
    assert ("needs no key" in log.getvalue()) is is_open
