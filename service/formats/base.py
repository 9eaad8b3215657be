"""What a format is: a way to write a tensor, of which any piece can be made by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from service.tensors.dtypes import DTYPES, Dtype
from service.tensors.tensor import Tensor

Bytes = bytes | memoryview
Buffer = NDArray[np.uint8]


class Piece(Protocol):
    """Some consecutive bytes of a body."""

    def __call__(self, buffer: Buffer) -> Bytes:
        """Make and return them; they may lie in `buffer`, which holds `Body.buffer_bytes`."""
        ...


@dataclass(frozen=True)
class Body(ABC):
    """All bytes of a tensor in a format; nothing is computed before a piece is called."""

    tensor: Tensor
    frame: bytes
    """What stands around the elements, which the format's version decides and the specification does not."""

    @property
    @abstractmethod
    def length(self) -> int | None:
        """The number of bytes, or None when that is not known before they are made."""

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
        """Whether all of it is made in about a tenth of a millisecond."""

    @abstractmethod
    def pieces(self) -> Iterator[Piece | Bytes]:
        """Yield the pieces, in order; one that is there already as its bytes."""

    def render(self) -> bytes:
        """Return all bytes at once."""
        return b"".join(p(np.empty(self.buffer_bytes, np.uint8)) if callable(p) else p for p in self.pieces())


class Format(ABC):
    """A way to write a tensor."""

    name: ClassVar[str]
    """Its name in a request."""
    media_type: ClassVar[str]
    media_type_aliases: ClassVar[tuple[str, ...]] = ()
    """Other media types by which clients ask for it."""
    extension: ClassVar[str]

    @abstractmethod
    def holds(self, dtype: Dtype) -> bool:
        """Return whether the format can express the dtype."""

    @abstractmethod
    def body(self, tensor: Tensor, flat: bool = False) -> Body:
        """Return the bytes of `tensor`. `flat` asks for one row-major list, where that can differ."""

    def dtypes(self) -> tuple[str, ...]:
        """Return the names of the dtypes that it holds."""
        return tuple(name for name, dtype in DTYPES.items() if self.holds(dtype))
