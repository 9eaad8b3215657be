"""NumPy's .npy, version 1.0.

https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import numpy as np

from service.formats.binary import BinaryFormat
from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape
from service.tensors.tensor import Tensor

_MAGIC = b"\x93NUMPY\x01\x00"
_ALIGNMENT = 64
_GROWTH_DIGITS = 21
"""NumPy leaves room to grow the first axis in place, up to the digits of 2**64 and one."""


class Npy(BinaryFormat):
    """The bytes that `numpy.save` writes; by hand, for NumPy's header has changed between releases."""

    name: ClassVar[str] = "npy"
    media_type: ClassVar[str] = "application/x-npy"
    media_type_aliases: ClassVar[tuple[str, ...]] = ("application/x-numpy",)
    extension: ClassVar[str] = "npy"

    def holds(self, dtype: Dtype) -> bool:
        return dtype.storage.isbuiltin == 1

    def header(self, tensor: Tensor) -> bytes:
        return _header(tensor.spec.dtype.storage, tensor.shape)


@functools.lru_cache(maxsize=4096)
def _header(storage: np.dtype[Any], shape: Shape) -> bytes:
    descr = storage.newbyteorder("<").str
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape!r}, }}"
    if shape:
        text += " " * (_GROWTH_DIGITS - len(str(shape[0])))
    before = len(_MAGIC) + 2
    padding = _ALIGNMENT - (before + len(text) + 1) % _ALIGNMENT
    text += " " * padding + "\n"
    return _MAGIC + len(text).to_bytes(2, "little") + text.encode("latin-1")
