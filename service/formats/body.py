"""What a body is: bytes of which any piece can be made by itself, and what making them takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Bytes = bytes | memoryview
Buffer = NDArray[np.uint8]


INLINE_SECONDS = 5e-4
"""Of processor time, at most, that the event loop itself takes for a reply."""

INLINE_BYTES = 2**16
"""Of a reply that is made and sent at once, at most."""

PIECE_SECONDS = 1e-2
"""Of a piece, about, at most: the pieces of others wait for so long."""


class Piece(Protocol):
    """Some consecutive bytes of a body."""

    def __call__(self, buffer: Buffer) -> Bytes:
        """Make and return them; they may lie in `buffer`, which holds `Body.buffer_bytes`."""
        ...


@dataclass(frozen=True)
class Cost:
    """What the limits of a server count in a body."""

    elements: int
    """Numbers in it."""
    text_elements: int = 0
    """Those of them that are written as text."""
    lists: int = 0
    """Lists in which they nest, the empty ones included."""
    multiplications: int = 0
    """What materializing takes, about."""
    materialized_elements: int = 0
    """Elements of the tensors that are materialized."""
    materializing: float = 0.0
    """Seconds of one thread that it takes, about."""
    filling: float = 0.0
    """Those that the elements, and their text, take after that."""
    sent: int = 0
    """Bytes that the reply is known to have: who takes many has to wait for them."""
    memory: int = 0
    """Bytes, about, that materializing takes."""

    @property
    def seconds(self) -> float:
        """The processor time that all of it takes, about, before any of it is made."""
        return self.materializing + self.filling


@dataclass(frozen=True)
class Body(ABC):
    """All bytes of something in a format; nothing is computed before a piece is called, but by `prepare`."""

    frame: bytes
    """What stands around the elements, which the format's version decides and the canonical URL does not."""

    @property
    @abstractmethod
    def length(self) -> int | None:
        """The number of bytes, or None when that is not known before they are made."""

    @property
    def supports_ranges(self) -> bool:
        """Whether `part` can be asked for; then the length is known."""
        return False

    def part(self, first: int, end: int) -> Body:
        """Return the range of bytes first ... end of the whole, where ranges are supported."""
        raise NotImplementedError

    @property
    @abstractmethod
    def cost(self) -> Cost:
        """What it takes."""

    @property
    @abstractmethod
    def needs_preparation(self) -> bool:
        """Whether `prepare` takes time, which is then to pass before the first piece is made."""

    @abstractmethod
    def prepare(self) -> Body:
        """Return the same body with what can only be made all at once made; it blocks."""

    @property
    @abstractmethod
    def memory(self) -> int:
        """Bytes, about, that preparing takes, and that are held until the last piece is sent."""

    @property
    @abstractmethod
    def buffer_bytes(self) -> int:
        """What a piece needs of a buffer."""

    @property
    @abstractmethod
    def piece_bytes(self) -> int:
        """What a piece holds in memory, about, its buffer included."""

    @property
    @abstractmethod
    def is_inline(self) -> bool:
        """Whether all of it is small, and made in a fraction of a millisecond."""

    @abstractmethod
    def pieces(self) -> Iterator[Piece | Bytes]:
        """Yield the pieces, in order; one that is there already as its bytes."""

    def sections(self) -> Iterator[Body]:
        """Yield the bodies that it consists of, end to end, each of which is prepared when its turn comes."""
        yield self

    def render(self) -> bytes:
        """Return all bytes at once."""
        return b"".join(p(np.empty(self.buffer_bytes, np.uint8)) if callable(p) else p for p in self.pieces())
