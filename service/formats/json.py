"""JSON, with the member names of the Open Inference Protocol's tensors.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import orjson
from numpy.typing import NDArray

from service.formats.base import Body, Buffer, Bytes, Format, Piece
from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape
from service.tensors.tensor import Tensor

_NATIVE = (np.dtype(np.float32), np.dtype(np.float64))
"""What orjson writes in the fewest digits that identify it; the narrower types stand as float32 does."""

PIECE_ELEMENTS = 2**14
"""As many are written in a third of a millisecond, during which orjson lets no other thread run."""

_INLINE_ELEMENTS = 2**12

_BYTES_AN_ELEMENT = 64
"""The number, its text, and the copies of both, with room."""

_ELEMENTS_A_LIST = 6
"""A list takes orjson as long, and as much memory, as about six numbers."""

_PLACEHOLDER = b'"data":null'


class Json(Format):
    """Numbers to read: nested lists, or one flat list."""

    name: ClassVar[str] = "json"
    media_type: ClassVar[str] = "application/json"
    extension: ClassVar[str] = "json"

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
        return JsonBody(tensor, orjson.dumps(page), (tensor.size,) if flat else tensor.shape)


@dataclass(frozen=True)
class JsonBody(Body):
    """Text of which each piece holds some consecutive elements, with the brackets that fall between them.

    The frame is the page with null for the elements.
    """

    shape: Shape
    """How the lists nest."""

    @property
    def length(self) -> None:
        return None

    @property
    def buffer_bytes(self) -> int:
        return 0

    @property
    def piece_bytes(self) -> int:
        return min(self.tensor.size, PIECE_ELEMENTS) * _BYTES_AN_ELEMENT

    @property
    def is_inline(self) -> bool:
        return _weight(self.shape) <= _INLINE_ELEMENTS and not self.tensor.work

    @property
    def _axis(self) -> int:
        """The first axis of the lists that are written whole; along the one before it they are divided."""
        axis = len(self.shape)
        while axis > 1 and _weight(self.shape[axis - 1 :]) <= PIECE_ELEMENTS:
            axis -= 1
        return axis

    def pieces(self) -> Iterator[Piece | Bytes]:
        if not self.shape or 0 in self.shape:
            yield self._make_undivided
            return
        axis, size = self._axis, self.tensor.size
        line = math.prod(self.shape[axis - 1 :])
        lists = math.prod(self.shape[axis:])
        step = max(PIECE_ELEMENTS // _weight(self.shape[axis:]), 1) * lists
        for first in range(0, size, line):
            for start in range(first, first + line, step):
                yield partial(self._make, start, min(start + step, first + line))

    def _make(self, start: int, end: int, buffer: Buffer) -> bytes:
        """Write elements start ... end, and the brackets at their ends."""
        axis = self._axis
        text = _dumps(self._read(start, end).reshape(-1, *self.shape[axis:]))[1:-1]
        spans = [math.prod(self.shape[outer:]) for outer in range(axis)]
        opened = b"[" * sum(start % span == 0 for span in spans)
        closed = b"]" * sum(end % span == 0 for span in spans)
        before, after = self._frame()
        return b"".join(
            (before if start == 0 else b",", opened, text, closed, after if end == self.tensor.size else b"")
        )

    def _make_undivided(self, buffer: Buffer) -> bytes:
        """Write what orjson does not take from NumPy: a tensor without axes, or without elements."""
        before, after = self._frame()
        text = _empty_lists(self.shape) if self.shape else _dumps(self._read(0, 1))[1:-1]
        return before + text + after

    def _read(self, start: int, end: int) -> NDArray[Any]:
        values = self.tensor.read(start, end - start)
        return values if values.dtype in _NATIVE else values.astype(np.float32)

    def _frame(self) -> tuple[bytes, bytes]:
        before, _, after = self.frame.rpartition(_PLACEHOLDER)
        return before + _PLACEHOLDER.removesuffix(b"null"), after


def _weight(shape: Shape) -> int:
    """Return what a nested list of `shape` costs, in elements: that of its numbers or of its lists."""
    lists = sum(math.prod(shape[:outer]) for outer in range(len(shape)))
    return max(math.prod(shape), lists * _ELEMENTS_A_LIST)


def _empty_lists(shape: Shape) -> bytes:
    text = b"[]"
    for size in reversed(shape[: shape.index(0)]):
        text = b"[" + (text + b",") * (size - 1) + text + b"]"
    return text


def _dumps(values: NDArray[Any]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)
