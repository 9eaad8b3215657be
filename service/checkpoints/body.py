"""The bytes of a checkpoint's file: a header, and tensors end to end, each made when its turn comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from service.checkpoints.container import Container
from service.checkpoints.file import CheckpointFile
from service.checkpoints.member import Member
from service.formats.binary import FIRST_BYTES, PIECE_BYTES, BinaryBody
from service.formats.body import INLINE_SECONDS, PIECE_SECONDS, Body, Buffer, Bytes, Cost, Piece
from service.lazy import lazy

_MEMBER_BYTES = 400
"""Of memory, about, that a tensor takes before anything of it is made."""

_INLINE_BYTES = 2**16


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
        return max((2 * FIRST_BYTES, *(kind.body.buffer_bytes for kind in self.file.kinds)))

    @property
    def piece_bytes(self) -> int:
        return self.buffer_bytes

    @lazy
    def is_inline(self) -> bool:
        return self.length <= _INLINE_BYTES and self.cost.seconds <= INLINE_SECONDS

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
        container, batch, nbytes, seconds = self.file.container, list[Member](), 0, 0.0
        for index in self._touched:
            member = self.file.members[index]
            padded = container.padded(member.kind.nbytes)
            is_small = padded < FIRST_BYTES and index in self._inner
            if is_small:
                batch.append(member)
                nbytes += padded
                seconds += member.kind.cost.filling
            if batch and (not is_small or nbytes >= FIRST_BYTES or seconds >= PIECE_SECONDS):
                yield partial(_fill, batch, container)
                batch, nbytes, seconds = [], 0, 0.0
            if not is_small:
                if self._elements(index):
                    yield from self._of_one(index).pieces()
                if padding := self._padding(index):
                    yield padding
        if batch:
            yield partial(_fill, batch, container)

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
    start = 0
    for member in members:
        tensor = member.tensor()
        end = start + member.kind.nbytes
        tensor.read_into(buffer[start:end].view(tensor.spec.dtype.storage))
        start += container.padded(member.kind.nbytes)
        buffer[end:start] = 0
    return buffer[:start].data
