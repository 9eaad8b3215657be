"""What uniform and truncated normal laws are of complex numbers: all phases are equally likely, the modulus is bounded.

As JAX's `variance_scaling` has them. The variance is E|w - mean|^2, that of both parts together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.arithmetic.modulus import ModulusCut, cut_modulus
from service.streams.stream import Disk, ElementStream
from service.tensors.dtypes import Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.laws import SQRT_2, Bounded, Law, TruncatedNormal, Uniform
from service.tensors.source import DiskSource, Source

_LARGEST_MODULUS = 6.1
"""Of a complex normal of variance 1: more than sqrt(53 ln 2), that of the largest uniform number."""


@dataclass(frozen=True)
class UniformDisk(Bounded):
    """Uniform on the disk |w| < bound: variance bound²/2."""

    distribution = "uniform"

    @property
    def note(self) -> str:
        return (
            "Complex uniform numbers fill the disk of modulus below bound, as in JAX; PyTorch draws each part from the "
            "interval."
        )

    @classmethod
    def within(cls, radius: float) -> UniformDisk:
        return cls(0.0, radius / SQRT_2, radius)

    @classmethod
    def with_std(cls, std: float) -> UniformDisk:
        # The standard deviation as it is given: from the radius it would be rounded once more.
        return cls(0.0, std, SQRT_2 * std)

    def source(self, stream: ElementStream, dtype: Dtype) -> Source:
        _require_numbers(dtype, self.bound)
        return DiskSource(stream, Disk(self.bound, self.bound, 0.0))


@dataclass(frozen=True)
class TruncatedComplexNormal(Bounded):
    """The circular complex normal of variance std_before², restricted to |w| < bound; see `ModulusCut`."""

    std_before: float
    cut: ModulusCut
    """That of the normal of variance 1, at the bound in standard deviations."""

    distribution = "truncated_normal"

    @property
    def note(self) -> str:
        return "The modulus of a complex normal is cut, as in JAX, where std is 1.0093 times the one that is meant."

    @classmethod
    def within(cls, std_before: float, cut: ModulusCut, radius: float) -> TruncatedComplexNormal:
        """Return a normal cut at a radius, which is that of `cut` in the tensor's own units."""
        return cls(0.0, std_before * cut.std, radius, std_before, cut)

    @classmethod
    def with_std(cls, std: float, sigmas: float) -> TruncatedComplexNormal:
        """Return the law that has the standard deviation `std` after the cut at so many of those before it."""
        cut = cut_modulus(sigmas)
        std_before = std / cut.std
        return cls(0.0, std, std_before * sigmas, std_before, cut)

    def largest(self, stream: ElementStream, dtype: Dtype) -> float:
        return min(self.bound, _LARGEST_MODULUS * self.std_before)

    @property
    def facts(self) -> Mapping[str, float]:
        return {"std": self.std, "std_before": self.std_before, "bound": self.bound}

    def source(self, stream: ElementStream, dtype: Dtype) -> Source:
        _require_numbers(dtype, self.bound)
        return DiskSource(stream, Disk(self.bound, self.std_before, self.cut.mass))


def of_dtype(law: Law, dtype: Dtype) -> Law:
    """Return the law of a dtype's elements that has the distribution and the standard deviation of a real law.

    Both are about 0.
    """
    if not dtype.is_complex or law.constant is not None:
        return law
    if isinstance(law, Uniform):
        return UniformDisk.with_std(law.std)
    if isinstance(law, TruncatedNormal):
        return TruncatedComplexNormal.with_std(law.std, law.truncation.high)
    return law


def _require_numbers(dtype: Dtype, radius: float) -> None:
    """Raise InvalidParameter where a disk is so small that rounding to subnormal numbers may pass its edge."""
    least = 2.0 * float(np.finfo(dtype.part).smallest_normal)
    if radius < least:
        wider = "" if dtype.part == np.float64 else "; take dtype=complex128, or a larger standard deviation"
        raise InvalidParameter("dtype", f"{dtype.name} has too few numbers within a modulus of {radius:.6g}{wider}")
