"""Which numbers of a dtype lie within bounds, and rounding to the dtypes that are narrower than float32."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Singles
from service.compilation import bits_to_float32, float32_to_bits, kernel

Bits = NDArray[np.uint8] | NDArray[np.uint16]

_FRACTION_BITS = 23
"""Of float32."""

_SIZE = np.int32(0x7FFFFFFF)
"""All bits of a float32 but its sign."""

_ONE = np.int32(1)


@functools.lru_cache(maxsize=4096)
def representable(low: float, high: float, dtype: np.dtype[Any], open_above: bool = False) -> tuple[float, float]:
    """Return the least and greatest numbers of `dtype` within [low, high], or [low, high) when open.

    An infinite bound is none. Raises ValueError when there are no such numbers.
    """
    least, greatest = _nearest(low, dtype), _nearest(high, dtype)
    # As Python floats: NumPy would round `low` and `high` to float32 before comparing.
    if least < low:
        least = _next(least, math.inf, dtype)
    if greatest > high or (open_above and greatest == high):
        greatest = _next(greatest, -math.inf, dtype)
    if not low <= least <= greatest <= high:
        raise ValueError(f"no {dtype.name} number lies between {low!r} and {high!r}")
    return least, greatest


def _largest(dtype: np.dtype[Any]) -> float:
    return float(ml_dtypes.finfo(dtype).max)  # type: ignore[no-untyped-call]


def _nearest(number: float, dtype: np.dtype[Any]) -> float:
    if math.isinf(number):
        return number
    return float(dtype.type(max(-_largest(dtype), min(number, _largest(dtype)))))


def _next(number: float, towards: float, dtype: np.dtype[Any]) -> float:
    # Not all float8 kinds have infinities.
    if math.isinf(number):
        return math.copysign(_largest(dtype), number)
    end = math.copysign(_largest(dtype), towards)
    return float(np.nextafter(dtype.type(number), dtype.type(end)))


_CLIPPED_AT_ONCE = 2**18
"""Rows, or numbers of one axis, that are compared at once: the comparison takes memory of its own."""


def clip(values: NDArray[Any], ends: tuple[float, float]) -> None:
    """Put numbers below the first end, or above the second, on it; a zero keeps its sign."""
    least, greatest = ends
    for start in range(0, len(values), _CLIPPED_AT_ONCE):
        part = values[start : start + _CLIPPED_AT_ONCE]
        part[part < least] = least
        part[part > greatest] = greatest


def rounding_to(dtype: np.dtype[Any]) -> Callable[[Singles, Bits], None]:
    """Return a kernel that puts the bits of float32 numbers, rounded to nearest even of a narrower `dtype`, into `out`.

    `dtype` is a format of 8 or 16 bits that is IEEE 754's but for its infinities. Numbers beyond its range become what
    follows its largest one, be it infinity or not a number; no number of `values` is itself infinite or not a number.
    """
    info: Any = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]
    width = 8 * dtype.itemsize
    dropped = np.int32(_FRACTION_BITS - info.nmant)
    half = np.int32((1 << int(dropped - 1)) - 1)
    smallest_normal = int(np.float32(info.smallest_normal).view(np.int32))
    # How far apart the exponents' origins are, in units of the dtype's last place.
    rebias = np.int32(((smallest_normal >> _FRACTION_BITS) - 1) << info.nmant)
    # Where they are the same, float32's own subnormals round as its normal numbers do.
    least_normal = np.int32(smallest_normal if rebias else 0)
    largest = int(np.asarray(info.max, dtype).view(f"u{dtype.itemsize}"))
    beyond = np.int32((largest + 1 + int(rebias)) << int(dropped))
    # The last place of a sum with it is the dtype's smallest number, so that the addition rounds subnormals.
    unit = np.float32(float(info.smallest_subnormal) * 2.0**_FRACTION_BITS)
    unit_bits = np.int32(unit.view(np.int32))
    sign_bit, sign_shift = np.int32(1 << (width - 1)), np.int32(32 - width)

    @kernel(f"void(float32[::1], uint{width}[::1])")
    def round_all(values: Singles, out: Bits) -> None:
        for i in range(values.size):
            bits = float32_to_bits(values[i])
            size = np.int32(min(np.int32(bits & _SIZE), beyond))
            odd = np.int32(np.int32(size >> dropped) & _ONE)
            normal = np.int32(np.int32(np.int32(np.int32(size + half) + odd) >> dropped) - rebias)
            subnormal = np.int32(float32_to_bits(bits_to_float32(size) + unit) - unit_bits)
            magnitude = subnormal if size < least_normal else normal
            out[i] = np.int32(magnitude | np.int32(np.int32(bits >> sign_shift) & sign_bit))

    return round_all
