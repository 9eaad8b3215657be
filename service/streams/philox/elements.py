"""What a kernel is chosen by, and what it is given: the same for the stream of one tensor and for those of many."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from service.arithmetic.rounding import representable
from service.arithmetic.truncation import truncate
from service.streams.philox import fill
from service.streams.philox.pace import seconds
from service.streams.philox.quantile import LARGEST_32, LARGEST_64
from service.streams.stream import Cut, Draw, Elements
from service.streams.view import View

_LARGEST_SINGLE = float(np.finfo(np.float32).max)

_UNCUT = Cut(truncate(), -math.inf, math.inf)

Kernel = Callable[..., None]


class Purpose(IntEnum):
    """What the words of a stream serve; the odd number after a number's refines it to binary64."""

    REAL = 0
    IMAGINARY = 2
    PERMUTATION = 4
    MASK = 6


@dataclass(frozen=True)
class PhiloxElements(ABC):
    """Uniforms and normals of stream version 1 (`SPECIFICATION.md`)."""

    view: View | None = field(default=None, kw_only=True)
    """The part of a tensor that is drawn; None for all of it."""
    rounded_to: np.dtype[Any] | None = field(default=None, kw_only=True)
    """What its float32 numbers will be rounded to; None where they are not."""

    def part(self, view: View) -> Self:
        return replace(self, view=view)

    def rounded(self, dtype: np.dtype[Any]) -> Self:
        return replace(self, rounded_to=dtype)

    def seconds(self, draw: Draw, itemsize: int) -> float:
        return seconds(draw, itemsize, self.view)

    def largest_normal(self, dtype: np.dtype[Any]) -> float:
        return LARGEST_64 if dtype == np.float64 else LARGEST_32

    def uniform(self, out: Elements, start: int, low: float, high: float) -> None:
        clip = representable(low, high, self._stored(out.dtype), open_above=True)
        kernel = fill.uniform32 if out.dtype == np.float32 else fill.uniform64
        self._apply(kernel, out, start, (low, high), clip)

    def normal(self, out: Elements, start: int, mean: float, std: float, cut: Cut | None = None) -> None:
        cut = cut or _UNCUT
        clip = representable(cut.low, cut.high, self._stored(out.dtype))
        truncation = cut.truncation
        if out.dtype == np.float64:
            self._apply(fill.normal64, out, start, truncation.numbers, (mean, std), clip)
        elif cut is _UNCUT or (mean == 0.0 and std <= _LARGEST_SINGLE and truncation.suits_binary32):
            self._apply(fill.normal32, out, start, truncation.probability, (mean, std), clip)
        else:
            self._apply(fill.normal32_by_tails, out, start, truncation.numbers, (mean, std), clip)

    def _stored(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """Return the dtype whose numbers those of `dtype` become."""
        return self.rounded_to if self.rounded_to is not None and dtype == np.float32 else dtype

    @abstractmethod
    def _apply(self, kernel: Kernel, out: NDArray[Any], start: int, *numbers: tuple[float, ...]) -> None:
        """Fill `out` with elements start, start + 1, ... by a kernel, which `numbers` are given to."""
