"""The kernels of complex numbers about 0: a word of one purpose gives the modulus, one of another the phase.

Arrays of complex numbers are those of their parts, the real part of an element before its imaginary one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Doubles, Singles
from service.arithmetic.elementary import log64
from service.arithmetic.transforms import cosine_and_sine_of_turns
from service.compilation import called, kernel
from service.streams.philox.fill import TILE, refining, unit32, unit52
from service.streams.philox.philox import IDENTITY, WORDS_PER_BLOCK, StreamIdentity, Word, write_run
from service.streams.place import PLACE, Place, locate

Identities = tuple[StreamIdentity, StreamIdentity]
"""Those of the moduli and of the phases."""

DiskNumbers = tuple[float, float, float]
"""What multiplies the modulus, the mass of the normal within it, 0 for a uniform disk, and the greatest modulus."""

_SIGNATURE = f"uint64, {PLACE}, UniTuple({IDENTITY}, 2), UniTuple(float64, 3))"


@called
def _write_points(part: NDArray[Any], squares: Doubles, turns: Doubles, count: int, numbers: DiskNumbers) -> None:
    """Write complex numbers by uniform numbers in (0, 1) for their squares, which are overwritten, and their phases."""
    scale, mass, greatest = numbers
    if mass > 0.0:
        for i in range(count):
            within = mass * squares[i]
            beyond = 1.0 - within
            # -ln(1 - within) to full precision near 0 too: the error of `beyond` is in both factors.
            squares[i] = within if beyond == 1.0 else log64(beyond) * (within / (beyond - 1.0))
    for i in range(count):
        modulus = min(scale * np.sqrt(squares[i]), greatest)
        cosine, sine = cosine_and_sine_of_turns(turns[i])
        part[2 * i] = modulus * cosine
        part[2 * i + 1] = modulus * sine


@kernel("void(float32[::1], " + _SIGNATURE)
def disk32(out: Singles, start: Word, place: Place, identities: Identities, numbers: DiskNumbers) -> None:
    moduli, phases = identities
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    squares, turns = np.empty(TILE), np.empty(TILE)
    size, done = out.size // 2, 0
    while done < size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, size - done)
        first = write_run(words, index, count, moduli)
        for i in range(count):
            squares[i] = unit32(words[first + i])
        first = write_run(words, index, count, phases)
        for i in range(count):
            turns[i] = unit32(words[first + i])
        _write_points(out[2 * done : 2 * (done + count)], squares, turns, count, numbers)
        done += count


@kernel("void(float64[::1], " + _SIGNATURE)
def disk64(out: Doubles, start: Word, place: Place, identities: Identities, numbers: DiskNumbers) -> None:
    moduli, phases = identities
    words = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    refinements = np.empty(TILE + WORDS_PER_BLOCK, np.uint32)
    squares, turns = np.empty(TILE), np.empty(TILE)
    size, done = out.size // 2, 0
    while done < size:
        index, left = locate(place, start + np.uint64(done))
        count = min(TILE, left, size - done)
        first = write_run(words, index, count, moduli)
        write_run(refinements, index, count, refining(moduli))
        for i in range(count):
            squares[i] = unit52(words[first + i], refinements[first + i])
        write_run(words, index, count, phases)
        write_run(refinements, index, count, refining(phases))
        for i in range(count):
            turns[i] = unit52(words[first + i], refinements[first + i])
        _write_points(out[2 * done : 2 * (done + count)], squares, turns, count, numbers)
        done += count
