"""What torch draws, as sources of tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.lazy import lazy
from service.streams.mersenne_twister.generator import TWIST_SECONDS
from service.streams.stream import Elements
from service.streams.torch.draws import NormalDraws, UniformDraws
from service.streams.torch.permutation import put_zeros
from service.streams.torch.small_normals import SmallNormals
from service.streams.torch.truncated import TruncatedDraws
from service.streams.view import View
from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape
from service.tensors.pace import COPY, Pace
from service.tensors.source import Source, WholeSource
from service.tensors.tensor import MULTIPLICATIONS_A_SECOND

_BEGUN = 6e-5
"""Seconds before the first element: a state is found, and arrays are made to work in."""

_SMALL_SECONDS = 2e-5
"""Of a tensor of fewer than 16 normals."""

_WORK = 60
"""Multiplications in single precision that take about as long as a normal that is drawn, compared and kept."""

_MOST_ROUNDS = 100.0

_WORK_OF_PERMUTED = 100
"""The same of a number that is permuted."""


@dataclass(frozen=True)
class DrawnSource:
    """A tensor of which any stretch can be drawn: the words before it are skipped."""

    draws: UniformDraws | NormalDraws

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.draws.fill(out, start)

    def part(self, view: View) -> DrawnSource:
        return DrawnSource(replace(self.draws, view=view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return Pace(self.draws.seconds(), _BEGUN, self.draws.reaching_seconds())


@dataclass(frozen=True)
class SmallSource:
    """Fewer than 16 normals."""

    normals: SmallNormals
    view: View | None = None

    @lazy
    def _values(self) -> NDArray[np.float64]:
        values = self.normals.values()
        return values if self.view is None else values[self.view.indices(0, self.view.size)]

    def fill(self, out: NDArray[Any], start: int) -> None:
        out[:] = self._values[start : start + out.size]

    def part(self, view: View) -> SmallSource:
        return replace(self, view=view)

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return Pace(COPY, _SMALL_SECONDS, self.normals.reaching_seconds())


@dataclass(frozen=True)
class TruncatedSource(WholeSource):
    """Normals of which those beyond the bounds are drawn again: how often depends on them."""

    draws: TruncatedDraws
    dtype: Dtype
    kept: float
    """The part of the normal within the bounds."""

    @property
    def work(self) -> int:
        count = self.draws.count
        return round(_WORK * rounds(count, self.kept)) * count + _work_of_reaching(self.draws.at.words)

    @property
    def arrays(self) -> int:
        return 2

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        return self.draws.values(dtype, rounded_as(self.dtype))[0]


@dataclass(frozen=True)
class SparseSource(WholeSource):
    """Normals with zeros in each column, where a permutation of the rows has them."""

    normals: Source
    shape: Shape
    zeros: int
    seed: int
    first: int
    """The word that the permutations begin with."""

    @property
    def work(self) -> int:
        return (_WORK + _WORK_OF_PERMUTED) * math.prod(self.shape) + _work_of_reaching(self.first)

    @property
    def arrays(self) -> int:
        return 1

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        out = np.empty(self.shape, dtype)
        self.normals.fill(out.ravel(), 0)
        put_zeros(out, self.zeros, self.seed, self.first)
        return out.ravel()


def rounds(count: int, kept: float) -> float:
    """Return how often numbers are drawn until the last of them lies within bounds that keep a part of them, about."""
    lost = 1.0 - kept
    return 1.0 if lost <= 0.0 else min(1.0 + math.log(max(count, 1) + 1.0) / -math.log(lost), _MOST_ROUNDS)


def _work_of_reaching(word: int) -> int:
    """Return the multiplications that take as long as to come to a word: one at least."""
    return 1 + math.ceil(word * TWIST_SECONDS * MULTIPLICATIONS_A_SECOND)


def rounded_as(dtype: Dtype) -> Callable[[Elements], Elements]:
    """Return what turns float32 numbers into those that a dtype has, still as float32."""
    rounding = dtype.rounding
    if rounding is None:
        return lambda values: values

    def rounded(values: Elements) -> Elements:
        bits = np.empty(values.size, f"u{dtype.itemsize}")
        rounding(values, bits)
        return bits.view(dtype.storage).astype(np.float32)

    return rounded
