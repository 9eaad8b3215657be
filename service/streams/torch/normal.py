"""The kernel of torch's float32 normals: Box and Muller's transform in blocks of 16, by its AVX2 polynomials.

Of a block's words the first eight give the radii and the last eight the angles; its first eight numbers are the
cosines, its last eight the sines (aten/src/ATen/native/cpu/DistributionTemplates.h, `normal_fill_AVX2`). Logarithm and
sines are Cephes' in binary32, as avx_mathfun.h has them, with the fused multiply-adds that compilers make of it.
"""

from __future__ import annotations

import math

import numpy as np

from service.arithmetic.arrays import Singles
from service.compilation import bits_to_float32, called, float32_to_bits, fma32, inlined, kernel
from service.streams.mersenne_twister.twister import Words, read_words
from service.streams.place import PLACE, Place, locate
from service.streams.torch.uniform import READER, Reader, unit32

BLOCK = 16
"""Numbers that are made together."""
_HALF = BLOCK // 2
_BLOCKS = 78
_TILE = BLOCK * _BLOCKS
"""Two states of words."""

Affine = tuple[float, float]

Room = tuple[Singles, Singles, Singles, Singles]
"""Radii, angles, and what becomes of them."""


def _singles(*values: float) -> tuple[np.float32, ...]:
    return tuple(np.float32(value) for value in values)


# Cephes' logf.
_P0, _P1, _P2, _P3, _P4, _P5, _P6, _P7, _P8 = _singles(
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
    2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
_Q1, _Q2, _SQRT_HALF = _singles(-2.12194440e-4, 0.693359375, 0.707106781186547524)
# Cephes' sinf and cosf: pi/4 in three parts, and the two polynomials.
_D1, _D2, _D3 = _singles(-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)
_S0, _S1, _S2 = _singles(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_C0, _C1, _C2 = _singles(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_FOUR_OVER_PI, _TWO_PI = _singles(1.27323954473516, 2.0 * math.pi)
_ZERO, _POINT_FIVE, _UNIT, _MINUS_TWO = _singles(0.0, 0.5, 1.0, -2.0)

_MANTISSA, _HALF_BITS, _SHIFT, _BIAS = (np.int32(n) for n in (0x007FFFFF, 0x3F000000, 23, 126))
_ONE, _TWO, _FOUR, _EVEN = (np.int32(n) for n in (1, 2, 4, -2))


@inlined
def _radius(rest: np.float32) -> np.float32:
    """Return sqrt(-2 ln(rest))."""
    bits = float32_to_bits(rest)
    exponent = np.float32((bits >> _SHIFT) - _BIAS)
    mantissa = bits_to_float32((bits & _MANTISSA) | _HALF_BITS)
    is_small = mantissa < _SQRT_HALF
    more = mantissa if is_small else _ZERO
    exponent = np.float32(exponent - (_UNIT if is_small else _ZERO))
    x = np.float32(np.float32(mantissa - _UNIT) + more)
    square = np.float32(x * x)
    y = fma32(fma32(fma32(_P0, x, _P1), x, _P2), x, _P3)
    y = fma32(fma32(fma32(y, x, _P4), x, _P5), x, _P6)
    y = fma32(fma32(y, x, _P7), x, _P8)
    y = fma32(np.float32(y * x), square, np.float32(exponent * _Q1))
    y = np.float32(y - np.float32(square * _POINT_FIVE))
    return np.float32(math.sqrt(np.float32(_MINUS_TWO * fma32(exponent, _Q2, np.float32(x + y)))))


@inlined
def _cosine_and_sine(angle: np.float32) -> tuple[np.float32, np.float32]:
    """Return those of an angle in [0, 2 pi)."""
    octant = np.int32(np.int32(np.int32(np.float32(angle * _FOUR_OVER_PI)) + _ONE) & _EVEN)
    turns = np.float32(octant)
    rest = fma32(turns, _D3, fma32(turns, _D2, fma32(turns, _D1, angle)))
    square = np.float32(rest * rest)
    c = fma32(fma32(_C0, square, _C1), square, _C2)
    c = np.float32(fma32(np.float32(c * square), square, np.float32(-np.float32(square * _POINT_FIVE))) + _UNIT)
    s = fma32(fma32(_S0, square, _S1), square, _S2)
    s = fma32(np.float32(s * square), rest, rest)
    is_even = (octant & _TWO) == 0
    sine = s if is_even else c
    cosine = c if is_even else s
    sine = sine if (octant & _FOUR) == 0 else np.float32(-sine)
    cosine = cosine if (np.int32(octant - _TWO) & _FOUR) != 0 else np.float32(-cosine)
    return cosine, sine


@called
def _write(words: Words, blocks: int, room: Room, affine: Affine, out: Singles) -> None:
    """Put the numbers of whole blocks of words into `out`, in short loops that are made of vectors."""
    radii, angles, cosines, sines = room
    mean, std = affine
    for b in range(blocks):
        for j in range(_HALF):
            radii[_HALF * b + j] = _UNIT - unit32(words[BLOCK * b + j])
            angles[_HALF * b + j] = _TWO_PI * unit32(words[BLOCK * b + _HALF + j])
    for i in range(_HALF * blocks):
        radii[i] = _radius(radii[i])
    for i in range(_HALF * blocks):
        cosine, sine = _cosine_and_sine(angles[i])
        cosines[i] = fma32(np.float32(radii[i] * cosine), std, mean)
        sines[i] = fma32(np.float32(radii[i] * sine), std, mean)
    for b in range(blocks):
        for j in range(_HALF):
            out[BLOCK * b + j] = cosines[_HALF * b + j]
            out[BLOCK * b + _HALF + j] = sines[_HALF * b + j]


@kernel(f"void(float32[::1], int64, {PLACE}, {READER}, UniTuple(float32, 2), int64, float32[::1])")
def normal32(
    out: Singles, start: int, place: Place, state: Words, reader: Reader, affine: Affine, end: int, tail: Singles
) -> None:
    """Elements from `end` on are those of `tail`, which were made of other words."""
    block, first = reader
    words = np.empty(_TILE, np.uint32)
    made = np.empty(_TILE, np.float32)
    radii, angles = np.empty(_TILE // 2, np.float32), np.empty(_TILE // 2, np.float32)
    cosines, sines = np.empty(_TILE // 2, np.float32), np.empty(_TILE // 2, np.float32)
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
            block = read_words(state, block, first + low, high - low, words)
            _write(words, (high - low) // BLOCK, (radii, angles, cosines, sines), affine, made)
        count = min(high - index, end - index, left, out.size - done)
        out[done : done + count] = made[index - low : index - low + count]
        done += count
