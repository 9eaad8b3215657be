"""What the binary formats share: a header, then the elements, of which any range of bytes can be made."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np

from service.formats.body import INLINE_BYTES, INLINE_SECONDS, Buffer, Bytes, Cost, Piece
from service.formats.format import Format
from service.formats.tensor_body import TensorBody
from service.lazy import lazy
from service.tensors.tensor import Tensor

FIRST_BYTES = 2**20
"""Of the first piece, so that it leaves early; each is twice as long as the one before."""

PIECE_BYTES = 2**22
"""Of the longest: handing one from thread to thread costs little beside making it."""

BYTES_AN_ELEMENT = 4
"""Of which the above are thought: pieces of smaller elements have no more of them, for as many take as long to make."""


_ALIGNMENT = 64
"""Of the elements in a buffer: a cache line, and the widest vector."""


class BinaryFormat(Format):
    """A header that follows from the specification alone, then the elements, little endian, in C order."""

    has_ranges: ClassVar[bool] = True

    @abstractmethod
    def header(self, tensor: Tensor) -> bytes:
        """Return what comes before the elements."""

    def body(self, tensor: Tensor, flat: bool = False) -> BinaryBody:
        return BinaryBody(self.header(tensor), tensor)


@dataclass(frozen=True)
class BinaryBody(TensorBody):
    """A header and elements, of which any range of bytes can be had without the rest."""

    first: int = 0
    """The first byte of the range."""
    end: int | None = None
    """The byte after its last; None for the end of all."""

    @lazy
    def total(self) -> int:
        """The number of bytes of the whole, of which this may be a range."""
        return len(self.frame) + self.tensor.nbytes

    @lazy
    def length(self) -> int:
        return (self.total if self.end is None else self.end) - self.first

    @property
    def supports_ranges(self) -> bool:
        return True

    @property
    def is_inline(self) -> bool:
        return self.length <= self._scaled(INLINE_BYTES) and self.cost.seconds <= INLINE_SECONDS

    def _filled(self) -> Cost:
        tensor, length = self.tensor, self.length
        # A range may begin and end within an element.
        filling = tensor.pace.seconds(length // tensor.spec.dtype.itemsize + 2)
        return Cost(tensor.size, filling=filling, sent=length)

    @property
    def piece_bytes(self) -> int:
        return self.buffer_bytes

    @property
    def buffer_bytes(self) -> int:
        # A range may begin and end within an element.
        return self._room + min(self.length, self._longest) + 2 * self.tensor.spec.dtype.itemsize

    @property
    def _room(self) -> int:
        """What the header takes in a buffer, before the elements."""
        return -(-len(self.frame) // _ALIGNMENT) * _ALIGNMENT

    def part(self, first: int, end: int) -> BinaryBody:
        """Return the range of bytes first ... end of the whole."""
        return replace(self, first=first, end=end)

    def render(self) -> bytes:
        if self.first == 0 and self.end is None:
            return self.frame + self.tensor.read().tobytes()
        return super().render()

    def pieces(self) -> Iterator[Piece | Bytes]:
        first, end, header = self.first, self.first + self.length, len(self.frame)
        itemsize = self.tensor.spec.dtype.itemsize
        longest = self._longest
        size = min(self._scaled(FIRST_BYTES), longest)
        is_same, made = self.tensor.is_constant and self.length > 2 * PIECE_BYTES, list[memoryview]()
        while first < end:
            # All but the last end where elements do.
            cut = min(header + max(first + size - header, 0) // itemsize * itemsize, end)
            is_even = first >= header and (first - header) % itemsize == 0
            if is_same and is_even:
                yield made[0][: cut - first] if made else partial(self._make_constant, made, cut - first)
            else:
                yield partial(self._make, first, cut)
            first, size = cut, min(2 * size, longest)

    @property
    def _longest(self) -> int:
        """The bytes of the longest piece, of one element at least: less would never come to the end."""
        itemsize = self.tensor.spec.dtype.itemsize
        return max(min(self._scaled(PIECE_BYTES), self._piece_elements * itemsize), itemsize)

    def _scaled(self, nbytes: int) -> int:
        """Return the size of a piece whose float32 elements would take `nbytes`, or `nbytes` where all are the same."""
        if self.tensor.is_constant:
            return nbytes
        return nbytes * min(self.tensor.spec.dtype.itemsize, BYTES_AN_ELEMENT) // BYTES_AN_ELEMENT

    def _make_constant(self, made: list[memoryview], nbytes: int, buffer: Buffer) -> memoryview:
        """Return a piece of elements that are all the same, which is put into `made` to be sent again and again."""
        if not made:
            made.append(self.tensor.read(0, self._longest // self.tensor.spec.dtype.itemsize).view(np.uint8).data)
        return made[0][:nbytes]

    def _make(self, first: int, end: int, buffer: Buffer) -> memoryview:
        """Put bytes first ... end of the whole into `buffer`."""
        itemsize, header = self.tensor.spec.dtype.itemsize, len(self.frame)
        begin_element = max(first - header, 0) // itemsize
        end_element = -(-max(end - header, 0) // itemsize)
        elements = buffer[self._room :][: (end_element - begin_element) * itemsize]
        self.tensor.read_into(elements.view(self.tensor.spec.dtype.storage), begin_element)
        # Where byte `header + begin_element * itemsize` of the whole stands in the buffer.
        offset = self._room - (header + begin_element * itemsize)
        if first < header:
            offset = self._room - header
            buffer[offset : self._room] = np.frombuffer(self.frame, np.uint8)
        return buffer[first + offset : end + offset].data
