"""JSON, with the member names of the Open Inference Protocol's tensors.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

import numpy as np
import orjson

from service.decimals import lists
from service.formats.body import INLINE_BYTES, INLINE_SECONDS, Buffer, Bytes, Cost, Piece
from service.formats.format import Format
from service.formats.tensor_body import TensorBody
from service.tensors.dtypes import DTYPES, Dtype
from service.tensors.layout import Shape
from service.tensors.pace import Pace
from service.tensors.tensor import Tensor

FIRST_ELEMENTS = 2**14
"""In the first piece, so that it leaves early; each has twice as many as the one before."""

PIECE_ELEMENTS = 2**17
"""In the longest: handing one from thread to thread costs little beside making it."""


_TEXT_SECONDS = {1: 5e-9, 2: 5e-9, 4: 55e-9, 8: 90e-9}
"""What the text of a number takes, by the bytes of its dtype: the narrow ones have tables of all their numbers."""
_BRACKETS = 15e-9
"""What a list takes besides."""

_PLACEHOLDER = b'"data":null'


for _dtype in DTYPES.values():
    if not _dtype.is_complex:
        lists.prepare(_dtype.storage)


class Json(Format):
    """Numbers to read: nested lists, or one flat list; of a scalar a list of one."""

    name: ClassVar[str] = "json"
    media_type: ClassVar[str] = "application/json"
    extension: ClassVar[str] = "json"
    is_attachment: ClassVar[bool] = False
    takes_flat: ClassVar[bool] = True
    schema: ClassVar[str | None] = "Tensor"

    def holds(self, dtype: Dtype) -> bool:
        return dtype.open_inference_name is not None

    def body(self, tensor: Tensor, flat: bool = False) -> JsonBody:
        page = {
            "name": tensor.label,
            "shape": tensor.shape,
            "datatype": tensor.spec.dtype.open_inference_name,
            "data": None,
            "parameters": tensor.facts(),
        }
        # The Open Inference Protocol's data is always an array.
        is_list = flat or not tensor.shape
        return JsonBody(orjson.dumps(page), tensor, (tensor.size,) if is_list else tensor.shape)


@dataclass(frozen=True)
class JsonBody(TensorBody):
    """Text of which each piece holds some consecutive elements, with the brackets that fall between them.

    The frame is the page with null for the elements.
    """

    shape: Shape
    """How the lists nest."""

    @property
    def length(self) -> None:
        return None

    def _filled(self) -> Cost:
        tensor, lists_ = self.tensor, _lists(self.shape)
        text = tensor.pace.slower(_TEXT_SECONDS[tensor.spec.dtype.itemsize]) + Pace(0.0, _BRACKETS * min(lists_, 2**64))
        return Cost(tensor.size, tensor.size, lists_, filling=text.seconds(tensor.size))

    @property
    def buffer_bytes(self) -> int:
        return len(self.frame) + self._room(self._longest)

    @property
    def piece_bytes(self) -> int:
        return self.buffer_bytes + self._longest * self.tensor.spec.dtype.itemsize

    @property
    def is_inline(self) -> bool:
        return self._room(self.tensor.size) <= INLINE_BYTES and self.cost.seconds <= INLINE_SECONDS

    def pieces(self) -> Iterator[Piece | Bytes]:
        if 0 in self.shape:
            yield self._make_empty
        start, count = 0, min(FIRST_ELEMENTS, self._longest)
        while start < self.tensor.size:
            end = min(start + count, self.tensor.size)
            yield partial(self._make, start, end)
            start, count = end, min(2 * count, self._longest)

    def _make(self, start: int, end: int, buffer: Buffer) -> memoryview:
        """Write elements start ... end, and the page around them where they are the first or the last."""
        values = self.tensor.read(start, end - start)
        before, after = self._around
        written = _put(before, buffer) if start == 0 else 0
        written += lists.write(buffer[written:], values, start, self._spans)
        if end == self.tensor.size:
            written += _put(after, buffer[written:])
        return buffer[:written].data

    def _make_empty(self, buffer: Buffer) -> bytes:
        before, after = self._around
        return before + _empty_lists(self.shape) + after

    @cached_property
    def _spans(self) -> lists.Spans:
        return lists.spans(self.shape)

    @property
    def _longest(self) -> int:
        """How many elements the longest piece has."""
        return max(min(self.tensor.size, PIECE_ELEMENTS, self._piece_elements), 1)

    def _room(self, elements: int) -> int:
        if 0 in self.shape:
            return len("[],") * math.prod(self.shape[: self.shape.index(0)])
        return lists.room(elements, self.tensor.spec.dtype.storage, self._spans)

    @cached_property
    def _around(self) -> tuple[bytes, bytes]:
        before, _, after = self.frame.rpartition(_PLACEHOLDER)
        return before + _PLACEHOLDER.removesuffix(b"null"), after


def _put(text: bytes, buffer: Buffer) -> int:
    buffer[: len(text)] = np.frombuffer(text, np.uint8)
    return len(text)


def _lists(shape: Shape) -> int:
    """Return how many lists nest, the empty ones included."""
    total = outer = 1
    for axis in shape[:-1]:
        outer *= axis
        total += outer
    return total


def _empty_lists(shape: Shape) -> bytes:
    text = b"[]"
    for size in reversed(shape[: shape.index(0)]):
        text = b"[" + (text + b",") * (size - 1) + text + b"]"
    return text
