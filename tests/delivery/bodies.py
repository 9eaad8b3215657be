"""Bodies of given pieces, which tell what has been begun of them, and a tensor that is made whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from service.formats.body import Cost
from service.formats.tensor_body import TensorBody
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from service.tensors.source import WholeSource

TENSOR = parse_tensor("zeros", Members({"shape": "4"}, in_body=False), 1)[0]
PATIENCE = 10
"""Seconds after which a test that waits has failed."""


@dataclass(frozen=True)
class Given(TensorBody):
    """A body whose pieces are those given; `asked` grows with each that is taken up, `begun` with each call."""

    frame: bytes = b""
    tensor: Any = TENSOR
    given: Iterable = ()
    length: int | None = None
    buffer_bytes: int = 64
    piece_bytes: int = 64
    is_inline: bool = False
    filling: float = 0.0
    asked: list = field(default_factory=list)
    begun: list = field(default_factory=list)

    def _filled(self):
        return Cost(self.tensor.size, filling=self.filling)

    def pieces(self):
        for index, piece in enumerate(self.given):
            self.asked.append(index)
            yield self._noting(index, piece) if callable(piece) else piece

    def _noting(self, index, piece):
        def make(buffer):
            self.begun.append(index)
            return piece(buffer)

        return make


def numbered(index):
    """Return a piece that fills its buffer with its number, in eight bytes again and again."""

    def make(buffer):
        buffer.view(np.uint64)[:] = index
        return buffer.data

    return make


def text_of(index, nbytes=64):
    """Return the bytes of such a piece."""
    return index.to_bytes(8, "little") * (nbytes // 8)


def waiting(event, piece):
    """Return `piece`, made no sooner than `event` is set."""

    def make(buffer):
        assert event.wait(PATIENCE)
        return piece(buffer)

    return make


def failing(error):
    """Return a piece that raises."""

    def make(buffer):
        raise error

    return make


@dataclass(frozen=True)
class Counting(WholeSource):
    """A whole that does `before()` before it is made."""

    size: int
    before: Callable[[], object]
    workspace: int = 0
    work: int = 1

    def materialize(self, dtype):
        self.before()
        return np.arange(self.size, dtype=dtype)


def whole(before=lambda: None, size=4, workspace=0, work=1):
    """Return a tensor that is made whole: 0, 1, 2, 3, ..."""
    return replace(TENSOR, spec=replace(TENSOR.spec, shape=(size,)), source=Counting(size, before, workspace, work))


def wait_for(holds):
    """Wait, in a thread, until `holds()`."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)
