"""Bytes that are there already, as a body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.formats.body import INLINE_BYTES, Body, Bytes, Cost, Piece

_PIECE_BYTES = 2**20


@dataclass(frozen=True)
class Content(Body):
    """A document, which is the frame, or a range of it."""

    first: int = 0
    end: int | None = None

    @property
    def length(self) -> int:
        return (len(self.frame) if self.end is None else self.end) - self.first

    @property
    def supports_ranges(self) -> bool:
        return True

    def part(self, first: int, end: int) -> Content:
        return replace(self, first=first, end=end)

    @property
    def cost(self) -> Cost:
        return Cost(0, sent=self.length)

    @property
    def needs_preparation(self) -> bool:
        return False

    def prepare(self) -> Content:
        return self

    @property
    def memory(self) -> int:
        return len(self.frame)

    @property
    def buffer_bytes(self) -> int:
        return 0

    @property
    def piece_bytes(self) -> int:
        return 0

    @property
    def is_inline(self) -> bool:
        return self.length <= INLINE_BYTES

    def pieces(self) -> Iterator[Piece | Bytes]:
        wanted = memoryview(self.frame)[self.first : self.first + self.length]
        yield from (wanted[start : start + _PIECE_BYTES] for start in range(0, len(wanted), _PIECE_BYTES))
