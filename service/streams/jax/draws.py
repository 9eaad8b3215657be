"""What `jax.random` draws with a key, in four dtypes: uniforms, and what the inverse error function makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from service.arithmetic.arrays import Singles
from service.lazy import lazy
from service.streams.jax import fill
from service.streams.jax.error_function import error_function
from service.streams.jax.keys import KeyWords
from service.streams.jax.pace import Kind, seconds
from service.streams.place import WHOLE, stretches
from service.streams.stream import Elements
from service.streams.view import View

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)

NOTHING = -0.0
"""What may be added to any number and leaves it as it is, a zero too."""

_WORD_BITS = {"bfloat16": 8, "float16": 16}
"""Of each word, the lowest, those that JAX draws for a narrow dtype."""

Pair = tuple[float, float]


def rounded(number: float, dtype: np.dtype[Any]) -> float:
    """Return a number as a dtype has it."""
    with np.errstate(over="ignore"):
        return float(np.asarray(number, np.float64).astype(dtype))


@dataclass(frozen=True)
class JaxDraws:
    """Numbers of jax.random.uniform, or √2 erf⁻¹ of them, clipped; then scaled and shifted, each rounded to the dtype.

    The numbers of all fields are those of the dtype.
    """

    key: KeyWords
    dtype: np.dtype[Any]
    """float32, float64, bfloat16 or float16."""
    interval: Pair
    clip: Pair | None = None
    """The least and the greatest number of a normal; None of a uniform."""
    scale: float = 1.0
    shift: float = NOTHING
    view: View | None = None

    @classmethod
    def uniform(cls, key: KeyWords, dtype: np.dtype[Any], low: float, high: float) -> JaxDraws:
        """Return jax.random.uniform(key, shape, dtype, low, high)."""
        return cls(key, dtype, (rounded(low, dtype), rounded(high, dtype)))

    @classmethod
    def normal(cls, key: KeyWords, dtype: np.dtype[Any]) -> JaxDraws:
        """Return jax.random.normal(key, shape, dtype)."""
        return cls(key, dtype, (_next(-1.0, dtype, 0.0), 1.0), (-math.inf, math.inf))

    @classmethod
    def truncated_normal(cls, key: KeyWords, dtype: np.dtype[Any], lower: float, upper: float) -> JaxDraws:
        """Return jax.random.truncated_normal(key, lower, upper, shape, dtype)."""
        lower, upper = rounded(lower, dtype), rounded(upper, dtype)
        interval = (_error_function_of_normal(lower, dtype), _error_function_of_normal(upper, dtype))
        return cls(key, dtype, interval, (_next(lower, dtype, math.inf), _next(upper, dtype, -math.inf)))

    def scaled(self, scale: float, shift: float = NOTHING) -> JaxDraws:
        """Return the same times a number, plus another."""
        return replace(self, scale=rounded(scale, self.dtype), shift=rounded(shift, self.dtype))

    def part(self, view: View) -> JaxDraws:
        """Return the elements in a view of this tensor, which is a whole one."""
        return replace(self, view=view)

    def seconds(self) -> float:
        """Return the processor time that an element takes, about."""
        kind: Kind = "chosen" if self.is_narrow else "uniform" if self.clip is None else "normal"
        return seconds(kind, self.dtype.itemsize, self.view)

    @property
    def is_narrow(self) -> bool:
        return self.dtype not in (FLOAT32, FLOAT64)

    def fill(self, out: Elements, start: int) -> None:
        """Put elements start, start + 1, ... into `out`: float64 where the dtype is, else float32."""
        if self.view is None:
            self._fill(out, start, WHOLE)
            return
        for stretch in stretches(self.view, start, out.size):
            self._fill(out[stretch.begin : stretch.end], stretch.start, stretch.place)

    def _fill(self, out: NDArray[Any], start: int, place: tuple[int, ...]) -> None:
        affine = (self.scale, self.shift)
        if self.is_narrow:
            bits = _WORD_BITS[self.dtype.name]
            fill.chosen(out, start, place, self.key, self._values, bits - self._values.size.bit_length() + 1)
        elif self.clip is None:
            uniform = fill.uniform64 if self.dtype == FLOAT64 else fill.uniform32
            uniform(out, start, place, self.key, self.interval, affine)
        else:
            normal = fill.normal64 if self.dtype == FLOAT64 else fill.normal32
            normal(out, start, place, self.key, self.interval, self.clip, affine)

    @lazy
    def _values(self) -> Singles:
        """All numbers that an element of a narrow dtype may be: bfloat16 draws 7 bits, float16 10."""
        round_: Callable[[Singles], Singles] = lambda values: values.astype(self.dtype).astype(np.float32)  # noqa: E731
        bits = int(ml_dtypes.finfo(self.dtype).nmant)  # type: ignore[no-untyped-call]
        low, high = (np.float32(end) for end in self.interval)
        span = round_(np.asarray(high - low, np.float32))
        with np.errstate(over="ignore", under="ignore"):
            values = round_(np.arange(2**bits, dtype=np.float32) * np.float32(2.0**-bits) * span)
            values = np.maximum(round_(values + low), low)
            if self.clip is not None:
                fill.to_inverse_error_function(values)
                values = round_(round_(values) * np.float32(rounded(math.sqrt(2.0), self.dtype)))
                least, greatest = self.clip
                values = np.clip(values, np.float32(least), np.float32(greatest))
            return round_(round_(values * np.float32(self.scale)) + np.float32(self.shift))


def _next(number: float, dtype: np.dtype[Any], towards: float) -> float:
    return float(np.nextafter(dtype.type(number), dtype.type(towards)))


def _error_function_of_normal(bound: float, dtype: np.dtype[Any]) -> float:
    """Return erf(bound/√2), as the dtype has it; XLA multiplies by 1/√2 in float32 and float16."""
    if dtype == FLOAT64:
        return math.erf(bound / math.sqrt(2.0))
    if dtype == FLOAT32:
        return float(error_function(np.float32(bound) * np.float32(math.sqrt(0.5))))
    root = rounded(math.sqrt(2.0), dtype)
    is_half = dtype == np.dtype(np.float16)
    quotient = rounded(bound * rounded(1.0 / root, dtype) if is_half else bound / root, dtype)
    return rounded(float(error_function(np.float32(quotient))), dtype)
