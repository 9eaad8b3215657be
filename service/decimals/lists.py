"""Nested lists of numbers as JSON, any stretch of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.compilation import inlined, kernels, store_byte
from service.decimals.narrow import texts_of
from service.decimals.text import LONGEST_32, LONGEST_64, LONGEST_INTEGER, LONGEST_NARROW, ROOM, Address, write_number

_COMMA, _OPEN, _CLOSE = (np.uint64(ord(character)) for character in ",[]")
_ONE = np.uint64(1)

_LONGEST = {
    np.dtype(np.float32): LONGEST_32,
    np.dtype(np.float64): LONGEST_64,
    np.dtype(np.int32): LONGEST_INTEGER,
    np.dtype(np.int64): LONGEST_INTEGER,
}

Elements = NDArray[np.float32] | NDArray[np.float64] | NDArray[np.int64] | NDArray[np.uint16] | NDArray[np.uint8]
Spans = NDArray[np.int64]


def spans(shape: tuple[int, ...]) -> Spans:
    """Return how many numbers lie in a list of each axis, from the innermost to the outermost."""
    return np.array([math.prod(shape[axis:]) for axis in reversed(range(len(shape)))], np.int64)


def prepare(dtype: np.dtype[Any]) -> None:
    """Make what `write` needs to be quick at the first numbers of a dtype already: some milliseconds."""
    if dtype not in _LONGEST:
        texts_of(dtype)


def room(count: int, dtype: np.dtype[Any], spans: Spans) -> int:
    """Return how many bytes have to be writable for `count` numbers of a dtype, one that `write` takes."""
    brackets = sum(2 * (count // int(span) + 2) for span in spans)
    return count * (_LONGEST.get(dtype, LONGEST_NARROW) + 1) + brackets + ROOM


def write(text: NDArray[np.uint8], values: NDArray[Any], start: int, spans: Spans) -> int:
    """Write to `text` numbers start, start + 1, ... of nested lists; return how many bytes they take.

    `values` is 1-D, of float32, float64, int32, int64 or a dtype of 8 or 16 bits; `spans` as `spans` returns it,
    without a zero. What stands between two numbers is written with the former, so that the texts of neighbouring
    stretches stand side by side. `text` has `room` for them.
    """
    if values.dtype in _LONGEST:
        written = values.astype(np.int64, copy=False) if values.dtype.kind == "i" else values
        return int(_write(text.ctypes.data, written, start, spans, 0))
    texts = texts_of(values.dtype)
    codes = values.view(f"u{values.itemsize}")
    return int(_write(text.ctypes.data, codes, start, spans, texts.ctypes.data))


@inlined
def _repeat(at: Address, character: np.uint64, count: int) -> Address:
    for i in range(count):
        store_byte(at + np.uint64(i), character)
    return at + np.uint64(count)


@inlined
def _depth(index: int, spans: Spans) -> int:
    """Return how many lists begin, or end, before number `index`."""
    depth = 0
    while depth < spans.size and index % spans[depth] == 0:
        depth += 1
    return depth


@kernels("uint64(uint64, {0}[::1], int64, int64[::1], uint64)", "int64", "uint16", "uint8")
def _write(text: Address, values: Elements, start: int, spans: Spans, texts: Address) -> Address:
    line = spans[0] if spans.size else 1
    total = spans[-1] if spans.size else 1
    at = text
    if start == 0:
        at = _repeat(at, _OPEN, spans.size)
    left = line - start % line
    for i in range(values.size):
        at = write_number(at, texts, values[i])
        left -= 1
        depth = 0
        if left == 0:
            left = line
            depth = _depth(start + i + 1, spans)
            at = _repeat(at, _CLOSE, depth)
        if start + i + 1 < total:
            store_byte(at, _COMMA)
            at = _repeat(at + _ONE, _OPEN, depth)
    return at - text
