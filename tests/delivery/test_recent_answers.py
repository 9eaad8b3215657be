"""The latest answers are kept in a bounded number of bytes."""

from __future__ import annotations

from service.delivery.recent_answers import RecentAnswers


def test_an_answer_is_found_by_its_question():
    recent = RecentAnswers(10_000)
    recent.keep(b"one", b"first")
    recent.keep(b"two", b"second")

    assert (recent.find(b"one"), recent.find(b"two"), recent.find(b"three")) == (b"first", b"second", None)


def test_the_one_that_was_asked_for_longest_ago_goes_first():
    recent = RecentAnswers(3 * 2000)
    for question in (b"a", b"b", b"c"):
        recent.keep(question, bytes(1700))
    recent.find(b"a")
    recent.keep(b"d", bytes(1700))

    assert recent.find(b"b") is None
    assert all(recent.find(question) for question in (b"a", b"c", b"d"))


def test_no_more_bytes_are_kept_than_are_allowed():
    recent = RecentAnswers(100_000)
    for number in range(1000):
        recent.keep(str(number).encode(), bytes(number))
    kept = [answer for number in range(1000) if (answer := recent.find(str(number).encode())) is not None]

    assert 50_000 < sum(map(len, kept)) <= 100_000


def test_one_that_is_too_large_drives_out_no_other():
    recent = RecentAnswers(1000)
    recent.keep(b"small", b"answer")
    recent.keep(b"large", bytes(2000))

    assert recent.find(b"small") == b"answer"
    assert recent.find(b"large") is None


def test_nothing_is_kept_where_nothing_may_be():
    recent = RecentAnswers(0)
    recent.keep(b"", b"")

    assert recent.find(b"") is None
