"""What torch.nn.init's functions draw: a call with its numbers, from where the generator stands."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from service.framework_streams.torch.sources import (
    DrawnSource,
    SmallSource,
    SparseSource,
    TruncatedSource,
    rounded_as,
    rounds,
)
from service.streams.torch.draws import NormalDraws, UniformDraws, interval_of
from service.streams.torch.position import SMALLEST_BLOCKED, Position
from service.streams.torch.small_normals import SmallNormals
from service.streams.torch.truncated import AT_ONCE, TruncatedDraws
from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape
from service.tensors.source import Source, WholeSource

EXACT = "exact"
NEAR = "within 2 units in the last place of the standard normal; logarithm and sine are a C library's in torch"

LARGEST_NORMAL = 8.6
"""Above sqrt(-2 ln 2^-53), the largest of its normals."""


@dataclass(frozen=True)
class Place:
    """A tensor that is drawn, and where the generator stands before it."""

    seed: int
    """Its low 32 bits."""
    at: Position
    shape: Shape
    dtype: Dtype

    @property
    def count(self) -> int:
        """Its elements."""
        return math.prod(self.shape)


class Call(ABC):
    """A function of torch.nn.init with its arguments."""

    @abstractmethod
    def source(self, place: Place) -> Source | WholeSource:
        """Return the elements."""

    @abstractmethod
    def after(self, place: Place) -> Position | None:
        """Return where the generator stands then; None where that depends on the numbers drawn."""

    def promise(self, place: Place) -> str:
        """Return how near the elements are to torch's own."""
        return EXACT


@dataclass(frozen=True)
class UniformCall(Call):
    """`uniform_(low, high)`."""

    low: float
    high: float

    def source(self, place: Place) -> Source:
        dtype = place.dtype.storage
        interval = interval_of(self.low, self.high, dtype)
        return DrawnSource(UniformDraws(place.seed, place.at.words, place.count, dtype, None, interval))

    def after(self, place: Place) -> Position:
        return place.at.after_uniform(place.count, place.dtype.storage)


@dataclass(frozen=True)
class NormalCall(Call):
    """`normal_(mean, std)`."""

    mean: float
    std: float

    def source(self, place: Place) -> Source:
        if place.count < SMALLEST_BLOCKED:
            return SmallSource(SmallNormals(place.seed, place.at, place.count, self.mean, self.std))
        dtype = place.dtype.storage
        return DrawnSource(NormalDraws(place.seed, place.at.words, place.count, dtype, None, self.mean, self.std))

    def after(self, place: Place) -> Position:
        return place.at.after_normal(place.count, place.dtype.storage)

    def promise(self, place: Place) -> str:
        return NEAR if place.dtype.storage == np.float64 else EXACT


@dataclass(frozen=True)
class TruncatedCall(Call):
    """`trunc_normal_(mean, std, a, b)`, of which the bounds hold more than 0.3 of the normal."""

    mean: float
    std: float
    low: float
    high: float

    @property
    def kept(self) -> float:
        """The part of the normal within the bounds."""
        low, high = ((bound - self.mean) / self.std for bound in (self.low, self.high))
        return 0.5 * (math.erf(high / math.sqrt(2.0)) - math.erf(low / math.sqrt(2.0)))

    def source(self, place: Place) -> WholeSource:
        return TruncatedSource(self.draws(place), place.dtype, self.kept)

    def draws(self, place: Place) -> TruncatedDraws:
        """Return what is drawn."""
        dtype = place.dtype.storage
        low, high = float(dtype.type(self.low)), float(dtype.type(self.high))
        return TruncatedDraws(place.seed, place.at, place.count, dtype, self.mean, self.std, low, high)

    def after(self, place: Place) -> Position | None:
        return None

    def numbers(self, place: Place) -> int:
        """Return how many numbers are drawn, about."""
        return math.ceil(place.count * rounds(min(place.count, AT_ONCE), self.kept))

    def counted(self, place: Place) -> Position:
        """Return where the generator stands, by drawing all of it."""
        return self.draws(place).values(place.dtype.working, rounded_as(place.dtype))[1]

    def promise(self, place: Place) -> str:
        return NEAR if place.dtype.storage == np.float64 else EXACT


@dataclass(frozen=True)
class SparseCall(Call):
    """`sparse_(sparsity, std)` of a matrix."""

    sparsity: float
    std: float

    def zeros(self, place: Place) -> int:
        """Return how many of each column's elements are zero."""
        return math.ceil(self.sparsity * place.shape[0])

    def source(self, place: Place) -> WholeSource:
        normal = NormalCall(0.0, self.std)
        after = normal.after(place)
        return SparseSource(normal.source(place), place.shape, self.zeros(place), place.seed, after.words)

    def after(self, place: Place) -> Position:
        rows, columns = place.shape
        after = NormalCall(0.0, self.std).after(place)
        return Position(after.words + columns * max(rows - 1, 0), after.cached)

    def promise(self, place: Place) -> str:
        return NormalCall(0.0, self.std).promise(place)
