"""Laws: the distributions of a tensor's elements, as values that know their moments, their bounds and their source."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import ClassVar, Literal

import numpy as np

from service.arithmetic.rounding import representable
from service.arithmetic.truncation import Truncation, truncate
from service.streams.stream import Cut, ElementStream
from service.tensors.dtypes import Dtype, refuse_complex, refuse_overflow
from service.tensors.errors import InvalidParameter
from service.tensors.source import ComplexSource, ConstantSource, NormalSource, Source, UniformSource

Distribution = Literal["uniform", "normal", "truncated_normal"]

TRUNCATION_SIGMAS = 2.0
"""Where the truncated schemes cut, in sigmas before truncation, as in Keras, JAX and timm."""

_STANDARD_NORMAL = NormalDist()

_ROUNDED = 1.0 + 2.0**-20
"""More than what binary32 makes of a quantile."""

_NEAR_THE_END_OF_BINARY32 = 2.0**127
"""Half the number after its largest: below it nothing overflows."""

SQRT_2, SQRT_3, SQRT_12 = math.sqrt(2.0), math.sqrt(3.0), math.sqrt(12.0)


@dataclass(frozen=True)
class ElementMoments:
    """What is known of each element of a tensor whose elements need not be independent."""

    mean: float
    std: float | None
    """The standard deviation; None where it is not known."""
    bound: float | None = None
    """The largest absolute value; None where there is none, or where it is not known."""

    @property
    def mean_square(self) -> float | None:
        """E[w²] = mean² + std²."""
        return None if self.std is None else self.std * self.std + self.mean * self.mean

    @property
    def constant(self) -> float | None:
        """The number that all elements are; None where they differ."""
        return None

    @property
    def note(self) -> str | None:
        """A sentence for a reply, where the elements are otherwise than the distribution's name may suggest."""
        return None


@dataclass(frozen=True)
class Law(ElementMoments, ABC):
    """The distribution of independent elements."""

    std: float

    distribution: ClassVar[str]
    """Its name."""

    @abstractmethod
    def largest(self, stream: ElementStream, dtype: Dtype) -> float:
        """Return the largest absolute value that its source makes, before it is rounded to a narrower `dtype`."""

    @property
    def facts(self) -> Mapping[str, float]:
        """What a reply says of a law with mean 0."""
        bound = {} if self.bound is None else {"bound": self.bound}
        return {"std": self.std, **bound}

    @abstractmethod
    def source(self, stream: ElementStream, dtype: Dtype) -> Source:
        """Return independent draws. Raises InvalidParameter where `dtype` has no numbers for them."""


@dataclass(frozen=True)
class Bounded(Law, ABC):
    """A law of numbers that have a largest absolute value."""

    bound: float = field()

    def largest(self, stream: ElementStream, dtype: Dtype) -> float:
        return self.bound


@dataclass(frozen=True)
class Constant(Bounded):
    """One number everywhere."""

    distribution = "constant"

    @classmethod
    def of(cls, value: float) -> Constant:
        return cls(mean=value, std=0.0, bound=abs(value))

    @property
    def constant(self) -> float:
        return self.mean

    def source(self, stream: ElementStream, dtype: Dtype) -> Source:
        return ConstantSource(self.mean)


@dataclass(frozen=True)
class Uniform(Bounded):
    """U[low, high): mean (low + high)/2, variance (high - low)²/12."""

    low: float
    high: float

    distribution = "uniform"

    @classmethod
    def between(cls, low: float, high: float) -> Uniform:
        mean, std, bound = 0.5 * low + 0.5 * high, (high - low) / SQRT_12, max(abs(low), abs(high))
        return cls(mean, std, bound, low=low, high=high)

    @classmethod
    def with_std(cls, std: float) -> Uniform:
        """U[-√3 std, √3 std)."""
        bound = SQRT_3 * std
        # The standard deviation as it is given: from the ends it would be rounded once more.
        return cls(0.0, std, bound, low=-bound, high=bound)

    @property
    def constant(self) -> float | None:
        return self.mean if self.low == self.high else None

    def largest(self, stream: ElementStream, dtype: Dtype) -> float:
        if self.high <= -self.low or self.constant is not None or dtype.part == np.float64:
            return self.bound
        # The upper end is excluded.
        with np.errstate(over="ignore"):
            single = np.float32(self.high)
        return self.high if float(single) < self.high else float(np.nextafter(single, np.float32(-math.inf)))

    def source(self, stream: ElementStream, dtype: Dtype) -> Source:
        if self.constant is not None:
            return ConstantSource(self.constant)
        refuse_complex(dtype, "a uniform distribution")
        refuse_overflow(dtype, self.largest(stream, dtype))
        _require_numbers(dtype, self.low, self.high, open_above=True)
        if not math.isfinite(self.high - self.low):
            raise InvalidParameter("high", "high - low must be a finite number")
        return UniformSource(_within_bounds(stream, dtype), self.low, self.high)


@dataclass(frozen=True)
class Normal(Law):
    """N(mean, std²).

    A complex tensor has its variance in equal parts in the real and the imaginary part, which are independent (the
    circular complex normal); its mean is real.
    """

    distribution = "normal"

    @property
    def constant(self) -> float | None:
        return self.mean if self.std == 0.0 else None

    def largest(self, stream: ElementStream, dtype: Dtype) -> float:
        sigmas, std = stream.largest_normal(dtype.part), self.std / SQRT_2 if dtype.is_complex else self.std
        largest = abs(self.mean) + std * sigmas
        if dtype.part == np.float64:
            return largest
        if largest > _NEAR_THE_END_OF_BINARY32:
            with np.errstate(over="ignore"):
                return _in_binary32(self.mean, std, sigmas)
        return _in_binary32(self.mean, std, sigmas)

    def source(self, stream: ElementStream, dtype: Dtype) -> Source:
        if self.constant is not None:
            return ConstantSource(self.constant)
        if not dtype.is_complex:
            return NormalSource(stream, self.mean, self.std)
        part = self.std / SQRT_2
        return ComplexSource(NormalSource(stream, self.mean, part), NormalSource(stream.imaginary(), 0.0, part))


@dataclass(frozen=True)
class TruncatedNormal(Bounded):
    """N(mean_before, std_before²) restricted to [low, high].

    With α and β the bounds in sigmas, Z = Φ(β) - Φ(α) and φ the standard normal density, its mean is
    mean_before + std_before (φ(α) - φ(β))/Z and its variance
    std_before² (1 + (α φ(α) - β φ(β))/Z - ((φ(α) - φ(β))/Z)²); see `Truncation`.
    """

    mean_before: float
    std_before: float
    low: float
    high: float
    truncation: Truncation
    """That of the standard normal at the bounds in sigmas."""

    distribution = "truncated_normal"

    @classmethod
    def cut(cls, normal: Normal, truncation: Truncation, low: float, high: float) -> TruncatedNormal:
        """Return a normal law between two bounds, which are those of `truncation` in the tensor's own units."""
        mean, std = normal.mean + normal.std * truncation.mean, normal.std * truncation.std
        bound = max(abs(low), abs(high))
        return cls(mean, std, bound, normal.mean, normal.std, low, high, truncation)

    @classmethod
    def symmetric(cls, std_before: float, sigmas: float) -> TruncatedNormal:
        """Return N(0, std_before²) between -sigmas and +sigmas."""
        truncation = truncate(-sigmas, sigmas)
        bound = std_before * sigmas
        return cls(0.0, std_before * truncation.std, bound, 0.0, std_before, -bound, bound, truncation)

    @classmethod
    def with_std(cls, std: float) -> TruncatedNormal:
        """Return the law with mean 0 that has the standard deviation `std` after the cut at `TRUNCATION_SIGMAS`."""
        std_before = std / truncate(-TRUNCATION_SIGMAS, TRUNCATION_SIGMAS).std
        # The standard deviation as it is given: after the cut it would be rounded once more.
        return replace(cls.symmetric(std_before, TRUNCATION_SIGMAS), std=std)

    @property
    def constant(self) -> float | None:
        return self.mean if self.std_before == 0.0 else None

    def largest(self, stream: ElementStream, dtype: Dtype) -> float:
        cut = self.truncation
        if cut.anchor or dtype.holds(self.bound):
            return self.bound
        # Bounds may lie further out than any draw does.
        least = 2.0**-53 if dtype.part == np.float64 else 2.0**-33
        quantile, mean, std = _STANDARD_NORMAL.inv_cdf, self.mean_before, self.std_before
        lowest = max(self.low, mean + std * quantile(cut.below + cut.mass * least))
        highest = min(self.high, mean - std * quantile(cut.above + cut.mass * least))
        return max(abs(lowest), abs(highest)) * _ROUNDED

    @property
    def facts(self) -> Mapping[str, float]:
        return {"std": self.std, "std_before": self.std_before, "bound": self.bound}

    def source(self, stream: ElementStream, dtype: Dtype) -> Source:
        if self.constant is not None:
            return ConstantSource(self.constant)
        refuse_complex(dtype, "a truncated normal distribution")
        refuse_overflow(dtype, self.largest(stream, dtype))
        _require_numbers(dtype, self.low, self.high)
        cut = Cut(self.truncation, self.low, self.high)
        return NormalSource(_within_bounds(stream, dtype), self.mean_before, self.std_before, cut)


def _in_binary32(mean: float, std: float, sigmas: float) -> float:
    """Return |mean| + std · sigmas as kernels of binary32 work it out."""
    return float(abs(np.float32(mean)) + np.float32(std) * np.float32(sigmas))


def centred(distribution: Distribution, std: float) -> Law:
    """Return the law of a distribution that has mean 0 and the standard deviation `std`."""
    return _CENTRED[distribution](std)


def _normal(std: float) -> Law:
    return Normal(0.0, std)


_CENTRED: Mapping[Distribution, Callable[[float], Law]] = {
    "uniform": Uniform.with_std,
    "normal": _normal,
    "truncated_normal": TruncatedNormal.with_std,
}


def _within_bounds(stream: ElementStream, dtype: Dtype) -> ElementStream:
    """Return the stream of the same numbers whose bounds hold when they are rounded to `dtype`."""
    return stream if dtype.rounding is None else stream.rounded(dtype.storage)


def _require_numbers(dtype: Dtype, low: float, high: float, open_above: bool = False) -> None:
    """Raise InvalidParameter unless `dtype` has a number within [low, high], or [low, high) when open."""
    if low <= 0.0 < high:
        # Zero lies between, in every dtype.
        return
    try:
        representable(low, high, dtype.storage, open_above)
    except ValueError as error:
        raise InvalidParameter("high", f"{error}; take dtype=float64, or bounds further apart") from error
