"""The kernels of torch's normals in binary64: blocks of 16 as in float32, and pairs for tensors of fewer numbers.

torch takes logarithm, sine and cosine from the C library; these are `service.arithmetic.accurate`'s.
"""

from __future__ import annotations

import math

import numpy as np

from service.arithmetic.accurate import accurate_cosine_and_sine, accurate_log
from service.arithmetic.arrays import Doubles
from service.compilation import called, fma64, inlined, kernel
from service.streams.mersenne_twister.twister import Words, read_words
from service.streams.place import PLACE, Place, locate
from service.streams.torch.normal import BLOCK, Affine
from service.streams.torch.uniform import READER, Reader, unit64

_HALF = BLOCK // 2
_TILE = BLOCK * 39
_TWO_PI = 2.0 * math.pi


@inlined
def _pair(radius_unit: float, angle_unit: float) -> tuple[float, float]:
    """Return r cos t and r sin t, r = sqrt(-2 ln(1 - u)) and t = 2 pi v: 1 - u is exact."""
    radius = math.sqrt(-2.0 * accurate_log(1.0 - radius_unit))
    cosine, sine = accurate_cosine_and_sine(_TWO_PI * angle_unit)
    return radius * cosine, radius * sine


@called
def _write(words: Words, blocks: int, affine: Affine, out: Doubles) -> None:
    mean, std = affine
    for b in range(blocks):
        for j in range(_HALF):
            radius_word, angle_word = 2 * (BLOCK * b + j), 2 * (BLOCK * b + _HALF + j)
            radius_unit = unit64(words[radius_word], words[radius_word + 1])
            cosine, sine = _pair(radius_unit, unit64(words[angle_word], words[angle_word + 1]))
            out[BLOCK * b + j] = fma64(cosine, std, mean)
            out[BLOCK * b + _HALF + j] = fma64(sine, std, mean)


@kernel(f"void(float64[::1], int64, {PLACE}, {READER}, UniTuple(float64, 2), int64, float64[::1])")
def normal64(
    out: Doubles, start: int, place: Place, state: Words, reader: Reader, affine: Affine, end: int, tail: Doubles
) -> None:
    """Elements from `end` on are those of `tail`, which were made of other words."""
    block, first = reader
    words = np.empty(2 * _TILE, np.uint32)
    made = np.empty(_TILE, np.float64)
    low, high = 0, 0
    done = 0
    while done < out.size:
        position, left = locate(place, np.uint64(start + done))
        index = int(np.int64(position))
        if index >= end:
            count = min(left, out.size - done)
            out[done : done + count] = tail[index - end : index - end + count]
            done += count
            continue
        if not low <= index < high:
            low = index // BLOCK * BLOCK
            wanted = min(index + min(left, out.size - done), end)
            high = min(low + _TILE, (wanted + BLOCK - 1) // BLOCK * BLOCK)
            block = read_words(state, block, first + 2 * low, 2 * (high - low), words)
            _write(words, (high - low) // BLOCK, affine, made)
        count = min(high - index, end - index, left, out.size - done)
        out[done : done + count] = made[index - low : index - low + count]
        done += count


@kernel("void(uint32[::1], float64[::1])")
def normal_pairs(words: Words, out: Doubles) -> None:
    """Put standard normals, two of each four words, into `out`: the angle's two words stand first."""
    for pair in range(out.size // 2):
        angle_unit = unit64(words[4 * pair], words[4 * pair + 1])
        out[2 * pair], out[2 * pair + 1] = _pair(unit64(words[4 * pair + 2], words[4 * pair + 3]), angle_unit)


@kernel("void(float64[::1], float64, float64)")
def scale64(values: Doubles, mean: float, std: float) -> None:
    """Turn standard normals into N(mean, std), rounded once."""
    for i in range(values.size):
        values[i] = fma64(values[i], std, mean)
