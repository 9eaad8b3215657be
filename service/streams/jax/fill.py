"""The kernels that write any stretch of a tensor as `jax.random` draws it: tiles of words, then values.

Element i of a tensor is made from word i of the key's stream, and from nothing else. The stretch is elements
`start ... start + out.size` of `place`. A tile ends where a run of neighbours does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Doubles, Singles
from service.compilation import bits_to_float32, bits_to_float64, fma32, fma64, kernel
from service.streams.jax.inverse_error_function import inverse_error_function, logarithm, logarithm_of_one_plus
from service.streams.jax.inverse_error_function64 import inverse_error_function64, minus_logarithm_of_one_plus64
from service.streams.jax.threefry import KEY, Key, write_pairs, write_words
from service.streams.place import PLACE, Place, locate

TILE = 512
"""Words made at a time."""

_PAIR = "UniTuple(float64, 2)"
_PAIR_32 = "UniTuple(float32, 2)"

Pair = tuple[float, float]
Pair32 = tuple[np.float32, np.float32]

_ONE_32 = np.uint32(0x3F800000)
_ONE_64 = np.int64(0x3FF0000000000000)
_EXPONENT_32 = np.uint32(9)
_EXPONENT_64 = np.int64(12)
_HIGH_BITS = np.int64(20)
_SQRT_2_32 = np.float32(np.sqrt(2))
_SQRT_2_64 = float(np.sqrt(2))
_SINGLE = np.float32(1)


@kernel(f"void(float32[::1], uint64, {PLACE}, {KEY}, {_PAIR_32}, {_PAIR_32})")
def uniform32(out: Singles, start: np.uint64, place: Place, key: Key, interval: Pair32, affine: Pair32) -> None:
    """Write `affine[0]` times a number of the interval, plus `affine[1]`."""
    low, span = interval[0], np.float32(interval[1] - interval[0])
    scale, shift = affine
    words = np.empty(TILE, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = write_words(words, index, min(TILE, left, out.size - done), key)
        part = out[done : done + count]
        for i in range(count):
            unit = bits_to_float32(np.int32(np.uint32(words[i] >> _EXPONENT_32) | _ONE_32)) - _SINGLE
            part[i] = max(fma32(unit, span, low), low) * scale + shift
        done += count


@kernel(f"void(float32[::1], uint64, {PLACE}, {KEY}, {_PAIR_32}, {_PAIR_32}, {_PAIR_32})")
def normal32(
    out: Singles, start: np.uint64, place: Place, key: Key, interval: Pair32, clip: Pair32, affine: Pair32
) -> None:
    """Write the same of √2 erf⁻¹ of a number of the interval, clipped before it is scaled.

    In short loops: in one, the operations of an element that wait for each other are too many.
    """
    low, span = interval[0], np.float32(interval[1] - interval[0])
    least, greatest = clip
    scale, shift = affine
    words = np.empty(TILE, np.uint32)
    uniforms = np.empty(TILE, np.float32)
    logarithms = np.empty(TILE, np.float32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = write_words(words, index, min(TILE, left, out.size - done), key)
        part = out[done : done + count]
        for i in range(count):
            unit = bits_to_float32(np.int32(np.uint32(words[i] >> _EXPONENT_32) | _ONE_32)) - _SINGLE
            uniforms[i] = max(fma32(unit, span, low), low)
            logarithms[i] = _SINGLE - uniforms[i] * uniforms[i]
        for i in range(count):
            logarithms[i] = logarithm(logarithms[i])
        for i in range(count):
            logarithms[i] = logarithm_of_one_plus(-(uniforms[i] * uniforms[i]), logarithms[i])
        for i in range(count):
            value = _SQRT_2_32 * inverse_error_function(uniforms[i], logarithms[i])
            part[i] = min(max(value, least), greatest) * scale + shift
        done += count


@kernel(f"void(float64[::1], uint64, {PLACE}, {KEY}, {_PAIR}, {_PAIR})")
def uniform64(out: Doubles, start: np.uint64, place: Place, key: Key, interval: Pair, affine: Pair) -> None:
    """As `uniform32`, of both words of each counter."""
    low, span = interval[0], interval[1] - interval[0]
    scale, shift = affine
    high_words, low_words = np.empty(TILE, np.uint32), np.empty(TILE, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = write_pairs(high_words, low_words, index, min(TILE, left, out.size - done), key)
        part = out[done : done + count]
        for i in range(count):
            bits = np.int64(high_words[i]) << _HIGH_BITS | np.int64(low_words[i]) >> _EXPONENT_64
            unit = bits_to_float64(bits | _ONE_64) - 1.0
            part[i] = max(fma64(unit, span, low), low) * scale + shift
        done += count


@kernel(f"void(float64[::1], uint64, {PLACE}, {KEY}, {_PAIR}, {_PAIR}, {_PAIR})")
def normal64(out: Doubles, start: np.uint64, place: Place, key: Key, interval: Pair, clip: Pair, affine: Pair) -> None:
    """As `normal32`, of both words of each counter."""
    low, span = interval[0], interval[1] - interval[0]
    least, greatest = clip
    scale, shift = affine
    high_words, low_words = np.empty(TILE, np.uint32), np.empty(TILE, np.uint32)
    logarithms = np.empty(TILE)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = write_pairs(high_words, low_words, index, min(TILE, left, out.size - done), key)
        part = out[done : done + count]
        for i in range(count):
            bits = np.int64(high_words[i]) << _HIGH_BITS | np.int64(low_words[i]) >> _EXPONENT_64
            unit = bits_to_float64(bits | _ONE_64) - 1.0
            part[i] = max(fma64(unit, span, low), low)
        for i in range(count):
            logarithms[i] = minus_logarithm_of_one_plus64(-(part[i] * part[i]))
        for i in range(count):
            value = _SQRT_2_64 * inverse_error_function64(part[i], logarithms[i])
            part[i] = min(max(value, least), greatest) * scale + shift
        done += count


@kernel(f"void(float32[::1], uint64, {PLACE}, {KEY}, float32[::1], int64)")
def chosen(out: Singles, start: np.uint64, place: Place, key: Key, values: Singles, dropped: int) -> None:
    """Write the one of `values`, as many as a power of two, that each word says: its low bits without `dropped`."""
    mask, distance = np.uint32(values.size - 1), np.uint32(dropped)
    words = np.empty(TILE, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = write_words(words, index, min(TILE, left, out.size - done), key)
        part = out[done : done + count]
        for i in range(count):
            part[i] = values[np.uint32(words[i] >> distance) & mask]
        done += count


@kernel("void(float32[::1])")
def to_inverse_error_function(values: NDArray[np.float32]) -> None:
    """Put erf⁻¹ of each number in its place."""
    for i in range(values.size):
        x = values[i]
        rest = logarithm_of_one_plus(-(x * x), logarithm(_SINGLE - x * x))
        values[i] = inverse_error_function(x, rest)
