"""Zeros at random places, as many in each line of a tensor; any one place can be had without the others.

The places of a line are permuted as in `permutation.py`, in 16 bits, of which processors multiply sixteen side by side:
a round function multiplies by a random number of its line, folds the upper half into the lower, and multiplies again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.compilation import called, inlined, kernels, multiply_high_16
from service.streams.philox.philox import IDENTITY, WORDS_PER_BLOCK, StreamIdentity, Word, write_run
from service.streams.place import PLACE, Place, locate
from service.streams.stream import Elements

TILE = 1024
"""Elements at a time, a multiple of `WIDTH`."""

WIDTH = 32
"""Elements that loops take at once, at most, where processors have vectors of 256 bits."""

LONGEST = 2**30
"""The size of lines whose places are two numbers of 15 bits, so that the sum of two such has 16."""

ROUNDS = 16
"""With fewer, the zeros of five places are not equally likely (`tests/streams/philox/test_sparse.py`)."""

_APART = np.uint16(0x9E37)
"""Between what two rounds of a side are given of the same number: 2**16 by the golden ratio."""

_FACTOR = np.uint16(0xCA6B)
_EIGHT, _SIXTEEN, _ONE = np.uint16(8), np.uint32(16), np.uint16(1)

Numbers16 = NDArray[np.uint16]
Numbers32 = NDArray[np.uint32]

Keys = tuple[Numbers16, Numbers16, Numbers16, Numbers16]
"""A key and an odd factor of the left side, then of the right one, each for many elements or lines."""

Pairs = tuple[Numbers16, Numbers16]
"""Places right * columns + left, as their left and right numbers."""

Tile = tuple[Pairs, Keys]
"""Places and their keys."""

Position = tuple[int, int, int]
"""Where the keys of an element's stack of lines begin, its line among them, and its place in that."""

Grid = tuple[np.uint16, np.uint16]
"""Columns and rows."""

LineNumbers = tuple[int, int, int]
"""`Lines` as the kernel takes it: its stride, length and zeros."""


@inlined
def _below(bound: np.uint16, z: np.uint16) -> np.uint16:
    z = np.uint16(np.uint16(z ^ np.uint16(z >> _EIGHT)) * _FACTOR)
    return multiply_high_16(z, bound)


@called
def _permute(pairs: Pairs, keys: Keys, count: int, grid: Grid) -> None:
    """Permute the first `count` places, each by its own keys, and some after them, to end with a whole vector.

    Two rounds of all at a time: in all rounds of one, each operation waits for the one before.
    """
    count = (count + WIDTH - 1) // WIDTH * WIDTH
    lefts, rights = pairs
    left_keys, left_factors, right_keys, right_factors = keys
    columns, rows = grid
    apart = np.uint16(0)
    for _ in range(0, ROUNDS, 2):
        for i in range(count):
            given = np.uint16(np.uint16(rights[i] + apart) * left_factors[i])
            left = np.uint16(lefts[i] + _below(columns, np.uint16(given + left_keys[i])))
            # Of two numbers of 16 bits, the one that is too small has become a large one.
            left = min(left, np.uint16(left - columns))
            given = np.uint16(np.uint16(left + apart) * right_factors[i])
            right = np.uint16(rights[i] + _below(rows, np.uint16(given + right_keys[i])))
            lefts[i], rights[i] = left, min(right, np.uint16(right - rows))
        apart = np.uint16(apart + _APART)


@called
def _write_keys(line_keys: Keys, words: Numbers32, line: int, count: int, identity: StreamIdentity) -> None:
    """Write the keys of lines `line` ... `line + count`, from two words each."""
    left_keys, left_factors, right_keys, right_factors = line_keys
    done = 0
    while done < count:
        run = min(TILE, count - done)
        first = np.uint64(write_run(words, np.uint64(2 * (line + done)), 2 * run, identity))
        for i in range(run):
            to, of = np.uint64(done + i), first + np.uint64(2 * i)
            left, right = words[of], words[of + np.uint64(1)]
            left_keys[to], left_factors[to] = np.uint16(left), np.uint16(np.uint16(left >> _SIXTEEN) | _ONE)
            right_keys[to], right_factors[to] = np.uint16(right), np.uint16(np.uint16(right >> _SIXTEEN) | _ONE)
        done += run


@called
def _lay_out_across(tile: Tile, count: int, line_keys: Keys, at: Position, lines: LineNumbers, columns: int) -> None:
    """Put elements side by side that are of one line after the other, until a line of them has all its places."""
    (lefts, rights), (left_keys, left_factors, right_keys, right_factors) = tile
    line_left_keys, line_left_factors, line_right_keys, line_right_factors = line_keys
    first, lane, place = at
    stride, length, _ = lines
    right = place // columns
    left = place - right * columns
    done = 0
    while done < count:
        run = min(stride - lane, count - done)
        # Indices without a sign: Numba would look whether they count from the end.
        begin, line = np.uint64(done), np.uint64(first + lane)
        for i in range(run):
            to, of = begin + np.uint64(i), line + np.uint64(i)
            lefts[to], rights[to] = np.uint16(left), np.uint16(right)
            left_keys[to], left_factors[to] = line_left_keys[of], line_left_factors[of]
            right_keys[to], right_factors[to] = line_right_keys[of], line_right_factors[of]
        done += run
        lane, left, place = 0, left + 1, place + 1
        if left == columns:
            left, right = 0, right + 1
        if place == length:
            place, left, right = 0, 0, 0
            first += stride


@called
def _lay_out_along(tile: Tile, count: int, line_keys: Keys, at: Position, lines: LineNumbers, columns: int) -> None:
    """Put elements side by side that are neighbours in their lines, whose stride is 1."""
    (lefts, rights), (left_keys, left_factors, right_keys, right_factors) = tile
    line_left_keys, line_left_factors, line_right_keys, line_right_factors = line_keys
    line, _, place = at
    _, length, _ = lines
    right = place // columns
    left = place - right * columns
    done = 0
    while done < count:
        end = done + min(length - place, count - done)
        begin, of = np.uint64(done), np.uint64(line)
        left_key, left_factor = line_left_keys[of], line_left_factors[of]
        right_key, right_factor = line_right_keys[of], line_right_factors[of]
        for i in range(end - done):
            to = begin + np.uint64(i)
            left_keys[to], left_factors[to], right_keys[to], right_factors[to] = (
                left_key, left_factor, right_key, right_factor,
            )  # fmt: skip
        while done < end:
            run = min(columns - left, end - done)
            begin = np.uint64(done)
            for i in range(run):
                to = begin + np.uint64(i)
                lefts[to], rights[to] = np.uint16(left + i), np.uint16(right)
            done, left, right = done + run, 0, right + 1
        line, place, left, right = line + 1, 0, 0, 0


@called
def _go_on(places: Numbers32, positions: NDArray[np.int32], pairs: Pairs, keys: Keys, length: int, grid: Grid) -> None:
    """Permute those of `places` that are none of the line until they are."""
    lefts, rights = pairs
    left_over = 0
    for i in range(places.size):
        positions[left_over] = i
        left_over += int(places[i] >= length)
    for j in range(left_over):
        i = positions[j]
        lefts[j], rights[j] = lefts[i], rights[i]
        keys[0][j], keys[1][j], keys[2][j], keys[3][j] = keys[0][i], keys[1][i], keys[2][i], keys[3][i]
    while left_over > 0:
        _permute(pairs, keys, left_over, grid)
        found = 0
        for j in range(left_over):
            place = np.uint32(rights[j]) * np.uint32(grid[0]) + np.uint32(lefts[j])
            places[positions[j]] = place
            if place >= length:
                lefts[found], rights[found], positions[found] = lefts[j], rights[j], positions[j]
                keys[0][found], keys[1][found], keys[2][found], keys[3][found] = (
                    keys[0][j], keys[1][j], keys[2][j], keys[3][j],
                )  # fmt: skip
                found += 1
        left_over = found


@kernels(f"void({{0}}[::1], uint64, {PLACE}, {IDENTITY}, UniTuple(int64, 3))")
def put_zeros(out: Elements, start: Word, place: Place, identity: StreamIdentity, lines: LineNumbers) -> None:
    """Put zeros into elements start, start + 1, ... of a place, where they are zeros of their lines."""
    stride, length, zeros = lines
    columns = int(np.int64(np.ceil(np.sqrt(np.float64(length)))))
    rows = (length + columns - 1) // columns
    grid = (np.uint16(columns), np.uint16(rows))
    # The keys of lines of which there are several elements are kept from row to row.
    is_kept = 2 * stride <= out.size
    room = TILE + 2 * stride if is_kept else TILE
    words = np.empty(2 * TILE + WORDS_PER_BLOCK, np.uint32)
    line_keys = (
        np.empty(room, np.uint16),
        np.empty(room, np.uint16),
        np.empty(room, np.uint16),
        np.empty(room, np.uint16),
    )
    keys = (np.empty(TILE, np.uint16), np.empty(TILE, np.uint16), np.empty(TILE, np.uint16), np.empty(TILE, np.uint16))
    pairs = (np.empty(TILE, np.uint16), np.empty(TILE, np.uint16))
    places, positions = np.empty(TILE, np.uint32), np.empty(TILE, np.int32)
    first_line, end_line = 0, 0
    done = 0
    while done < out.size:
        index, run = locate(place, start + np.uint64(done))
        count = min(TILE, run, out.size - done)
        row = int(np.int64(index)) // stride
        lane = int(np.int64(index)) - row * stride
        stack = row // length
        position = row - stack * length
        if is_kept:
            # All lines of the stacks that the tile is of.
            needed, end = stack * stride, ((row + (lane + count - 1) // stride) // length + 1) * stride
        else:
            count = min(count, stride - lane)
            needed = stack * stride + lane
            end = needed + count
        if needed < first_line or end > end_line:
            first_line, end_line = needed, end
            _write_keys(line_keys, words, needed, end - needed, identity)
        at = (stack * stride - first_line, lane, position)
        if stride == 1:
            _lay_out_along((pairs, keys), count, line_keys, at, lines, columns)
        else:
            _lay_out_across((pairs, keys), count, line_keys, at, lines, columns)
        _permute(pairs, keys, count, grid)
        for i in range(count):
            places[i] = np.uint32(pairs[1][i]) * np.uint32(grid[0]) + np.uint32(pairs[0][i])
        if rows * columns > length:
            _go_on(places[:count], positions, pairs, keys, length, grid)
        part = out[done : done + count]
        for i in range(count):
            part[i] = 0.0 if places[i] < zeros else part[i]
        done += count
