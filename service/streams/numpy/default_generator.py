"""NumPy's `default_rng`, which is `Generator(PCG64(SeedSequence(seed)))`, at a place in its sequence.

NEP 19 (https://numpy.org/neps/nep-0019-rng-policy.html) freezes the words, not what `Generator` makes of them. Uniform
numbers are made here, for they can be had from any place; normal ones, which reject, by NumPy itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from service.streams.numpy.pcg64 import Pcg64State, state_after, state_of, uniform32, uniform64
from service.streams.place import WHOLE, Stretch, stretches
from service.streams.stream import Elements
from service.streams.view import View

_NORMAL_SECONDS = 20e-9
"""Of one thread for a normal number: half as much again as `python -m scripts.measure_paces` measures."""

_UNIFORM_SECONDS = 5e-9
"""For a uniform one."""

_RUN_SECONDS = 0.4e-6
"""For the jump to each run of neighbours."""

_NO_HALF = -1


@dataclass(frozen=True)
class GeneratorPosition:
    """Where a generator stands: words of 64 bits that it made, and the one of which it has a half left over."""

    seed: int
    words: int = 0
    cached: int | None = None
    """The word whose upper half is left over, for its lower one became a number in single precision."""

    normal_seconds: ClassVar[float] = _NORMAL_SECONDS
    skip_seconds: ClassVar[float] = 0.0
    """Words are jumped over."""

    def uniform_seconds(self, view: View | None, size: int) -> float:
        """Return what a uniform number takes of a tensor of a size, or, on average, of a view of it."""
        return _UNIFORM_SECONDS if view is None else _UNIFORM_SECONDS + _RUN_SECONDS / max(view.levels[-1][0], 1)

    def normals(self, dtype: np.dtype[Any]) -> Callable[[int], Elements]:
        """Return a function that returns the next so many numbers of N(0, 1), of which float32 has others."""
        generator, kind = self.generator(), np.float32 if dtype == np.float32 else np.float64
        return lambda count: generator.standard_normal(count, dtype=kind)

    def generator(self) -> np.random.Generator:
        """Return NumPy's generator, standing there."""
        bits = np.random.PCG64(0)
        upper, lower, increment_upper, increment_lower = map(int, self.state)
        bits.state = {
            "bit_generator": "PCG64",
            "state": {"state": upper << 64 | lower, "inc": increment_upper << 64 | increment_lower},
            "has_uint32": int(self.cached is not None),
            "uinteger": 0 if self.cached is None else self._kept(),
        }
        return np.random.Generator(bits)

    def _kept(self) -> int:
        """Return the half that is left over; -1 where there is none."""
        if self.cached is None:
            return _NO_HALF
        return int(GeneratorPosition(self.seed, self.cached).generator().bit_generator.random_raw()) >> 32

    @property
    def state(self) -> Pcg64State:
        return state_after(_seeded(self.seed), self.words)

    def after_doubles(self, count: int) -> GeneratorPosition:
        """Return where it stands after so many uniform numbers in double precision."""
        return replace(self, words=self.words + count)

    def after_singles(self, count: int) -> GeneratorPosition:
        """Return where it stands after so many in single precision."""
        if count == 0:
            return self
        words, is_odd = divmod(count - (self.cached is not None), 2)
        if not is_odd:
            return GeneratorPosition(self.seed, self.words + words)
        return GeneratorPosition(self.seed, self.words + words + 1, self.words + words)

    def uniform(self, out: Elements, start: int, view: View | None) -> None:
        """Fill `out` with elements start, start + 1, ... of U[0, 1), those of a view where there is one.

        Those in single precision are others: two of each word.
        """
        state = self.state
        half = self._kept()
        parts = (Stretch(0, out.size, start, WHOLE),) if view is None else stretches(view, start, out.size)
        for part in parts:
            piece = out[part.begin : part.end]
            if out.dtype == np.float64:
                uniform64(piece, part.start, part.place, state)
            else:
                uniform32(piece, part.start, part.place, state, half)


@functools.lru_cache(maxsize=64)
def _seeded(seed: int) -> Pcg64State:
    return state_of(np.random.PCG64(seed))
