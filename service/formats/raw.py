"""The elements and nothing else."""

from __future__ import annotations

from typing import ClassVar

from service.formats.binary import BinaryFormat
from service.tensors.dtypes import Dtype
from service.tensors.tensor import Tensor


class Raw(BinaryFormat):
    """Little endian, C order, no header."""

    name: ClassVar[str] = "raw"
    media_type: ClassVar[str] = "application/octet-stream"
    extension: ClassVar[str] = "raw"

    def holds(self, dtype: Dtype) -> bool:
        return True

    def header(self, tensor: Tensor) -> bytes:
        return b""
