"""The kernels that write any stretch of a random tensor: tiles of words, then values.

Element i of a tensor is made from word i mod 4 of the counter whose block index is i // 4, and from
nothing else. `identity` names the tensor's stream; the stretch is `start ... start + out.size`.
"""

from __future__ import annotations

import numpy as np
from numba.core import types

from service.streams.compilation import inlined, kernel
from service.streams.elementary import log
from service.streams.philox import IDENTITY, WORDS_PER_BLOCK, write_blocks
from service.streams.quantile import CENTRAL_LIMIT, central64, quantile32, tail64

TILE = 4096
"""Words made at a time: 16 KiB, so that they stay in the first-level cache."""

_REFINEMENT = np.uint64(1 << 24)
_TO_UNIT_32 = 2.0**-32
_TO_UNIT_52 = 2.0**-52
_TWENTY = np.uint64(20)
_TWELVE = np.uint64(12)

_single = types.float32[::1]
_double = types.float64[::1]
_INTERVAL = types.UniTuple(types.float64, 2)
_CLIP_SINGLE = types.UniTuple(types.float32, 2)
_AFFINE_SINGLE = types.UniTuple(types.float32, 2)
_AFFINE_DOUBLE = types.UniTuple(types.float64, 2)
_TRUNCATION = types.UniTuple(types.float64, 6)


@inlined
def _write_tile(words, start, count, identity):  # type: ignore[no-untyped-def]
    """Write the blocks that hold elements start ... start + count; return the words of those elements."""
    skipped = np.int64(start % np.uint64(WORDS_PER_BLOCK))
    blocks = (skipped + count + WORDS_PER_BLOCK - 1) // WORDS_PER_BLOCK
    write_blocks(words, start // np.uint64(WORDS_PER_BLOCK), blocks, identity)
    return words[skipped : skipped + count]


@inlined
def _refining(identity):  # type: ignore[no-untyped-def]
    """The stream whose words are the low halves of binary64 uniforms."""
    return (identity[0], identity[1] + _REFINEMENT, identity[2], identity[3])


@inlined
def _unit32(word):  # type: ignore[no-untyped-def]
    """The middle of the word's cell in (0, 1), exactly."""
    return (np.float64(word) + 0.5) * _TO_UNIT_32


@inlined
def _unit52(word, refinement):  # type: ignore[no-untyped-def]
    """The middle of one of 2**52 cells in (0, 1), exactly; the word alone decides its 32-bit cell."""
    bits = (np.uint64(word) << _TWENTY) | (np.uint64(refinement) >> _TWELVE)
    return (np.float64(np.int64(bits)) + 0.5) * _TO_UNIT_52


@kernel(_single, types.uint64, IDENTITY, _INTERVAL, _CLIP_SINGLE)
def uniform32(out, start, identity, interval, clip):  # type: ignore[no-untyped-def]
    low, span = interval[0], interval[1] - interval[0]
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        count = min(TILE, out.size - done)
        tile = _write_tile(words, start + np.uint64(done), count, identity)
        part = out[done : done + count]
        for i in range(count):
            value = np.float32(low + span * _unit32(tile[i]))
            part[i] = min(max(value, least), greatest)
        done += count


@kernel(_double, types.uint64, IDENTITY, _INTERVAL, _INTERVAL)
def uniform64(out, start, identity, interval, clip):  # type: ignore[no-untyped-def]
    low, span = interval[0], interval[1] - interval[0]
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    refinements = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        count = min(TILE, out.size - done)
        position = start + np.uint64(done)
        tile = _write_tile(words, position, count, identity)
        finer = _write_tile(refinements, position, count, _refining(identity))
        part = out[done : done + count]
        for i in range(count):
            value = low + span * _unit52(tile[i], finer[i])
            part[i] = min(max(value, least), greatest)
        done += count


@kernel(_single, types.uint64, IDENTITY, _INTERVAL, _AFFINE_SINGLE, _CLIP_SINGLE)
def normal32(out, start, identity, probability, affine, clip):  # type: ignore[no-untyped-def]
    """`probability` is the middle (minus 1/2) and the width of the part of (0, 1) that is mapped."""
    middle, mass = probability
    mean, std = affine
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        count = min(TILE, out.size - done)
        tile = _write_tile(words, start + np.uint64(done), count, identity)
        part = out[done : done + count]
        for i in range(count):
            z = quantile32(middle + (_unit32(tile[i]) - 0.5) * mass)
            part[i] = min(max(mean + std * z, least), greatest)
        done += count


@inlined
def _truncated64(unit, truncation):  # type: ignore[no-untyped-def]
    """Map `unit` in (0, 1) to the truncated standard normal; `truncation` as in `Truncation.numbers`."""
    middle, mass, below, above, shift, side = truncation
    if side == 0.0:
        x = middle + (unit - 0.5) * mass
        if abs(x) <= CENTRAL_LIMIT:
            return central64(x)
        side = x
    if side > 0.0:
        return tail64(shift - log(above + (1.0 - unit) * mass))
    return -tail64(shift - log(below + unit * mass))


@kernel(_single, types.uint64, IDENTITY, _TRUNCATION, _AFFINE_DOUBLE, _CLIP_SINGLE)
def normal32_by_tails(out, start, identity, truncation, affine, clip):  # type: ignore[no-untyped-def]
    """As `normal32`, in binary64 until the last rounding: for what lies too deep in a tail for binary32."""
    mean, std = affine
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        count = min(TILE, out.size - done)
        tile = _write_tile(words, start + np.uint64(done), count, identity)
        part = out[done : done + count]
        for i in range(count):
            value = np.float32(mean + std * _truncated64(_unit32(tile[i]), truncation))
            part[i] = min(max(value, least), greatest)
        done += count


@kernel(_double, types.uint64, IDENTITY, _TRUNCATION, _AFFINE_DOUBLE, _INTERVAL)
def normal64(out, start, identity, truncation, affine, clip):  # type: ignore[no-untyped-def]
    mean, std = affine
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    refinements = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        count = min(TILE, out.size - done)
        position = start + np.uint64(done)
        tile = _write_tile(words, position, count, identity)
        finer = _write_tile(refinements, position, count, _refining(identity))
        part = out[done : done + count]
        for i in range(count):
            z = _truncated64(_unit52(tile[i], finer[i]), truncation)
            part[i] = min(max(mean + std * z, least), greatest)
        done += count
