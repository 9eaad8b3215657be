"""What a format is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from service.tensors.dtypes import DTYPES, Dtype
from service.tensors.tensor import Tensor

Buffer = bytes | memoryview


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
    def length(self, tensor: Tensor) -> int | None:
        """Return the number of bytes, or None when that is not known before they are made."""

    @abstractmethod
    def render(self, tensor: Tensor, flat: bool) -> Buffer:
        """Make the tensor and return all its bytes. `flat` asks for one row-major list, where that can differ."""

    def dtypes(self) -> tuple[str, ...]:
        """Return the names of the dtypes that it holds."""
        return tuple(name for name, dtype in DTYPES.items() if self.holds(dtype))


class BinaryFormat(Format):
    """A header that follows from the specification alone, then the elements, little endian, in C order."""

    @abstractmethod
    def header(self, tensor: Tensor) -> bytes:
        """Return what comes before the elements."""

    def length(self, tensor: Tensor) -> int:
        return len(self.header(tensor)) + tensor.nbytes

    def render(self, tensor: Tensor, flat: bool) -> Buffer:
        header = self.header(tensor)
        whole = np.empty(len(header) + tensor.nbytes, np.uint8)
        whole[: len(header)] = np.frombuffer(header, np.uint8)
        tensor.read_into(whole[len(header) :].view(tensor.spec.dtype.storage))
        return whole.data
