"""A process beside this one: what it does, and what comes of it when it cannot."""

import functools
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from service.delivery.admission import Overloaded
from service.delivery.assistant import Assistant, _Process
from service.linear_algebra.interruption import Interrupted, interruption
from service.requests.faults import Fault, InvalidRequest
from service.tensors.errors import OverLimit
from tests.serving import until

pytestmark = pytest.mark.slow


@contextmanager
def ready(**options):
    """An assistant whose process has started."""
    assistant = Assistant(**options)
    try:
        ask(assistant, os.getpid)
        until(lambda: assistant.pid is not None)
        yield assistant
    finally:
        assistant.close()


@pytest.fixture(scope="module")
def assistant():
    with ready() as assistant:
        yield assistant


def ask(assistant, task, queue="slow", unwanted=None):
    return assistant.do(queue, task, unwanted or threading.Event())


def fail(kind, *arguments):
    raise kind(*arguments)


def wait_until_unwanted():
    check = interruption()
    while True:
        check()
        time.sleep(0.01)


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_task_is_done_here_while_the_process_starts_and_there_from_then_on():
    assistant = Assistant()
    try:
        assert ask(assistant, os.getpid) == os.getpid()
        until(lambda: assistant.pid is not None)
        assert ask(assistant, os.getpid) == assistant.pid != os.getpid()
    finally:
        assistant.close()


def test_it_gives_way_to_this_process(assistant):
    assert ask(assistant, functools.partial(os.getpriority, os.PRIO_PROCESS, 0)) > os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [(InvalidRequest, ([Fault("gain", "must be a number")], True)), (OverLimit, (3, 2, "layers", "ask for fewer"))],
)
def test_what_a_task_raises_is_raised_here_with_all_that_it_says(assistant, kind, arguments):
    with pytest.raises(kind) as raised:
        ask(assistant, functools.partial(fail, kind, *arguments))

    error = kind(*arguments)
    assert (str(raised.value), vars(raised.value)) == (str(error), vars(error))


def test_a_task_ends_when_it_is_unwanted(assistant):
    unwanted = threading.Event()
    threading.Timer(0.2, unwanted.set).start()

    with pytest.raises(Interrupted):
        ask(assistant, wait_until_unwanted, unwanted=unwanted)


def test_tasks_of_one_queue_do_not_wait_for_those_of_another(assistant):
    unwanted = threading.Event()
    with ThreadPoolExecutor(1) as other:
        long = other.submit(ask, assistant, wait_until_unwanted, "dear", unwanted)
        assert ask(assistant, os.getpid) == assistant.pid
        unwanted.set()
        assert isinstance(long.exception(), Interrupted)


def test_one_that_is_killed_tells_those_who_wait_and_another_takes_its_place(assistant):
    before = assistant.pid
    threading.Timer(0.2, os.kill, (before, signal.SIGKILL)).start()

    with pytest.raises(Overloaded, match="ask again"):
        ask(assistant, wait_until_unwanted)
    ask(assistant, os.getpid)
    until(lambda: assistant.pid not in {None, before})
    assert ask(assistant, os.getpid) == assistant.pid


class LateConnection:
    """One of which the end is seen half a second after it, as on a machine with much to do."""

    def __init__(self, connection):
        self.connection = connection

    def recv(self):
        try:
            return self.connection.recv()
        except EOFError:
            time.sleep(0.5)
            raise

    def close(self):
        self.connection.close()


def test_a_task_that_takes_too_long_is_given_up_and_the_next_is_done(monkeypatch):
    receive: Any = _Process._receive
    monkeypatch.setattr(_Process, "_receive", lambda process, connection: receive(process, LateConnection(connection)))
    with ready(most_seconds=1.0) as assistant:
        before = assistant.pid
        with pytest.raises(Overloaded, match="after 1 seconds, and was given up"):
            ask(assistant, functools.partial(time.sleep, 3600))
        assert ask(assistant, functools.partial(sum, (1, 2))) == 3
        until(lambda: not is_there(before))


def test_signals_that_end_the_server_leave_it_to_do_what_is_under_way(assistant):
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(assistant.pid, number)

    assert ask(assistant, os.getpid) == assistant.pid


def test_it_ends_when_it_has_been_idle():
    with ready(idle_seconds=2.0) as assistant:
        pid = assistant.pid
        ask(assistant, os.getpid)
        until(lambda: assistant.pid is None)
        until(lambda: not is_there(pid))


def test_one_that_has_had_nothing_to_do_since_it_started_ends_too():
    assistant = Assistant(idle_seconds=2.0)
    try:
        ask(assistant, os.getpid)
        until(lambda: assistant.pid is not None)
        until(lambda: assistant.pid is None)
    finally:
        assistant.close()


def test_it_does_not_end_under_a_task():
    unwanted = threading.Event()
    with ready(idle_seconds=2.0) as assistant, ThreadPoolExecutor(1) as other:
        pid = assistant.pid
        long = other.submit(ask, assistant, wait_until_unwanted, "dear", unwanted)
        time.sleep(3.0)
        assert assistant.pid == pid
        unwanted.set()
        assert isinstance(long.exception(), Interrupted)


def test_it_ends_when_it_is_closed():
    with ready() as assistant:
        pid = assistant.pid
    assert not is_there(pid)
