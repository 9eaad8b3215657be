"""Lines that a thread writes."""

import os
import threading

from service.observability import lines as module
from service.observability.lines import LineWriter


def _read(file):
    with os.fdopen(file, "rb") as reader:
        return reader.read()


def test_what_is_told_is_written_in_order_before_the_end():
    reader, writer = os.pipe()
    lines = LineWriter(writer)
    with lines.running():
        for number in range(1000):
            lines.put(b"%d\n" % number)
    os.close(writer)

    assert _read(reader) == b"".join(b"%d\n" % number for number in range(1000))


def test_nobody_waits_for_a_reader_and_what_is_dropped_is_told(monkeypatch):
    monkeypatch.setattr(module, "CAPACITY", 100)
    reader, writer = os.pipe()
    lines, line = LineWriter(writer), b"x" * 4000 + b"\n"
    with lines.running():
        for _ in range(300):
            lines.put(line)
        received = []
        thread = threading.Thread(target=lambda: received.append(_read(reader)))
        thread.start()
    os.close(writer)
    thread.join()

    whole = received[0].count(line)
    dropped = sum(int(text[11:-1]) for text in received[0].splitlines() if text.startswith(b'{"dropped"'))
    assert 100 <= whole < 300
    assert whole + dropped == 300


def test_one_write_is_no_more_than_a_pipe_takes_as_a_whole(monkeypatch):
    written = []

    def write(file, text):
        written.append(text)
        return len(text)

    monkeypatch.setattr(os, "write", write)
    lines = LineWriter(1)
    for _ in range(50):
        lines.put(b"x" * 299 + b"\n")
    with lines.running():
        pass

    assert max(map(len, written)) <= 4096
    assert all(text.endswith(b"\n") for text in written)
    assert sum(map(len, written)) == 15_000


def test_a_reader_that_goes_away_ends_nothing():
    reader, writer = os.pipe()
    os.close(reader)
    lines = LineWriter(writer)
    with lines.running():
        lines.put(b"nobody reads this\n")
        lines.put(b"nor this\n")
    os.close(writer)
