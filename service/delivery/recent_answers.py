"""The answers that were asked for last: pipelines ask about the same layers again and again."""

from __future__ import annotations

from collections import OrderedDict

_OVERHEAD = 256
"""Bytes that Python takes for two `bytes` and their place, besides what is in them."""


class RecentAnswers:
    """Answers by the questions that determine them, of so many bytes together; the oldest go first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()

    def find(self, question: bytes) -> bytes | None:
        """Return the answer to a question; None where it is not kept."""
        answer = self._answers.get(question)
        if answer is not None:
            self._answers.move_to_end(question)
        return answer

    def keep(self, question: bytes, answer: bytes) -> None:
        """Keep an answer in the place of the oldest, where there is room for it."""
        size = _size(question, answer)
        if size > self._max_bytes or question in self._answers:
            return
        self._answers[question] = answer
        self._bytes += size
        while self._bytes > self._max_bytes:
            self._bytes -= _size(*self._answers.popitem(last=False))


def _size(question: bytes, answer: bytes) -> int:
    return len(question) + len(answer) + _OVERHEAD
