"""The bytes of a checkpoint's file: a header, and tensors end to end, each made when its turn comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate

import numpy as np

from service.checkpoints.container import Container
from service.checkpoints.file import CheckpointFile
from service.checkpoints.member import Kind, Member
from service.formats.binary import FIRST_BYTES, PIECE_BYTES, BinaryBody
from service.formats.body import INLINE_BYTES, INLINE_SECONDS, PIECE_SECONDS, Body, Buffer, Bytes, Cost, Piece
from service.lazy import lazy

_MEMBER_BYTES = 400
"""Of memory, about, that a tensor takes before anything of it is made."""


@dataclass(frozen=True)
class CheckpointBody(Body):
    """A file, or a range of its bytes; the frame is its header."""

    file: CheckpointFile
    first: int = 0
    """The first byte of the range."""
    end: int | None = None
    """The byte after its last; None for the end of all."""

    @lazy
    def length(self) -> int:
        return self._end - self.first

    @property
    def supports_ranges(self) -> bool:
        return True

    def part(self, first: int, end: int) -> CheckpointBody:
        return replace(self, first=first, end=end)

    @lazy
    def cost(self) -> Cost:
        cost = self.file.cost(self._inner)
        edges = [self._of_one(i).cost for i in self._touched if i not in self._inner and self._elements(i)]
        return Cost(
            elements=cost.elements + sum(edge.elements for edge in edges),
            multiplications=cost.multiplications + sum(edge.multiplications for edge in edges),
            materialized_elements=max(cost.materialized_elements, *(edge.materialized_elements for edge in edges), 0),
            materializing=cost.materializing + sum(edge.materializing for edge in edges),
            filling=cost.filling + sum(edge.filling for edge in edges),
            sent=self.length,
            memory=max(cost.memory, *(edge.memory for edge in edges), 0),
        )

    @property
    def needs_preparation(self) -> bool:
        """Never before the first piece: its sections may."""
        return False

    def prepare(self) -> CheckpointBody:
        return self

    @property
    def memory(self) -> int:
        described = len(self.frame) + _MEMBER_BYTES * len(self.file.members)
        return described + self.cost.memory

    @property
    def buffer_bytes(self) -> int:
        return self.file.buffer_bytes

    @property
    def piece_bytes(self) -> int:
        return self.buffer_bytes

    @lazy
    def is_inline(self) -> bool:
        return self.length <= INLINE_BYTES and self.cost.seconds <= INLINE_SECONDS

    def sections(self) -> Iterator[Body]:
        """Yield what is made at once and what is not in turn, as they stand."""
        start = self.first
        for index in self.file.whole_among(self._touched):
            elements = self._elements(index)
            if not elements:
                continue
            if start < elements.start:
                yield self.part(start, elements.start)
            yield self._of_one(index)
            start = elements.stop
        if start < self._end:
            yield self.part(start, self._end)

    def pieces(self) -> Iterator[Piece | Bytes]:
        head = memoryview(self.frame)[self.first : self._end]
        yield from (head[start : start + PIECE_BYTES] for start in range(0, len(head), PIECE_BYTES))
        index, stop = self._touched.start, self._touched.stop
        while index < stop:
            if index in self._inner and self.file.members[index].kind.nbytes < FIRST_BYTES:
                end = self.file.batch_end(range(index, self._inner.stop), FIRST_BYTES, PIECE_SECONDS)
                yield partial(_fill, self.file.members[index:end], self.file.container)
                index = end
            else:
                if self._elements(index):
                    yield from self._of_one(index).pieces()
                if padding := self._padding(index):
                    yield padding
                index += 1

    @lazy
    def _end(self) -> int:
        return self.file.nbytes if self.end is None else self.end

    @lazy
    def _touched(self) -> range:
        header = len(self.frame)
        return self.file.touched(max(self.first - header, 0), max(self._end - header, 0))

    @lazy
    def _inner(self) -> range:
        """The tensors that the range has all of."""
        touched = self._touched
        if not touched:
            return touched
        header, start, stop = len(self.frame), touched.start, touched.stop
        if self.file.ends[stop - 1] + header > self._end:
            stop -= 1
        if start < stop and self.file.start(start) + header < self.first:
            start += 1
        return range(start, stop)

    def _elements(self, index: int) -> range:
        """Return which bytes of the file are elements of a tensor, and in the range."""
        origin = len(self.frame) + self.file.start(index)
        return range(max(origin, self.first), min(origin + self.file.members[index].kind.nbytes, self._end))

    def _padding(self, index: int) -> bytes:
        """Return the zeros after a tensor, as far as they are in the range."""
        header, nbytes = len(self.frame), self.file.members[index].kind.nbytes
        start = max(header + self.file.start(index) + nbytes, self.first)
        return bytes(max(min(header + self.file.ends[index], self._end) - start, 0))

    def _of_one(self, index: int) -> BinaryBody:
        """Return the elements of a tensor, as far as they are in the range, which has some."""
        origin, elements = len(self.frame) + self.file.start(index), self._elements(index)
        body = BinaryBody(b"", self.file.members[index].tensor())
        return body.part(elements.start - origin, elements.stop - origin)


def _fill(members: Sequence[Member], container: Container, buffer: Buffer) -> memoryview:
    """Put all elements of tensors into `buffer`, as they stand in a file; the widest are first, so each is aligned."""
    alike: dict[tuple[Kind, int | None], list[int]] = {}
    for index, member in enumerate(members):
        alike.setdefault((member.kind, member.seed), []).append(index)
    starts = [0, *accumulate([container.padded(member.kind.nbytes) for member in members])]
    out = buffer[: starts[-1]]
    for (kind, seed), indices in alike.items():
        names = tuple([members[index].stream_name for index in indices])
        if kind.nbytes * len(names) == len(out):
            kind.read_into(out, seed, names)
            continue
        elements = np.empty((len(names), kind.nbytes), np.uint8)
        kind.read_into(elements.reshape(-1), seed, names)
        for index, row in zip(indices, elements, strict=True):
            end = starts[index] + kind.nbytes
            out[starts[index] : end] = row
            out[end : starts[index + 1]] = 0
    return out.data
