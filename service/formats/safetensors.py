"""Hugging Face's safetensors, one tensor a file.

https://github.com/huggingface/safetensors#format: the length of the header in eight bytes, the header in
JSON padded with spaces to a multiple of eight, the elements.
"""

from __future__ import annotations

import json
from typing import ClassVar

from service.formats.binary import BinaryFormat
from service.tensors.dtypes import Dtype
from service.tensors.spec import Scalar
from service.tensors.tensor import Tensor

_ALIGNMENT = 8
_LOADER_FORMAT = "pt"
"""What transformers and Accelerate ask for in the metadata of a file that has any; the bytes are the same for all."""


class Safetensors(BinaryFormat):
    """Written by hand: the library's metadata stands in random order, and it holds the whole file in memory."""

    name: ClassVar[str] = "safetensors"
    media_type: ClassVar[str] = "application/vnd.safetensors"
    media_type_aliases: ClassVar[tuple[str, ...]] = ("application/x-safetensors",)
    extension: ClassVar[str] = "safetensors"

    def holds(self, dtype: Dtype) -> bool:
        return dtype.safetensors_name is not None

    def header(self, tensor: Tensor) -> bytes:
        metadata = {"format": _LOADER_FORMAT} | tensor.facts()
        text = json.dumps(
            {
                "__metadata__": {key: _text(value) for key, value in sorted(metadata.items())},
                tensor.label: {
                    "dtype": tensor.spec.dtype.safetensors_name,
                    "shape": list(tensor.shape),
                    "data_offsets": [0, tensor.nbytes],
                },
            },
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode()
        text += b" " * (-len(text) % _ALIGNMENT)
        return len(text).to_bytes(8, "little") + text


def _text(value: Scalar) -> str:
    """Metadata values are strings; numbers stand as in JSON."""
    return value if isinstance(value, str) else json.dumps(value)
