"""Zeros at random places, as many in each line of a tensor; any one place can be had without the others.

The places of a line are permuted as in `permutation.py`. The round function is the middle of MurmurHash3's finaliser
(Austin Appleby), in 32 bits, which processors multiply side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, inlined, kernel, kernels
from service.streams.philox.philox import IDENTITY, WORDS_PER_BLOCK, StreamIdentity, Word, write_run
from service.streams.place import PLACE, Place, locate
from service.streams.stream import Elements

TILE = 512
"""Elements at a time."""

LINES_KEPT = 2**13
"""Of so many lines the keys are kept from row to row; they are made in some microseconds."""

ROUNDS = 16
"""With fewer, the zeros of five places are not equally likely (`tests/streams/philox/test_sparse.py`)."""

_STEPS = np.uint64(1 << 24)
"""From the purpose of the keys to that of the steps."""

_KEY_AFTER = np.uint32(ROUNDS)
_FIRST_FACTOR, _SECOND_FACTOR = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_FIFTEEN, _SIXTEEN, _LOW_HALF = np.uint32(15), np.uint32(16), np.uint32(0xFFFF)
_ONE = np.uint32(1)
_WIDE = np.uint64(32)

Mask = NDArray[np.uint8]
Numbers32 = NDArray[np.uint32]
LineNumbers = tuple[int, int, int]
"""`Lines` as the kernel takes it: its stride, length and zeros."""


@inlined
def _mixed(z: np.uint32) -> np.uint32:
    z = np.uint32(z * _FIRST_FACTOR)
    return np.uint32(np.uint32(z ^ np.uint32(z >> _FIFTEEN)) * _SECOND_FACTOR)


@inlined
def _below(bound: np.uint32, z: np.uint32) -> np.uint32:
    """Return z * bound / 2**32 for `bound` <= 2**16, in 32 bits."""
    high, low = np.uint32(z >> _SIXTEEN), np.uint32(z & _LOW_HALF)
    carried = np.uint32(np.uint32(low * bound) >> _SIXTEEN)
    return np.uint32(np.uint32(np.uint32(high * bound) + carried) >> _SIXTEEN)


@inlined
def _below_wide(bound: np.uint32, z: np.uint32) -> np.uint32:
    return np.uint32((np.uint64(z) * np.uint64(bound)) >> _WIDE)


@called
def _permute(
    lefts: Numbers32,
    rights: Numbers32,
    keys: Numbers32,
    steps: Numbers32,
    count: int,
    columns: np.uint32,
    rows: np.uint32,
) -> None:
    """Permute places right * columns + left; each of `keys` comes `ROUNDS` of its `steps` further.

    Two rounds of all at a time: in all rounds of one, each operation waits for the one before.
    """
    is_wide = columns > _LOW_HALF
    for _ in range(0, ROUNDS, 2):
        for i in range(count):
            key = keys[i]
            mixed = _mixed(np.uint32(rights[i] + key))
            left = np.uint32(lefts[i] + (_below_wide(columns, mixed) if is_wide else _below(columns, mixed)))
            # Of two numbers of 32 bits, the one that is too small has become a large one.
            left = min(left, np.uint32(left - columns))
            key = np.uint32(key + steps[i])
            mixed = _mixed(np.uint32(left + key))
            right = np.uint32(rights[i] + (_below_wide(rows, mixed) if is_wide else _below(rows, mixed)))
            lefts[i], rights[i] = left, min(right, np.uint32(right - rows))
            keys[i] = np.uint32(key + steps[i])


@called
def _write_keys(keys: Numbers32, steps: Numbers32, line: int, count: int, identity: StreamIdentity) -> int:
    """Write the keys and steps of lines `line` ... `line + count`; return where they begin."""
    first = np.uint64(line)
    write_run(steps, first, count, (identity[0], identity[1] + _STEPS, identity[2], identity[3]))
    return int(np.int64(write_run(keys, first, count, identity)))


@inlined
def _precedes(left: np.uint32, right: np.uint32, end_left: np.uint32, end_right: np.uint32) -> bool:
    return (right < end_right) | ((right == end_right) & (left < end_left))


@kernel(f"void(uint8[::1], uint64, {PLACE}, {IDENTITY}, UniTuple(int64, 3))")
def find_zeros(out: Mask, start: Word, place: Place, identity: StreamIdentity, lines: LineNumbers) -> None:
    """Write which of elements start, start + 1, ... of a place are zeros of their lines."""
    stride, length, zeros = lines
    columns = int(np.int64(np.ceil(np.sqrt(np.float64(length)))))
    rows = (length + columns - 1) // columns
    columns_32, rows_32 = np.uint32(columns), np.uint32(rows)
    zeros_left, zeros_right = np.uint32(zeros % columns), np.uint32(zeros // columns)
    length_left, length_right = np.uint32(length % columns), np.uint32(length // columns)
    room = (stride if stride <= LINES_KEPT else TILE) + WORDS_PER_BLOCK
    line_keys, line_steps = np.empty(room, np.uint32), np.empty(room, np.uint32)
    lefts, rights = np.empty(TILE, np.uint32), np.empty(TILE, np.uint32)
    keys, steps = np.empty(TILE, np.uint32), np.empty(TILE, np.uint32)
    positions = np.empty(TILE, np.int32)
    known, begin = -1, 0
    done = 0
    while done < out.size:
        index, run = locate(place, start + np.uint64(done))
        count = min(TILE, run, out.size - done)
        row = int(np.int64(index)) // stride
        lane = int(np.int64(index)) - row * stride
        stack = row // length
        position = row - stack * length
        right = position // columns
        left = position - right * columns
        filled = 0
        while filled < count:
            # Lines that are few are keyed once, others as they come.
            neighbours = min(stride - lane, count - filled)
            if stride > LINES_KEPT:
                begin = _write_keys(line_keys, line_steps, stack * stride + lane, neighbours, identity) - lane
            elif stack != known:
                begin = _write_keys(line_keys, line_steps, stack * stride, stride, identity)
                known = stack
            at = begin + lane
            if stride == 1:
                neighbours = min(length - position, count - filled)
                for i in range(filled, filled + neighbours):
                    lefts[i], rights[i], keys[i], steps[i] = left, right, line_keys[at], line_steps[at] | _ONE
                    left += 1
                    if left == columns:
                        left, right = 0, right + 1
                position += neighbours
            else:
                for i in range(neighbours):
                    lefts[filled + i], rights[filled + i] = left, right
                    keys[filled + i], steps[filled + i] = line_keys[at + i], line_steps[at + i] | _ONE
                lane, left, position = 0, left + 1, position + 1
                if left == columns:
                    left, right = 0, right + 1
            filled += neighbours
            if position == length:
                left, right, position, stack = 0, 0, 0, stack + 1
        part = out[done : done + count]
        _permute(lefts, rights, keys, steps, count, columns_32, rows_32)
        for i in range(count):
            part[i] = _precedes(lefts[i], rights[i], zeros_left, zeros_right)
        for i in range(count):
            positions[i] = i
        left_over = count if rows * columns > length else 0
        while left_over > 0:
            # Those that are no places of the line go on until they are.
            found = 0
            for j in range(left_over):
                if not _precedes(lefts[j], rights[j], length_left, length_right):
                    lefts[found], rights[found], steps[found] = lefts[j], rights[j], steps[j]
                    keys[found] = np.uint32(keys[j] - np.uint32(steps[j] * _KEY_AFTER))
                    positions[found] = positions[j]
                    found += 1
            left_over = found
            _permute(lefts, rights, keys, steps, left_over, columns_32, rows_32)
            for j in range(left_over):
                part[positions[j]] = _precedes(lefts[j], rights[j], zeros_left, zeros_right)
        done += count


@kernels("void({0}[::1], uint8[::1])")
def clear(values: Elements, where: Mask) -> None:
    """Put zeros where `where` is not zero."""
    for i in range(values.size):
        values[i] = values[i] if where[i] == 0 else 0.0
