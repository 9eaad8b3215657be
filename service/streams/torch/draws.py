"""Any stretch of what `uniform_` and `normal_` draw, from where the generator stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from service.lazy import lazy
from service.streams.mersenne_twister.generator import TWIST_SECONDS, generator
from service.streams.mersenne_twister.twister import STATE_WORDS, Words
from service.streams.place import WHOLE, Stretch, stretch_length, stretches
from service.streams.stream import Elements
from service.streams.torch.normal import normal32
from service.streams.torch.normal64 import normal64
from service.streams.torch.position import SMALLEST_BLOCKED, words_of_uniform
from service.streams.torch.uniform import Interval, Reader, uniform32, uniform64
from service.streams.view import View

_NEVER = 2**62
"""An element that no tensor has."""

_SECONDS = {("uniform", 4): 1.0e-9, ("uniform", 8): 2.2e-9, ("normal", 4): 3.5e-9, ("normal", 8): 40.0e-9}
"""Of an element, by the draw and the working dtype's size, half as much again as `python -m scripts.measure_paces`
measures."""

_RUN = 0.4e-6
_STRETCH = 2e-5
"""Of a run of neighbours besides, and of a stretch of a view with more levels than a kernel takes."""


@dataclass(frozen=True)
class _Draws:
    """Elements of a tensor for which `count` numbers are drawn from word `first` on."""

    seed: int
    first: int
    count: int
    dtype: np.dtype[np.floating]
    """That of the tensor, which may be narrower than what is filled."""
    view: View | None = None

    def part(self, view: View) -> Self:
        """Return the elements of a view."""
        return replace(self, view=view)

    @property
    def _words(self) -> int:
        """Words of an element."""
        return words_of_uniform(self.dtype)

    def reaching_seconds(self) -> float:
        """Return what it takes to come to the first element that is wanted."""
        offset = 0 if self.view is None else self.view.offset
        return TWIST_SECONDS * (self.first + self._words * offset)

    def _seconds(self, draw: str) -> float:
        """Return what an element takes, with the words between it and the next."""
        element, view = _SECONDS[draw, 4 * self._words], self.view
        if view is None or not view.size:
            return element
        last = view.offset + sum((size - 1) * stride for size, stride in zip(view.shape, view.strides, strict=True))
        passed = TWIST_SECONDS * self._words * (last - view.offset) / view.size
        deep = stretch_length(view)
        return element + passed + _RUN / view.levels[-1][0] + (_STRETCH / deep if deep else 0.0)

    def _last(self, start: int, count: int) -> int:
        """Return which element of the tensor the last of a stretch is: the others stand before it."""
        position = start + count - 1
        return position if self.view is None else int(self.view.indices(position, 1)[0])

    def _stretches(self, start: int, count: int) -> Iterable[Stretch]:
        return (Stretch(0, count, start, WHOLE),) if self.view is None else stretches(self.view, start, count)

    def _reader(self, stretch: Stretch, blocked: int = 1) -> tuple[Words, Reader]:
        """Return the state from which a stretch is made, and where it stands; `blocked` elements are made together."""
        offset, run, *levels = stretch.place
        element, along = divmod(stretch.start, run)
        index = offset + along
        for length, stride in zip(levels[::2], levels[1::2], strict=True):
            element, digit = divmod(element, length)
            index += digit * stride
        word = self.first + self._words * (index // blocked * blocked)
        block = word // STATE_WORDS
        return generator(self.seed).state_of(block), (block, self.first)


@dataclass(frozen=True)
class UniformDraws(_Draws):
    """`uniform_(low, high)`: [low, high) in the tensor's dtype."""

    interval: Interval = (0.0, 1.0, 1.0, 0.0)

    def fill(self, out: Elements, start: int) -> None:
        """Put elements start, start + 1, ... into `out`, float64 of a float64 tensor and float32 of all others."""
        kernel = uniform64 if self.dtype == np.float64 else uniform32
        for stretch in self._stretches(start, out.size):
            part = out[stretch.begin : stretch.end]
            kernel(part, stretch.start, stretch.place, *self._reader(stretch), self.interval)

    def seconds(self) -> float:
        """Return the processor time of an element."""
        return self._seconds("uniform")


@dataclass(frozen=True)
class NormalDraws(_Draws):
    """`normal_(mean, std)` of 16 numbers and more."""

    mean: float = 0.0
    std: float = 1.0

    def fill(self, out: Elements, start: int) -> None:
        """Put elements start, start + 1, ... into `out`, float64 of a float64 tensor and float32 of all others."""
        if not out.size:
            return
        # That of a stretch which does not reach the tail would be looked up far ahead.
        is_last = self._last(start, out.size) >= self._end
        end, tail = (self._end, self._tail) if is_last else (_NEVER, np.empty(0, out.dtype))
        kernel = normal64 if self.dtype == np.float64 else normal32
        for stretch in self._stretches(start, out.size):
            part = out[stretch.begin : stretch.end]
            state, reader = self._reader(stretch, SMALLEST_BLOCKED)
            kernel(part, stretch.start, stretch.place, state, reader, (self.mean, self.std), end, tail)

    def seconds(self) -> float:
        """Return the processor time of an element."""
        return self._seconds("normal")

    @property
    def _end(self) -> int:
        """The first element that the last block is made for, once more where the count is no multiple of 16."""
        return self.count - SMALLEST_BLOCKED if self.count % SMALLEST_BLOCKED else _NEVER

    @lazy
    def _tail(self) -> Elements:
        """The last 16 elements, of words after those of the others."""
        ragged = self.count % SMALLEST_BLOCKED
        drawn = self.count if self.dtype.itemsize >= 4 else self.count - ragged
        block = replace(self, first=self.first + self._words * drawn, count=SMALLEST_BLOCKED, view=None)
        if self.dtype == np.float64:
            doubles = np.empty(SMALLEST_BLOCKED, np.float64)
            block.fill(doubles, 0)
            return doubles
        singles = np.empty(SMALLEST_BLOCKED, np.float32)
        block.fill(singles, 0)
        return singles


def interval_of(low: float, high: float, dtype: np.dtype[np.floating]) -> Interval:
    """Return the interval of `uniform_(low, high)` in a dtype, in the numbers that its kernel takes.

    What the narrow dtypes round to `high` is `low` again, as in float32 what is `high` itself.
    """
    if dtype == np.float64:
        return (low, high - low, high, low)
    single, end = np.float32(low), np.float32(high)
    span = np.float32(end - single)
    if dtype == np.float32:
        return (float(single), float(span), float(end), float(single))
    upper, lower = dtype.type(end), dtype.type(single)
    return (float(single), float(span), _least_rounding_to(upper, end), float(lower))


def _least_rounding_to(number: np.floating, above: np.float32) -> float:
    """Return the least float32 that a narrow dtype rounds to `number`, which is no larger than `above`."""
    low, high = np.float32(np.nextafter(number, number.dtype.type(-np.inf))), above
    while np.nextafter(low, high) < high:
        middle = np.float32(0.5) * low + np.float32(0.5) * high
        if number.dtype.type(middle) < number:
            low = middle
        else:
            high = middle
    return float(high)
