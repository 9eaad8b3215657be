"""The texts of all numbers of a dtype of 8 or 16 bits, in the fewest digits that identify them in it."""

from __future__ import annotations

import functools
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from service.compilation import kernel
from service.decimals.text import LONGEST_NARROW, ROOM, write_single

Texts = NDArray[np.uint8]
"""A row for each number, in the order of their bits: its text, and zeros."""


@kernel("void(float32[::1], int64, int64, uint8[::1], uint8[:, ::1])")
def _write_all(
    values: NDArray[np.float32], fraction_bits: int, least_exponent: int, text: NDArray[np.uint8], texts: Texts
) -> None:
    """Write the text of each value to `texts`, by way of `text`."""
    at = np.uint64(text.ctypes.data)
    for i in range(values.size):
        length = write_single(at, values[i], np.int64(fraction_bits), np.int64(least_exponent)) - at
        for j in range(length):
            texts[i, j] = text[j]


@functools.cache
def texts_of(dtype: np.dtype[Any]) -> Texts:
    """Return the texts of all numbers of a dtype of 8 or 16 bits."""
    if dtype.kind in "bu":
        return _whole_texts(dtype)
    count = 2 ** (8 * dtype.itemsize)
    values = np.arange(count, dtype=f"u{dtype.itemsize}").view(dtype).astype(np.float32)
    texts = np.zeros((count, LONGEST_NARROW), np.uint8)
    limits = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]
    least_exponent = limits.minexp - limits.nmant
    _write_all(values, limits.nmant, least_exponent, np.empty(LONGEST_NARROW + ROOM, np.uint8), texts)
    return texts


def _whole_texts(dtype: np.dtype[Any]) -> Texts:
    """Return the texts of the numbers of a dtype of whole ones, or of its two truth values."""
    words = ("false", "true") if dtype.kind == "b" else [str(number) for number in range(2 ** (8 * dtype.itemsize))]
    texts = np.array(words, f"S{LONGEST_NARROW}")
    return texts.view(np.uint8).reshape(len(words), LONGEST_NARROW)
