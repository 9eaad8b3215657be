"""The kernels that write any stretch of a random tensor: tiles of words, then values.

Element i of a tensor is made from word i mod 4 of the counter whose block index is i // 4, and from
nothing else. `identity` names the tensor's stream; the stretch is elements `start ... start + out.size` of `place`.
A tile ends where a run of neighbours does.
"""

from __future__ import annotations

import numpy as np

from service.arithmetic.arrays import Doubles, Singles
from service.arithmetic.elementary import log64
from service.arithmetic.truncation import TruncationNumbers
from service.compilation import inlined, kernel
from service.streams.philox.philox import IDENTITY, WORDS_PER_BLOCK, StreamIdentity, Word, write_run
from service.streams.philox.quantile import (
    CENTRAL_LIMIT,
    central64,
    minus_log32,
    offset_and_square,
    quantile_ratio32,
    tail64,
)
from service.streams.place import PLACE, Place, locate

TILE = 512
"""Words made at a time: few, so that computing goes on while the last values are still being stored."""

_REFINEMENT = np.uint64(1 << 24)
_TO_UNIT_32 = 2.0**-32
_TO_UNIT_52 = 2.0**-52
_TWENTY = np.uint64(20)
_TWELVE = np.uint64(12)

Pair = tuple[float, float]
Pair32 = tuple[np.float32, np.float32]

_PAIR = "UniTuple(float64, 2)"
_PAIR_32 = "UniTuple(float32, 2)"
_SIX = "UniTuple(float64, 6)"


@inlined
def _refining(identity: StreamIdentity) -> StreamIdentity:
    """The stream whose words are the low halves of binary64 uniforms."""
    return (identity[0], identity[1] + _REFINEMENT, identity[2], identity[3])


@inlined
def _unit32(word: np.uint32) -> float:
    """The middle of the word's cell in (0, 1), exactly."""
    return (np.float64(word) + 0.5) * _TO_UNIT_32


@inlined
def _unit52(word: np.uint32, refinement: np.uint32) -> float:
    """The middle of one of 2**52 cells in (0, 1), exactly; the word alone decides its 32-bit cell."""
    bits = (np.uint64(word) << _TWENTY) | (np.uint64(refinement) >> _TWELVE)
    return (np.float64(np.int64(bits)) + 0.5) * _TO_UNIT_52


@kernel(f"void(float32[::1], uint64, {PLACE}, {IDENTITY}, {_PAIR}, {_PAIR_32})")
def uniform32(out: Singles, start: Word, place: Place, identity: StreamIdentity, interval: Pair, clip: Pair32) -> None:
    low, span = interval[0], interval[1] - interval[0]
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, out.size - done)
        first = write_run(words, index, count, identity)
        tile = words[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            value = np.float32(low + span * _unit32(tile[i]))
            part[i] = min(max(value, least), greatest)
        done += count


@kernel(f"void(float64[::1], uint64, {PLACE}, {IDENTITY}, {_PAIR}, {_PAIR})")
def uniform64(out: Doubles, start: Word, place: Place, identity: StreamIdentity, interval: Pair, clip: Pair) -> None:
    low, span = interval[0], interval[1] - interval[0]
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    refinements = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, out.size - done)
        first = write_run(words, index, count, identity)
        tile = words[first : first + count]
        first = write_run(refinements, index, count, _refining(identity))
        finer = refinements[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            value = low + span * _unit52(tile[i], finer[i])
            part[i] = min(max(value, least), greatest)
        done += count


@kernel(f"void(float32[::1], uint64, {PLACE}, {IDENTITY}, {_PAIR}, {_PAIR_32}, {_PAIR_32})")
def normal32(
    out: Singles, start: Word, place: Place, identity: StreamIdentity, probability: Pair, affine: Pair32, clip: Pair32
) -> None:
    """`probability` is the middle (minus 1/2) and the width of the part of (0, 1) that is mapped.

    In three short loops: in one, the operations of an element that wait for each other are so many that the processor
    sees too few elements ahead to fill the time.
    """
    middle, mass = probability
    mean, std = affine
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    offsets = np.empty(TILE, np.float32)
    logarithms = np.empty(TILE, np.float32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, out.size - done)
        first = write_run(words, index, count, identity)
        tile = words[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            offsets[i], logarithms[i] = offset_and_square(middle + (_unit32(tile[i]) - 0.5) * mass)
        for i in range(count):
            logarithms[i] = minus_log32(logarithms[i])
        for i in range(count):
            z = offsets[i] * quantile_ratio32(logarithms[i])
            part[i] = min(max(mean + std * z, least), greatest)
        done += count


@inlined
def _truncated64(unit: float, truncation: TruncationNumbers) -> float:
    """Map `unit` in (0, 1) to the truncated standard normal; `truncation` as in `Truncation.numbers`."""
    middle, mass, below, above, shift, side = truncation
    if side == 0.0:
        x = middle + (unit - 0.5) * mass
        if abs(x) <= CENTRAL_LIMIT:
            return central64(x)
        side = x
    if side > 0.0:
        return tail64(shift - log64(above + (1.0 - unit) * mass))
    return -tail64(shift - log64(below + unit * mass))


@kernel(f"void(float32[::1], uint64, {PLACE}, {IDENTITY}, {_SIX}, {_PAIR}, {_PAIR_32})")
def normal32_by_tails(
    out: Singles,
    start: Word,
    place: Place,
    identity: StreamIdentity,
    truncation: TruncationNumbers,
    affine: Pair,
    clip: Pair32,
) -> None:
    """As `normal32`, in binary64 until the last rounding: for what lies too deep in a tail for binary32."""
    mean, std = affine
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, out.size - done)
        first = write_run(words, index, count, identity)
        tile = words[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            value = np.float32(mean + std * _truncated64(_unit32(tile[i]), truncation))
            part[i] = min(max(value, least), greatest)
        done += count


@kernel(f"void(float64[::1], uint64, {PLACE}, {IDENTITY}, {_SIX}, {_PAIR}, {_PAIR})")
def normal64(
    out: Doubles,
    start: Word,
    place: Place,
    identity: StreamIdentity,
    truncation: TruncationNumbers,
    affine: Pair,
    clip: Pair,
) -> None:
    mean, std = affine
    least, greatest = clip
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    refinements = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, out.size - done)
        first = write_run(words, index, count, identity)
        tile = words[first : first + count]
        first = write_run(refinements, index, count, _refining(identity))
        finer = refinements[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            z = _truncated64(_unit52(tile[i], finer[i]), truncation)
            part[i] = min(max(mean + std * z, least), greatest)
        done += count
