"""Kernels of the Fourier transform."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.arithmetic.transforms import cosine_of_turns, sine_of_turns
from service.initializers.initializer import Initialization, Initializer, Target
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar

_COSINES = {"hann": (0.5, -0.5), "hamming": (0.54, -0.46), "blackman": (0.42, -0.5, 0.08), "boxcar": (1.0,)}
"""The windows as sums of cosines of 0, 1, 2 turns: F. J. Harris, 1978, doi:10.1109/PROC.1978.10837."""

LONGEST_WINDOW = 2**20
"""Frames; the window is summed for its norm before the first element."""

_SAMPLE = 100e-9
"""Seconds that a sample takes in it."""

_RUN = 4096
"""Samples that are summed while no other thread has the GIL: some tenths of a millisecond."""

_LONG = 64
"""Samples of a window whose norm, of any of them, is above 1."""


def window(name: str, frame: Doubles, length: int, is_periodic: bool) -> Doubles:
    """Return the window's values at `frame`, as SciPy's `get_window` has them."""
    turns = frame / max(length if is_periodic else length - 1, 1)
    value = np.zeros(frame.shape)
    for k, weight in enumerate(_COSINES[name]):
        value += weight * cosine_of_turns(k * turns) if k else weight
    return value if length > 1 else np.ones(frame.shape)


class Stft(Initializer):
    """The real or the imaginary part of a short-time Fourier transform, as a convolution."""

    name = "stft"
    ranks = (3, 3)
    random = False

    side: Annotated[Literal["real", "imag"], Field(description="Cosines or sines.")] = "real"
    window: Annotated[
        Literal["hann", "hamming", "blackman", "boxcar"], Field(description="What each frame is multiplied with.")
    ] = "hann"
    scaling: Annotated[
        Literal["density", "spectrum", "none"],
        Field(description="What the window is divided by: its L2 norm, its L1 norm, or nothing."),
    ] = "density"
    periodic: Annotated[bool, Field(description="Whether the window continues periodically; symmetric otherwise.")] = (
        False
    )

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "stft")
        if target.rank != 3:
            raise InvalidParameter("shape", "stft needs a shape of rank 3: frame length, 1, bins")
        length, _, bins = target.shape
        if length > LONGEST_WINDOW:
            raise InvalidParameter("shape", f"a frame of stft has at most {LONGEST_WINDOW} samples")
        points = max(2 * (bins - 1), 1)

        def transform(time: Integers, _: Integers, bin_: Integers) -> Doubles:
            turns = (time * bin_ % points) / points
            wave = cosine_of_turns(turns) if self.side == "real" else -sine_of_turns(turns)
            tapered = wave * window(self.window, time.astype(np.float64), length, self.periodic)
            values: Doubles = tapered / self._scale(length)
            return values

        facts: dict[str, Scalar] = {
            "side": self.side, "window": self.window, "scaling": self.scaling, "periodic": self.periodic,
        }  # fmt: skip
        fixed = 0.0 if self.scaling == "none" else _SAMPLE * length
        largest = 1.0 if length > _LONG else 1.0 / min(self._scale(length), 1.0)
        return Initialization(Pattern(target.shape, transform, 150.0, fixed), facts, largest)

    def _scale(self, length: int) -> float:
        return _norm(self.window, length, self.periodic, self.scaling)


@functools.lru_cache(maxsize=64)
def _norm(name: str, length: int, is_periodic: bool, scaling: str) -> float:
    """Return what a window is divided by."""
    if scaling == "none" or not length:
        return 1.0
    values = window(name, np.arange(length, dtype=np.float64), length, is_periodic)
    norm = _sum(np.abs(values)) if scaling == "spectrum" else math.sqrt(_sum(values * values))
    return norm or 1.0


def _sum(values: Doubles) -> float:
    """Return the sum, exact but for one rounding, so that it does not depend on the order.

    `math.fsum` alone would hold the GIL until its end; between the runs of a generator other threads have it.
    """
    runs = (values[start : start + _RUN].tolist() for start in range(0, values.size, _RUN))
    return math.fsum(itertools.chain.from_iterable(runs))
