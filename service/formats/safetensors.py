"""Hugging Face's safetensors, one tensor a file: a header, then the elements."""

from __future__ import annotations

import json
from typing import ClassVar

from service.formats.binary import BinaryFormat
from service.formats.entry import Entry
from service.formats.safetensors_header import LOADER_FORMAT, header
from service.tensors.dtypes import Dtype
from service.tensors.spec import Scalar
from service.tensors.tensor import Tensor


class Safetensors(BinaryFormat):
    """Written by hand: the library's metadata stands in random order, and it holds the whole file in memory."""

    name: ClassVar[str] = "safetensors"
    media_type: ClassVar[str] = "application/vnd.safetensors"
    media_type_aliases: ClassVar[tuple[str, ...]] = ("application/x-safetensors",)
    extension: ClassVar[str] = "safetensors"

    def holds(self, dtype: Dtype) -> bool:
        return dtype.safetensors_name is not None

    def header(self, tensor: Tensor) -> bytes:
        metadata = {key: _text(value) for key, value in tensor.facts().items()}
        entry = Entry(tensor.label, tensor.spec.dtype, tensor.shape, 0, tensor.nbytes)
        return header({"format": LOADER_FORMAT, **metadata}, [entry])


def _text(value: Scalar) -> str:
    """Metadata values are strings; numbers stand as in JSON."""
    return value if isinstance(value, str) else json.dumps(value)
