"""The kernels that write any stretch of a random tensor: tiles of words, then values.

Element i of a tensor is made from word i mod 4 of the counter whose block index is i // 4, and from
nothing else. `identity` names the tensor's stream; the stretch is elements `start ... start + out.size` of `place`.
A tile ends where a run of neighbours does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Doubles, Singles
from service.arithmetic.elementary import log64
from service.arithmetic.truncation import TruncationNumbers
from service.compilation import bits_to_float64, called, inlined, kernel
from service.streams.philox.philox import IDENTITY, WORDS_PER_BLOCK, StreamIdentity, Word, write_run
from service.streams.philox.quantile import (
    CENTRAL_LIMIT,
    FAR_TAIL_START,
    central64,
    minus_log32,
    near_tail64,
    offset_and_square,
    quantile_ratio32,
    tail64,
)
from service.streams.place import PLACE, Place, locate

TILE = 512
"""Words made at a time: few, so that computing goes on while the last values are still being stored."""

_REFINEMENT = np.uint64(1 << 24)
_ONE = np.int64(0x3FF0000000000000)
"""The bits of 1 in binary64, whose fraction the words become: AVX2 has no conversion of 64-bit integers."""
_MIDDLE_32 = 1.0 - 2.0**-33
_MIDDLE_52 = 1.0 - 2.0**-53
"""One, less half a cell."""
_TWENTY = np.int64(20)
_TWELVE = np.int64(12)

Room = tuple[Doubles, Doubles, Doubles, NDArray[np.int32]]
"""What a tile of binary64 normals takes: directions, tails, quantiles, and the positions of the latter two."""

Pair = tuple[float, float]
Pair32 = tuple[np.float32, np.float32]

_PAIR = "UniTuple(float64, 2)"
_PAIR_32 = "UniTuple(float32, 2)"
_SIX = "UniTuple(float64, 6)"


@inlined
def refining(identity: StreamIdentity) -> StreamIdentity:
    """The stream whose words are the low halves of binary64 uniforms."""
    return (identity[0], identity[1] + _REFINEMENT, identity[2], identity[3])


@inlined
def unit32(word: np.uint32) -> float:
    """The middle of the word's cell in (0, 1), exactly."""
    return bits_to_float64((np.int64(word) << _TWENTY) | _ONE) - _MIDDLE_32


@inlined
def unit52(word: np.uint32, refinement: np.uint32) -> float:
    """The middle of one of 2**52 cells in (0, 1), exactly; the word alone decides its 32-bit cell."""
    bits = (np.int64(word) << _TWENTY) | (np.int64(refinement) >> _TWELVE)
    return bits_to_float64(bits | _ONE) - _MIDDLE_52


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
            value = np.float32(low + span * unit32(tile[i]))
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
        first = write_run(refinements, index, count, refining(identity))
        finer = refinements[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            value = low + span * unit52(tile[i], finer[i])
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
            offsets[i], logarithms[i] = offset_and_square(middle + (unit32(tile[i]) - 0.5) * mass)
        for i in range(count):
            logarithms[i] = minus_log32(logarithms[i])
        for i in range(count):
            z = offsets[i] * quantile_ratio32(logarithms[i])
            part[i] = min(max(mean + std * z, least), greatest)
        done += count


@called
def _write_truncated64(values: Doubles, count: int, truncation: TruncationNumbers, room: Room) -> None:
    """Map `values` in (0, 1) to the truncated standard normal; `truncation` as in `Truncation.numbers`.

    In short loops, as in `normal32`. All are mapped as those in the middle are; then those in the tails, which are
    fewer and take more operations, side by side.
    """
    middle, mass, below, above, shift, side = truncation
    directions, tails, quantiles, positions = room
    for i in range(count):
        unit = values[i]
        x = middle + (unit - 0.5) * mass
        direction = x if side == 0.0 else side
        from_above, from_below = above + (1.0 - unit) * mass, below + unit * mass
        tails[i] = from_above if direction > 0.0 else from_below
        directions[i] = direction
        values[i] = x
    for i in range(count):
        values[i] = central64(values[i])
    found = 0
    for i in range(count):
        tails[found] = tails[i]
        positions[found] = i
        found += int(abs(directions[i]) > CENTRAL_LIMIT)
    for j in range(found):
        tails[j] = shift - log64(tails[j])
    for j in range(found):
        quantiles[j] = near_tail64(np.sqrt(tails[j]))
    for j in range(found):
        z = quantiles[j] if np.sqrt(tails[j]) <= FAR_TAIL_START else tail64(tails[j])
        values[positions[j]] = z if directions[positions[j]] > 0.0 else -z


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
    values = np.empty(TILE)
    room = (np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE, np.int32))
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, out.size - done)
        first = write_run(words, index, count, identity)
        tile = words[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            values[i] = unit32(tile[i])
        _write_truncated64(values, count, truncation, room)
        for i in range(count):
            part[i] = min(max(np.float32(mean + std * values[i]), least), greatest)
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
    room = (np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE, np.int32))
    done = 0
    while done < out.size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, out.size - done)
        first = write_run(words, index, count, identity)
        tile = words[first : first + count]
        first = write_run(refinements, index, count, refining(identity))
        finer = refinements[first : first + count]
        part = out[done : done + count]
        for i in range(count):
            part[i] = unit52(tile[i], finer[i])
        _write_truncated64(part, count, truncation, room)
        for i in range(count):
            part[i] = min(max(mean + std * part[i], least), greatest)
        done += count
